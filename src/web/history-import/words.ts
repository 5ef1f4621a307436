import type { Bucket } from '../../history-import/buckets.ts';
import type { ImportProgress, ListedImport, Task } from '../../history-import/imports.ts';
import { formatNumber, plural } from '../page/format.ts';

/** What a bucket is called, and what becomes of its rows. In this order they are shown. */
const BUCKETS: Readonly<Record<Bucket, readonly [name: string, fate: string]>> = {
  added: ['New plays', 'These are new in your archive.'],
  'captured already': [
    'Captured already',
    'This server had captured the same listen. The row is kept beside it and adds what it knows.',
  ],
  'told by another file': [
    'The same listen in another file',
    'Two files tell of one listen. Both rows are kept, and the one that knows more shows.',
  ],
  'same row again': [
    'The same row again',
    'Your archive has this very row, or it comes twice in these files.',
  ],
  'private session': ['Private sessions', 'Left out, as you chose.'],
  podcast: ['Podcasts', 'Set aside: not music.'],
  audiobook: ['Audiobooks', 'Set aside: not music.'],
  video: ['Videos', 'Set aside: not music.'],
  'no track': ['No track named', 'Set aside: nothing says what was played.'],
  'not a play': ['Not a play', 'Set aside: the row is about something else.'],
  unreadable: ['Not readable', 'Set aside with the reason, exactly as the row was.'],
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
  if (task === null) return 'A command reads these files…';
  if (task !== 'read' || rows === 0) return TASKS[task];
  return `${TASKS[task]} ${plural(rows, 'row')} so far.`;
}

/** Where it changes, the page shows another part. */
export const shownState = (progress: ImportProgress): string =>
  isUnderWay(progress) ? 'under way' : `${progress.state} ${progress.task ?? ''}`.trim();

const CUT_OFF: Readonly<Record<Task, string>> = {
  upload:
    'The upload was cut off, because this server was stopped. Nothing was kept: choose your files again.',
  read: 'The reading was cut off, because this server was stopped. Nothing was kept: choose your files again.',
  compare: 'The comparison was cut off, because this server was stopped.',
  import: 'The import was cut off, because this server was stopped. Nothing was imported.',
  undo: 'The undoing was cut off, because this server was stopped. Everything of this import is still there.',
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
