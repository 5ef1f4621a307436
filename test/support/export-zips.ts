import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { dataFileOf, type Manifest } from '../../src/exports/manifest.ts';
import { ExportZip } from '../../src/restore/open-zip.ts';

/** An export taken apart: lines by the name of their table. */
export interface ExportParts {
  readonly manifest: Manifest;
  readonly lines: ReadonlyMap<string, readonly string[]>;
}

export async function takeApart(file: string): Promise<ExportParts> {
  const zip = await ExportZip.open(file);
  const lines = new Map<string, string[]>();
  for (const table of zip.manifest.tables) {
    const own: string[] = [];
    for await (const some of zip.lines(table)) own.push(...some);
    lines.set(table.table, own);
  }
  zip.close();
  return { manifest: zip.manifest, lines };
}

/** Put together again with other lines in some tables, every sum made to fit, as one who knows the format would. */
export async function putTogether(
  to: string,
  { manifest, lines }: ExportParts,
  others: Readonly<Record<string, readonly string[]>> = {},
): Promise<string> {
  const zip = new ZipFile();
  const tables = manifest.tables.map((table) => {
    const own = others[table.table] ?? lines.get(table.table) ?? [];
    const text = Buffer.from(own.map((line) => `${line}\n`).join(''));
    zip.addBuffer(text, dataFileOf(table.table));
    const sha256 = createHash('sha256').update(text).digest('hex');
    return { ...table, rows: own.length, bytes: text.length, sha256 };
  });
  zip.addBuffer(Buffer.from(JSON.stringify({ ...manifest, tables })), 'manifest.json');
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(to));
  return to;
}

/** The same row with other values. */
export const changed = (line: string | undefined, values: object): string =>
  JSON.stringify({ ...(JSON.parse(line ?? '{}') as object), ...values });
