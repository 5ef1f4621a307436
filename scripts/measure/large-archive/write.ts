import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { randomFor, integerBetween } from '../../demo/archive/random.ts';
import { largeTrack } from './payload.ts';

export interface LargeArchiveOptions {
  readonly file: string;
  readonly tracks: number;
  readonly snapshots: number;
  /** Default 1. */
  readonly seed?: number;
}

const TIME_RANGES = ['short_term', 'medium_term', 'long_term'];
const LONGEST_LIST = 100;
const LAST_DAY = Date.UTC(2026, 10, 20);

const SCHEMA = `
  CREATE TABLE tracks (track_id TEXT PRIMARY KEY, name TEXT, artist_name TEXT, album_name TEXT, duration_ms INTEGER,
    spotify_url TEXT, raw_json TEXT);
  CREATE TABLE snapshots (track_id TEXT, snapshot_date TEXT, time_range TEXT, rank INTEGER,
    PRIMARY KEY (track_id, snapshot_date, time_range));`;

/**
 * Writes an old archive (snapshots layout) of any size, over what was there: three lists a day of up to 100 tracks
 * each, back in time from 2026-11-20. The same options give the same rows.
 */
export function writeLargeArchive({ file, tracks, snapshots, seed = 1 }: LargeArchiveOptions): void {
  rmSync(file, { force: true });
  const database = new Database(file);
  try {
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.exec(SCHEMA);
    database.transaction(() => {
      fillSnapshots(database, fillTracks(database, tracks, seed), snapshots, seed);
    })();
  } finally {
    database.close();
  }
}

function fillTracks(database: Database.Database, tracks: number, seed: number): string[] {
  const add = database.prepare('INSERT INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?)');
  return Array.from({ length: tracks }, (_, n) => {
    const track = largeTrack(seed, n, tracks);
    const { id, name, artist, album, durationMs, url, payload } = track;
    add.run(id, name, artist, album, durationMs, url, payload);
    return id;
  });
}

/** Each list is a window over the tracks that starts anywhere and has gaps: no track twice, most of them in turn. */
function fillSnapshots(
  database: Database.Database,
  ids: readonly string[],
  snapshots: number,
  seed: number,
): void {
  const add = database.prepare('INSERT INTO snapshots VALUES (?, ?, ?, ?)');
  const length = Math.min(LONGEST_LIST, ids.length);
  const gap = Math.max(1, Math.floor(ids.length / length / 2));
  let left = length === 0 ? 0 : snapshots;
  for (let list = 0; left > 0; list += 1) {
    const start = integerBetween(randomFor(seed, 'list', list), 0, ids.length - 1);
    const day = new Date(LAST_DAY - Math.floor(list / 3) * 86_400_000).toISOString().slice(0, 10);
    for (let rank = 1; rank <= Math.min(length, left); rank += 1) {
      add.run(ids[(start + rank * gap) % ids.length], day, TIME_RANGES[list % 3], rank);
    }
    left -= Math.min(length, left);
  }
}
