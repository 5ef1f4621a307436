import type { ReadBucket } from './row.ts';

/** Each row of the files is in exactly one. */
export type Bucket =
  ReadBucket | 'added' | 'same row again' | 'captured already' | 'told by another file' | 'private session';

/** The row is kept, as a play or beside one. */
export const KEPT: readonly Bucket[] = ['added', 'captured already', 'told by another file'];

/** The row is not kept: the archive has it. */
export const REPEATED: Bucket = 'same row again';
