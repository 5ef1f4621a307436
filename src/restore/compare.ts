import { createHash } from 'node:crypto';
import type { Transaction } from '../db.ts';
import type { TableFile } from '../exports/manifest.ts';
import { tableLines } from '../exports/pack.ts';
import type { ExportedTable } from '../exports/tables.ts';
import { asInFile, asRestored } from './numbers.ts';
import type { ExportZip } from './open-zip.ts';

class NotEqual extends Error {
  override readonly name = 'NotEqual';
}

/** A restored table, exported again, must equal the file byte for byte, except for numbers.ts. @throws NotEqual */
export async function compareTable(
  tx: Transaction,
  zip: ExportZip,
  { table, file }: { table: ExportedTable; file: TableFile },
): Promise<void> {
  const found: TableFile[] = [];
  const sqlOf = (column: string): string => asInFile(table.name, column);
  for await (const _ of tableLines(tx, { table, columns: file.columns, sqlOf, files: found })) continue;
  if (found[0]?.sha256 !== (await digestOf(zip, table.name, file)))
    throw new NotEqual(`${table.name} would differ from the file. Nothing was written.`);
}

async function digestOf(zip: ExportZip, table: string, file: TableFile): Promise<string> {
  if (table !== 'playlist_sendings') return file.sha256;
  const hash = createHash('sha256');
  for await (const lines of zip.lines(file))
    hash.update(lines.map((line) => `${asRestored(table, line)}\n`).join(''));
  return hash.digest('hex');
}
