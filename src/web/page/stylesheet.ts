import { readFileSync } from 'node:fs';
import path from 'node:path';

const IMPORT = /^@import '(?<file>[\w./-]+)' layer\((?<layer>\w+)\);$/gm;

/**
 * A stylesheet with the files it imports in their places, each in its layer: a browser that comes for the first time
 * fetches one file in place of thirty, which it would only learn of after the first. Addresses in the imported files
 * are taken as they stand, so a file that has any lies beside the one that imports it.
 */
export function joinStylesheet(file: string): string {
  return readFileSync(file, 'utf8').replace(
    IMPORT,
    (_, imported: string, layer: string) =>
      `@layer ${layer} {\n${readFileSync(path.join(path.dirname(file), imported), 'utf8')}}\n`,
  );
}
