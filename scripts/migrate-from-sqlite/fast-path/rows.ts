import { quoteName } from '../../../src/database/sql-text.ts';
import type { Database } from 'better-sqlite3';
import { isCalendarDate, isPlausibleDay } from '../../../src/calendar.ts';
import { copyLine } from '../../../src/database/copy-lines.ts';
import type { SourceTable } from '../read/open-source.ts';
import { NotForFastPath } from './may-go-fast.ts';
import { trackIdIn } from '../read/spotify-address.ts';
import { readPayload } from './payload.ts';

type Value = null | bigint | number | string | Buffer;

/** In the order of the lines. */
export const TRACK_COLUMNS = [
  'track_id',
  'name',
  'artist_name',
  'album_name',
  'duration_ms',
  'spotify_url',
  'raw_json',
  'release_date',
  'release_date_precision',
  'popularity',
];
export const SNAPSHOT_COLUMNS = ['user_id', 'track_id', 'snapshot_date', 'time_range', 'rank'];

const MAX_KEY_BYTES = 2_400;
const MAX_INTEGER = 2_147_483_647n;
const ROWS_A_PIECE = 200;

/** Rows for COPY, unchanged. @throws NotForFastPath at the first that is not as the old app wrote it */
export function* trackLines(
  db: Database,
  table: SourceTable,
  seen: (rows: number) => void,
): Generator<string, void, undefined> {
  let rows = 0;
  const columns = ['track_id', 'name', 'artist_name', 'album_name', 'duration_ms', 'spotify_url', 'raw_json'];
  for (const [id = null, name, artist, album, duration, url, payload] of read(db, table, columns)) {
    const json = text(payload);
    const facts = json === null ? null : readPayload(json);
    yield copyLine([
      key(id),
      text(name),
      text(artist),
      text(album),
      integer(duration, 0n),
      text(url) ?? facts?.url ?? null,
      json,
      facts?.released?.date ?? null,
      facts?.released?.precision ?? null,
      facts?.popularity ?? null,
    ]);
    seen((rows += 1));
  }
}

/** Several short lines in one piece. */
export function* snapshotLines(
  db: Database,
  table: SourceTable,
  userId: number,
  seen: (rows: number) => void,
): Generator<string, void, undefined> {
  let piece = '';
  let rows = 0;
  let day: Value = null;
  for (const [id, date, range, rank] of read(db, table, [
    'track_id',
    'snapshot_date',
    'time_range',
    'rank',
  ])) {
    // A list's rows are adjacent, so check each day once.
    if (date !== day) day = calendarDay(date);
    if (!isTimeRange(range)) throw new NotForFastPath('an unknown time range');
    piece += `${userId}\t${plainKey(id)}\t${String(day)}\t${range}\t${integer(rank, 1n) ?? '\\N'}\n`;
    rows += 1;
    if (rows % ROWS_A_PIECE !== 0) continue;
    seen(rows);
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function read(db: Database, { name, columns }: SourceTable, wanted: readonly string[]): Iterable<Value[]> {
  const selected = wanted.map((column) => {
    const actual = columns.get(column) ?? null;
    return actual === null ? 'NULL' : quoteName(actual);
  });
  return db
    .prepare<[], Value[]>(`SELECT ${selected.join(', ')} FROM ${quoteName(name)} NOT INDEXED`)
    .raw()
    .safeIntegers()
    .iterate();
}

/** U+FFFD may be the driver's replacement for broken bytes. */
function text(value: Value | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string' || value.includes('\0') || value.includes('\uFFFD'))
    throw new NotForFastPath('a value that is not plain text');
  return value;
}

function key(value: Value | undefined): string {
  const found = text(value);
  if (found === null || found === '' || (found.length > MAX_KEY_BYTES / 3 && isTooLong(found)))
    throw new NotForFastPath('a key that cannot be stored');
  if (trackIdIn(found) !== null) throw new NotForFastPath('a Spotify address for an ID');
  return found;
}

const isTooLong = (id: string): boolean => Buffer.byteLength(id) > MAX_KEY_BYTES;

/** Spotify's ids need no escaping; any other key takes the staged path. */
function plainKey(value: Value | undefined): string {
  if (typeof value !== 'string' || !/^[\w:%.-]{1,800}$/.test(value))
    throw new NotForFastPath('an unusual key');
  return value;
}

function integer(value: Value | undefined, min: bigint): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'bigint' || value < min || value > MAX_INTEGER)
    throw new NotForFastPath('a value that is not a whole number in range');
  return value.toString();
}

function calendarDay(value: Value | undefined): string {
  if (typeof value !== 'string' || !isCalendarDate(value) || !isPlausibleDay(value))
    throw new NotForFastPath('not a day');
  return value;
}

const isTimeRange = (value: Value | undefined): value is string =>
  value === 'short_term' || value === 'medium_term' || value === 'long_term';
