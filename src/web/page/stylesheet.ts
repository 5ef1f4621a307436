import { readFileSync } from 'node:fs';
import path from 'node:path';

const IMPORT = /^@import '(?<file>[\w./-]+)' layer\((?<layer>\w+)\);$/gm;

/**
 * With the imported files inlined, each in its layer: a first visit fetches one file instead of thirty. Addresses in
 * them stay as they are, so a file with any must lie beside the one that imports it.
 */
export function joinStylesheet(file: string): string {
  return readFileSync(file, 'utf8').replace(
    IMPORT,
    (_, imported: string, layer: string) =>
      `@layer ${layer} {\n${readFileSync(path.join(path.dirname(file), imported), 'utf8')}}\n`,
  );
}
