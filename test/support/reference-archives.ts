import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';

const directory = process.env.REFERENCE_ARCHIVES ?? path.resolve(import.meta.dirname, '../../../shared/data');

export type ReferenceLayout = 'snapshots' | 'playlists';
const pathOf = (layout: ReferenceLayout): string => path.join(directory, `${layout}-layout.db`);

/** Samples with real catalogue data do not come with the code; without them their tests are skipped. */
export const hasReferenceArchives = existsSync(pathOf('snapshots'));

/** A writable copy of a reference archive; answers its path. */
export function copyReference(layout: ReferenceLayout, into: string, name = `${layout}-layout.db`): string {
  const file = path.join(into, name);
  copyFileSync(pathOf(layout), file);
  return file;
}
