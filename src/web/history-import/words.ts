import type { Bucket } from '../../history-import/buckets.ts';
import type { ImportProgress, ListedImport, Task } from '../../history-import/imports.ts';
import { formatNumber, plural } from '../page/format.ts';

/** What a bucket is called, and what becomes of its rows. In this order they are shown. */
const BUCKETS: Readonly<Record<Bucket, readonly [name: string, fate: string]>> = {
  added: ['New plays', 'These are new in your archive.'],
  'captured already': [
    'Captured already',
    'This server had already captured the same play. The row is saved with it and adds what it knows.',
  ],
  'told by another file': [
    'The same play in another file',
    'Two files have the same play. Both rows are saved, and the more complete one is shown.',
  ],
  'same row again': [
    'The same row again',
    'Your archive already has this row, or these files have it twice.',
  ],
  'private session': ['Private sessions', 'Excluded, as you chose.'],
  podcast: ['Podcasts', 'Not imported: not music.'],
  audiobook: ['Audiobooks', 'Not imported: not music.'],
  video: ['Videos', 'Not imported: not music.'],
  'no track': ['No track named', 'Not imported: the row doesn’t say what was played.'],
  'not a play': ['Not a play', 'Not imported: the row is about something else.'],
  unreadable: ['Not readable', 'Not imported. The row is saved unchanged, with the reason.'],
};

export const ALL_BUCKETS = Object.keys(BUCKETS) as Bucket[];
export const bucketName = (bucket: Bucket): string => BUCKETS[bucket][0];
export const bucketFate = (bucket: Bucket): string => BUCKETS[bucket][1];

/** Whether somebody works on it now: a process of this server, or a command. */
export const isUnderWay = ({ task, is_held: isHeld, state }: ImportProgress): boolean =>
  task === null ? state === 'reading' : isHeld;

const TASKS: Readonly<Record<Task, string>> = {
  upload: 'Your files are arriving…',
  read: 'Reading your files…',
  compare: 'Comparing them with your archive…',
  import: 'Importing…',
  undo: 'Undoing this import…',
};

export function progressWords({ task, rows_read: rows }: ImportProgress): string {
  if (task === null) return 'A command is reading these files…';
  if (task !== 'read' || rows === 0) return TASKS[task];
  return `${TASKS[task]} ${plural(rows, 'row')} so far`;
}

/** Where it changes, the page shows another part. */
export const shownState = (progress: ImportProgress): string =>
  isUnderWay(progress) ? 'under way' : `${progress.state} ${progress.task ?? ''}`.trim();

const CUT_OFF: Readonly<Record<Task, string>> = {
  upload: 'This server stopped during the upload. Nothing was saved. Please choose your files again.',
  read: 'This server stopped while reading your files. Nothing was saved. Please choose your files again.',
  compare: 'This server stopped while comparing your files.',
  import: 'This server stopped during the import. Nothing was imported.',
  undo: 'This server stopped during the undo. Nothing was removed.',
};

/** Why the last task was not finished; null where it was, or is under way. */
export function problemOf(progress: ImportProgress): string | null {
  if (progress.task === null || isUnderWay(progress)) return null;
  return progress.failure ?? CUT_OFF[progress.task];
}

/** "my_spotify_data.zip", "my_spotify_data.zip and 3 more". */
export function filesName({ first_file: first, file_count: files }: ListedImport): string {
  if (first === null) return 'Your files';
  const name = first.split('/')[0] ?? first;
  return files > 1 && !first.includes('/') ? `${name} and ${formatNumber(files - 1)} more` : name;
}
