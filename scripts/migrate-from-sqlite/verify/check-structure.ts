import type { Queries } from '../../../src/db.ts';
import { plural } from '../../print.ts';

/** What must hold for the database as a whole. @returns the faults */
export async function checkStructure(db: Queries): Promise<string[]> {
  return [...(await checkObjects(db)), ...(await checkForeignKeys(db)), ...(await checkSequences(db))];
}

async function checkObjects(db: Queries): Promise<string[]> {
  const found = await db.one<{ others: number }>(
    `SELECT count(*)::int AS others FROM tracks
     WHERE jsonb_typeof(raw_json) <> 'object' OR jsonb_typeof(audio_features) <> 'object'`,
  );
  return found.others === 0 ? [] : [`tracks: ${plural(found.others, 'payload')} without a JSON object`];
}

interface ForeignKey {
  readonly name: string;
  readonly child: string;
  readonly parent: string;
  readonly validated: boolean;
  readonly columns: readonly string[];
  readonly references: readonly string[];
}

/** Also looks up every row, since a disabled trigger leaves no trace. */
async function checkForeignKeys(db: Queries): Promise<string[]> {
  const keys = await db.many<ForeignKey>(
    `SELECT conname AS name, conrelid::regclass::text AS child, confrelid::regclass::text AS parent,
            convalidated AS validated,
            ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k (attnum, n)
                  JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = k.attnum ORDER BY n) AS columns,
            ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS k (attnum, n)
                  JOIN pg_attribute AS a ON a.attrelid = confrelid AND a.attnum = k.attnum ORDER BY n) AS references
     FROM pg_constraint
     WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname`,
  );
  const faults: string[] = [];
  for (const key of keys) {
    if (!key.validated) faults.push(`${key.child}: the foreign key ${key.name} is not validated`);
    const pairs = key.columns.map((column, at) => `p."${key.references[at]}" = c."${column}"`);
    const orphans = await db.one<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${key.child} AS c
       WHERE ${key.columns.map((column) => `c."${column}" IS NOT NULL`).join(' AND ')}
         AND NOT EXISTS (SELECT FROM ${key.parent} AS p WHERE ${pairs.join(' AND ')})`,
    );
    if (orphans.count > 0)
      faults.push(`${key.child}: ${plural(orphans.count, 'row')} without a row in ${key.parent}`);
  }
  return faults;
}

/** The next number of every identity column must be free. */
async function checkSequences(db: Queries): Promise<string[]> {
  const columns = await db.many<{ table: string; column: string; sequence: string }>(
    `SELECT attrelid::regclass::text AS table, attname::text AS column,
            pg_get_serial_sequence(attrelid::regclass::text, attname) AS sequence
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE attidentity <> '' AND relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')`,
  );
  const faults: string[] = [];
  for (const { table, column, sequence } of columns) {
    const { behind } = await db.one<{ behind: boolean }>(
      `SELECT COALESCE((SELECT max("${column}") FROM ${table}) >=
                       (SELECT last_value + is_called::int FROM ${sequence}), false) AS behind`,
    );
    if (behind) faults.push(`${table}.${column}: its sequence would repeat a number`);
  }
  return faults;
}
