import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type HotQuery, listHotQueries } from '../../../src/hot-queries.ts';

const SRC = path.resolve(import.meta.dirname, '../../../src');

/** Every hot query of the app: whichever module of src registers one is found by that and imported. */
export async function importHotQueries(): Promise<HotQuery[]> {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'hot-queries.ts')
    .map((file) => path.join(SRC, file))
    .filter((file) => /\bhotQuery\(/.test(readFileSync(file, 'utf8')));
  for (const file of files) await import(pathToFileURL(file).href);
  return listHotQueries();
}
