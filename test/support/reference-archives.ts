import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const directory = process.env.REFERENCE_ARCHIVES ?? path.resolve(import.meta.dirname, '../../../shared/data');

export type ReferenceLayout = 'snapshots' | 'playlists';
export const referencePath = (layout: ReferenceLayout): string => path.join(directory, `${layout}-layout.db`);

/** Samples with real catalogue data do not come with the code; without them their tests are skipped. */
export const hasReferenceArchives = existsSync(referencePath('snapshots'));
if (!hasReferenceArchives) {
  process.stderr.write(
    `The reference archives are not in ${directory} (REFERENCE_ARCHIVES): their tests are skipped.\n`,
  );
}

/** A writable copy of a reference archive; answers its path. */
export function copyReference(layout: ReferenceLayout, into: string, name = `${layout}-layout.db`): string {
  const file = path.join(into, name);
  // Written again: a copy would be as read-only as the sample is.
  writeFileSync(file, readFileSync(referencePath(layout)));
  return file;
}
