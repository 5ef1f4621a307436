import { recountRows } from '../database/recount-rows.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';
import type { Db, Transaction } from '../db.ts';
import { AppError } from '../errors.ts';
import { tableOf, type TableFile } from '../exports/manifest.ts';
import { describeRows } from '../exports/read-rows.ts';
import { EXPORTED, listColumns, PERSONAL } from '../exports/tables.ts';
import type { World } from './bounds.ts';
import { recordFile } from './catalogue.ts';
import { compareTable } from './compare.ts';
import { fill, prepare } from './fill.ts';
import { judgeRow, readWorld } from './judge-row.ts';
import { damaged, ExportZip } from './open-zip.ts';
import { takeListener } from './take-listener.ts';

export interface Restored {
  readonly spotifyId: string;
  readonly exportedAt: string;
  /** `added`: new here; the catalogue may have had the others. */
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly added: number }[];
}

/** All, compared with the file, or nothing. @param db without a statement timeout @throws AppError, NotEqual */
export async function restoreArchive(db: Db, file: string): Promise<Restored> {
  const zip = await ExportZip.open(file);
  try {
    const columns = await listColumns(db, EXPORTED);
    checkTables(zip, columns);
    await judgeRows(zip, await readWorld(db, zip.manifest.version));
    return await db.withTransaction((tx) => restore(tx, zip));
  } catch (error) {
    throw isOfZip(error) ? damaged(error.message, error) : error;
  } finally {
    zip.close();
  }
}

const isOfZip = (error: unknown): error is Error =>
  error instanceof Error &&
  !(error instanceof AppError) &&
  (('code' in error && String(error.code).startsWith('Z_')) ||
    /uncompressed|bytes in the stream|central/i.test(error.message));

/** Checks every row and checksum before anything is written. */
async function judgeRows(zip: ExportZip, world: World): Promise<void> {
  for (const file of zip.manifest.tables) {
    const table = tableOf(file, zip.manifest);
    let row = 0;
    for await (const lines of zip.lines(file))
      for (const line of lines) judgeRow(table, file, line, { row: (row += 1), world });
  }
}

function checkTables({ manifest }: ExportZip, columns: ReadonlyMap<string, readonly string[]>): void {
  const named = manifest.tables.map((file) => tableOf(file, manifest));
  if (new Set(named).size !== named.length) throw damaged('it names a table twice');
  for (const file of manifest.tables) {
    const known = columns.get(tableOf(file, manifest));
    const unknown = known ? file.columns.find((column) => !known.includes(column)) : file.table;
    if (unknown !== undefined)
      throw damaged(`it holds ${unknown.slice(0, 60)}, which this version cannot restore; a newer one may`);
  }
  const missing = EXPORTED.find(({ name, since = 1 }) => since <= manifest.version && !named.includes(name));
  if (missing) throw damaged(`${missing.name} is missing`);
}

async function restore(tx: Transaction, zip: ExportZip): Promise<Restored> {
  const { manifest } = zip;
  const userId = await takeListener(tx, zip);
  await refuseSecondArchive(tx, userId);
  await prepare(tx);
  await tx.execute(`SELECT set_config('archive.derives_at_once', 'on', true)`);
  const tables = [];
  for (const { name } of EXPORTED) {
    const file = findFile(zip, name);
    if (file === null) continue;
    const added = name === 'users' ? 1 : await fill(tx, userId, zip, { table: name, file });
    tables.push({ table: name, rows: file.rows, added });
  }
  await tx.execute('SELECT fill_library($1), derive_plays($1), fill_measures($1)', [userId]);
  await describeRows(tx, userId);
  for (const table of PERSONAL.filter(({ name }) => name !== 'users')) {
    const file = findFile(zip, table.name);
    if (file !== null) await compareTable(tx, zip, { table, file });
  }
  await recordFile(tx, userId);
  await refreshArchiveSummary(tx, userId);
  await recountRows(tx);
  return { spotifyId: manifest.spotify_id, exportedAt: manifest.exported_at, tables };
}

const findFile = ({ manifest }: ExportZip, name: string): TableFile | null =>
  manifest.tables.find((file) => tableOf(file, manifest) === name) ?? null;

async function refuseSecondArchive(tx: Transaction, userId: number): Promise<void> {
  const own = PERSONAL.filter(({ name }) => name !== 'users');
  const held = own.map(({ name }) => `EXISTS (SELECT FROM ${name} WHERE user_id = $1)`).join(' OR ');
  const { has } = await tx.one<{ has: boolean }>(`SELECT ${held} AS has`, [userId]);
  if (has)
    throw new AppError(
      409,
      'This listener already has an archive here, and archives are never mixed. Restore into an empty instance, or let the listener delete the archive here (Settings). Nothing was written.',
    );
}
