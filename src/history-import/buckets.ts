import type { ReadBucket } from './row.ts';

/** What a row of the files becomes; each row is in exactly one. */
export type Bucket =
  ReadBucket | 'added' | 'same row again' | 'captured already' | 'told by another file' | 'private session';

/** Of these the row is kept as a play or beside one. */
export const KEPT: readonly Bucket[] = ['added', 'captured already', 'told by another file'];

/** Of these no row is kept: the archive has it. */
export const REPEATED: Bucket = 'same row again';
