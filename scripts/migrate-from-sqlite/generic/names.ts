import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { NothingWritten } from '../faults.ts';

/** PostgreSQL silently truncates longer names. */
const MAX_BYTES = 63;
/** Every table has these already. */
const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/** @throws NothingWritten if the name cannot be used */
export function checkSchemaName(name: string | undefined): string {
  if (name === undefined || name === '')
    throw new NothingWritten('Name a schema for the tables: --schema weather');
  const isPlain = /^[a-z_][a-z0-9_]{0,62}$/.test(name);
  if (isPlain && !/^(public|information_schema|pg_.*)$/.test(name)) return name;
  throw new NothingWritten(
    `The schema cannot be called ${name}. Use at most 63 lower-case letters, digits and _, and not public, information_schema or pg_….`,
  );
}

/** The name itself if PostgreSQL allows it, else a similar unused one. Adds it to `taken`. */
export function legalName(wanted: string, taken: Set<string>): string {
  const isLegal = wanted !== '' && Buffer.byteLength(wanted) <= MAX_BYTES && !SYSTEM_COLUMNS.has(wanted);
  const name = isLegal && !taken.has(wanted) ? wanted : nameLike(wanted, taken);
  taken.add(name);
  return name;
}

function nameLike(wanted: string, taken: ReadonlySet<string>): string {
  for (let count = 0; ; count += 1) {
    const mark = createHash('sha1').update(`${wanted} ${count}`).digest('hex').slice(0, 8);
    const start = new StringDecoder().write(Buffer.from(wanted || 'unnamed').subarray(0, MAX_BYTES - 9));
    const name = `${start}_${mark}`;
    if (!taken.has(name)) return name;
  }
}
