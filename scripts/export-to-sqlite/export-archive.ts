import type { Db, Transaction } from '../../src/db.ts';
import { createOldFile, unwritable, type OldFile } from '../../src/exports/old-file.ts';
import { OLD_TABLES, type OldTable } from '../../src/exports/old-layout.ts';
import { grouped } from '../print.ts';
import { silentProgress, type Progress } from '../migrate-from-sqlite/progress.ts';
import { chooseArchive, type Archive } from './choose-archive.ts';
import { copyOut } from './copy-out.ts';
import { countLeftBehind, type LeftBehind } from './left-behind.ts';

export interface ExportOptions {
  /** Without a statement timeout, since a large archive takes long. */
  readonly db: Db;
  readonly file: string;
  /** Spotify id; null: the only archive there is. */
  readonly owner: string | null;
  readonly progress?: Progress;
}

export interface ExportReport {
  readonly archive: Archive;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly leftBehind: LeftBehind;
  readonly seconds: number;
}

/**
 * Writes an archive, as of one moment, into a file of the old *snapshots* layout: all of it, counted, or no file.
 * @throws AppError for a wrong file or listener
 */
export async function exportArchive(options: ExportOptions): Promise<ExportReport> {
  const started = performance.now();
  const archive = await chooseArchive(options.db, options.owner);
  const old = await createOldFile(options.file);
  const remove = (): void => old.discard();
  process.once('exit', remove);
  try {
    const found = await options.db.withTransaction((tx) => fill(tx, archive, old, options));
    old.keep();
    return { archive, ...found, seconds: (performance.now() - started) / 1000 };
  } finally {
    old.discard();
    process.off('exit', remove);
  }
}

async function fill(tx: Transaction, archive: Archive, old: OldFile, options: ExportOptions) {
  await tx.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await tx.execute(`SELECT set_config('export.user_id', $1, true), set_config('DateStyle', 'ISO', true)`, [
    String(archive.userId),
  ]);
  const tables = [];
  for (const table of OLD_TABLES)
    tables.push({ table: table.name, rows: await fillTable(tx, table, old, options) });
  return { tables, leftBehind: await countLeftBehind(tx, archive.userId) };
}

async function fillTable(
  tx: Transaction,
  table: OldTable,
  { db }: OldFile,
  { file, progress = silentProgress }: ExportOptions,
): Promise<number> {
  const { rows } = await tx.one<{ rows: number }>(table.count);
  const insert = db.prepare(table.insert);
  let written = 0;
  let failure: unknown;
  progress.start(`writing ${table.name}`, rows);
  for await (const batch of copyOut(tx, table.query)) {
    if (failure !== undefined) continue;
    try {
      for (const row of batch) insert.run(...row);
      written += batch.length;
      progress.advance(written);
    } catch (error) {
      failure = error;
    }
  }
  progress.finish();
  if (failure !== undefined) throw unwritable(file, failure);
  const inFile = db.prepare<[], number>(`SELECT count(*) FROM ${table.name}`).pluck().get();
  if (inFile !== rows)
    throw new Error(
      `${table.name}: the archive has ${grouped(rows)} rows, but the file ${grouped(inFile ?? 0)}`,
    );
  return rows;
}
