import { lockArchive } from '../users/lock-archive.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';
import type { Db, Transaction } from '../db.ts';
import { quoteName } from '../sql-text.ts';
import { AppError } from '../errors.ts';
import { tableOf, type TableFile } from '../exports/manifest.ts';
import { damaged, ExportZip } from './open-zip.ts';
import { tableLines } from '../exports/pack.ts';
import { describeRows } from '../exports/read-rows.ts';
import { CATALOGUE, EXPORTED, listColumns, PERSONAL, type ExportedTable } from '../exports/tables.ts';

export interface Restored {
  readonly spotifyId: string;
  readonly exportedAt: string;
  /** In the file, and so many were new here: the catalogue may hold tracks already. */
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly added: number }[];
}

/** What was restored is not what the file says. (It is taken back.) */
class NotEqual extends Error {
  override readonly name = 'NotEqual';
}

/**
 * Restores an export for a listener who has no archive here: everything, compared with the file before it is kept,
 * or nothing.
 * @param db without a statement timeout
 * @throws AppError where the file or the listener does not fit; NotEqual. Nothing is written then.
 */
export async function restoreArchive(db: Db, file: string): Promise<Restored> {
  const zip = await ExportZip.open(file);
  try {
    const columns = await listColumns(db, EXPORTED);
    checkTables(zip, columns);
    // Every checksum first: a damaged file is found out before anything is touched.
    for (const table of zip.manifest.tables) for await (const _ of zip.lines(table)) continue;
    return await db.withTransaction((tx) => restore(tx, zip));
  } catch (error) {
    throw isOfTheData(error) ? damaged((error as Error).message, error) : error;
  } finally {
    zip.close();
  }
}

/** Classes of SQLSTATE: a value that fits no column (22), a row that fits no key (23). */
const isOfTheData = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof AppError) &&
  (('code' in error && /^2[23][0-9A-Z]{3}$/.test(String(error.code))) || isOfZip(error));
const isOfZip = (error: Error): boolean =>
  ('code' in error && String(error.code).startsWith('Z_')) ||
  /uncompressed|bytes in the stream|central/i.test(error.message);

function checkTables({ manifest }: ExportZip, columns: ReadonlyMap<string, readonly string[]>): void {
  const named = manifest.tables.map((file) => tableOf(file, manifest));
  if (new Set(named).size !== named.length) throw damaged('it names a table twice');
  for (const file of manifest.tables) {
    const known = columns.get(tableOf(file, manifest));
    const unknown = known ? file.columns.find((column) => !known.includes(column)) : file.table;
    if (unknown !== undefined)
      throw damaged(`it holds ${unknown.slice(0, 60)}, which this version has no place for; a newer one may`);
  }
  const missing = EXPORTED.find(({ name, since = 1 }) => since <= manifest.version && !named.includes(name));
  if (missing) throw damaged(`${missing.name} is missing`);
}

async function restore(tx: Transaction, zip: ExportZip): Promise<Restored> {
  const { manifest } = zip;
  const userId = await takeListener(tx, zip);
  await refuseSecondArchive(tx, userId);
  const tables = [];
  for (const table of EXPORTED) {
    const file = findFile(zip, table);
    if (file === null) continue;
    const added = table.name === 'users' ? 1 : await fill(tx, userId, zip, { table, file });
    tables.push({ table: table.name, rows: file.rows, added });
  }
  await moveSequences(tx);
  await compare(tx, userId, zip);
  await refreshArchiveSummary(tx, userId);
  return { spotifyId: manifest.spotify_id, exportedAt: manifest.exported_at, tables };
}

/** The file of a table; null where the export is older than the table. */
const findFile = ({ manifest }: ExportZip, { name }: ExportedTable): TableFile | null =>
  manifest.tables.find((file) => tableOf(file, manifest) === name) ?? null;

interface Filled {
  readonly table: ExportedTable;
  readonly file: TableFile;
}

/** The listener of the file: as they are here already, else new. Their settings are those of the file. */
async function takeListener(tx: Transaction, zip: ExportZip): Promise<number> {
  const file = zip.manifest.tables.find(({ table }) => table === 'users');
  const lines: string[] = [];
  if (file && file.rows === 1) for await (const some of zip.lines(file)) lines.push(...some);
  const [line] = lines;
  if (!file || line === undefined) throw damaged('it does not say whose it is');
  await tx.execute(`SELECT pg_advisory_xact_lock(hashtext('sign-in'))`);
  const told = await tx.one<{ spotify_id: string | null }>(
    `SELECT $1::jsonb ->> 'spotify_id' AS spotify_id`,
    [line],
  );
  if (told.spotify_id !== zip.manifest.spotify_id) throw damaged('it names two listeners');
  await refuseOtherAccount(tx, line);
  const columns = file.columns.filter((column) => column !== 'spotify_account_id').map(quoteName);
  const { user_id: userId } = await tx.one<{ user_id: number }>(
    `INSERT INTO users AS known (spotify_account_id, ${columns.join(', ')})
     SELECT spotify_account_id, ${columns.join(', ')} FROM jsonb_populate_record(NULL::users, $1::jsonb)
     ON CONFLICT (spotify_id) DO UPDATE SET
       spotify_account_id = COALESCE(known.spotify_account_id, excluded.spotify_account_id),
       ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
     RETURNING user_id`,
    [line],
  );
  await lockArchive(tx, userId);
  return userId;
}

/** A Spotify name may have changed hands: only the account that exported is given the archive. */
async function refuseOtherAccount(tx: Transaction, line: string): Promise<void> {
  const others = await tx.many(
    `SELECT FROM users, jsonb_populate_record(NULL::users, $1::jsonb) AS told
     WHERE (users.spotify_id = told.spotify_id) <> (users.spotify_account_id = told.spotify_account_id)`,
    [line],
  );
  if (others.length > 0)
    throw new AppError(
      409,
      'Somebody with this Spotify name, but another Spotify account, is known here. Nothing was written.',
    );
}

async function refuseSecondArchive(tx: Transaction, userId: number): Promise<void> {
  const own = PERSONAL.filter(({ name }) => name !== 'users');
  const held = own.map(({ name }) => `EXISTS (SELECT FROM ${name} WHERE user_id = $1)`).join(' OR ');
  const { has } = await tx.one<{ has: boolean }>(`SELECT ${held} AS has`, [userId]);
  if (has)
    throw new AppError(
      409,
      'This listener has an archive here already, and two are never mixed: restore into an empty instance, or have the listener delete the one that is here (Settings). Nothing was written.',
    );
}

/** A track that is here stays as it is, but that features of a better source take the place of lesser ones, or of none. */
const BETTER_FEATURES = `
  ON CONFLICT (track_id) DO UPDATE SET
    audio_features = excluded.audio_features,
    audio_features_source = excluded.audio_features_source,
    audio_features_at = excluded.audio_features_at
  WHERE excluded.audio_features IS NOT NULL AND (known.audio_features IS NULL
    OR (known.audio_features_source = 'reccobeats' AND excluded.audio_features_source IS DISTINCT FROM 'reccobeats'))`;

/** An artist that is here stays as it is, completed by what only the file knows. */
const MORE_OF_ARTISTS = `
  ON CONFLICT (artist_id) DO UPDATE SET
    name = COALESCE(known.name, excluded.name),
    raw_json = completed_payload(known.raw_json, excluded.raw_json)
  WHERE (known.name IS NULL AND excluded.name IS NOT NULL)
    OR known.raw_json IS DISTINCT FROM completed_payload(known.raw_json, excluded.raw_json)`;

const COMPLETION: Readonly<Record<string, string>> = { tracks: BETTER_FEATURES, artists: MORE_OF_ARTISTS };

/** One statement of about a million characters at a time; answers how many rows were new, or gained something. */
async function fill(
  tx: Transaction,
  userId: number,
  zip: ExportZip,
  { table: { name }, file }: Filled,
): Promise<number> {
  const shared = CATALOGUE.some((table) => table.name === name);
  const columns = file.columns.map(quoteName).join(', ');
  const known = COMPLETION[name] ?? 'ON CONFLICT DO NOTHING';
  const insert = shared
    ? `INSERT INTO ${name} AS known (${columns})
       SELECT ${columns} FROM jsonb_populate_recordset(NULL::${name}, $1::jsonb) ${known}`
    : `INSERT INTO ${name} (user_id, ${columns})
       SELECT $2, ${columns} FROM jsonb_populate_recordset(NULL::${name}, $1::jsonb)`;
  let [added, waiting, characters] = [0, [] as string[], 0];
  const write = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const rows = `[${waiting.join(',')}]`;
    added += await tx.execute(insert, shared ? [rows] : [rows, userId]);
    [waiting, characters] = [[], 0];
  };
  for await (const lines of zip.lines(file)) {
    for (const line of lines) {
      waiting.push(line);
      characters += line.length;
      if (characters > 1_000_000) await write();
    }
  }
  await write();
  return added;
}

/** Numbers that came with the file are taken: whatever is numbered next is numbered after them. */
async function moveSequences(tx: Transaction): Promise<void> {
  const numbered = await tx.many<{ table: string; column: string }>(
    `SELECT relname AS table, attname AS column FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
     WHERE attidentity <> '' AND attname <> 'user_id' AND attrelid = ANY ($1::regclass[])`,
    [PERSONAL.map(({ name }) => name)],
  );
  for (const { table, column } of numbered)
    await tx.execute(
      `SELECT setval(sequence, GREATEST(nextval(sequence), (SELECT max(${quoteName(column)}) + 1 FROM ${table})), false)
       FROM pg_get_serial_sequence($1, $2) AS sequence`,
      [table, column],
    );
}

/** Writes the listener's rows out once more, as an export would: they must be the file's, byte for byte. */
async function compare(tx: Transaction, userId: number, zip: ExportZip): Promise<void> {
  await describeRows(tx, userId);
  for (const table of PERSONAL.filter(({ name }) => name !== 'users')) {
    const file = findFile(zip, table);
    if (file === null) continue;
    const found: TableFile[] = [];
    for await (const _ of tableLines(tx, { table, columns: file.columns, files: found })) continue;
    if (found[0]?.sha256 !== file.sha256)
      throw new NotEqual(`${table.name} would not be what the file says. Nothing was written.`);
  }
}
