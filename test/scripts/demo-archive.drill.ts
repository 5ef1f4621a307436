import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentTopTracks, demoTracks, inventListener } from '../../scripts/demo/archive/archive.ts';
import { writeDemoArchive } from '../../scripts/demo/archive/write.ts';

const endDate = '2026-11-21';
const directory = mkdtempSync(join(tmpdir(), 'demo-archive-'));
let snapshots: Database.Database;
let playlists: Database.Database;

beforeAll(() => {
  const files = writeDemoArchive({ directory, endDate });
  snapshots = new Database(files.snapshotsFile, { readonly: true });
  playlists = new Database(files.playlistsFile, { readonly: true });
});

afterAll(() => {
  snapshots.close();
  playlists.close();
  rmSync(directory, { recursive: true });
});

function count(database: Database.Database, sql: string): number {
  return database.prepare(sql).pluck().get() as number;
}

function dump(file: string): unknown[] {
  const database = new Database(file, { readonly: true });
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .pluck()
    .all();
  const rows = tables.map((table) => database.prepare(`SELECT * FROM "${String(table)}"`).all());
  database.close();
  return rows;
}

function overlaps(range: string): number[] {
  const rows = snapshots
    .prepare('SELECT snapshot_date, track_id FROM snapshots WHERE time_range = ?')
    .raw()
    .all(range);
  const months = new Map<string, Set<string>>();
  for (const [date, track] of rows as [string, string][])
    months.set(date, (months.get(date) ?? new Set()).add(track));
  const lists = [...months].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, tracks]) => tracks);
  return lists.slice(1).map((now, index) => [...now].filter((track) => lists[index]?.has(track)).length / 50);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the demo archive', () => {
  test('is the same for the same seed and another for another', () => {
    const again = writeDemoArchive({ directory: join(directory, 'again'), endDate });
    const other = writeDemoArchive({ directory: join(directory, 'other'), endDate, seed: 2 });
    expect(dump(again.snapshotsFile)).toEqual(dump(snapshots.name));
    expect(dump(again.playlistsFile)).toEqual(dump(playlists.name));
    expect(dump(other.snapshotsFile)).not.toEqual(dump(snapshots.name));
  });

  test('is about as large as three years of listening', () => {
    const artists = count(playlists, 'SELECT count(*) FROM artists');
    expect(artists).toBeGreaterThan(760);
    expect(artists).toBeLessThanOrEqual(800);
    expect(count(snapshots, 'SELECT count(*) FROM tracks')).toBe(1900);
    expect(count(playlists, 'SELECT count(*) FROM tracks')).toBe(1900);
    expect(count(snapshots, 'SELECT count(*) FROM snapshots')).toBe(37 * 3 * 50);
    expect(count(playlists, 'SELECT count(*) FROM playlist_tracks')).toBe(36 * 40);
  });

  test('takes a snapshot on the first of each month but one', () => {
    const dates = snapshots.prepare('SELECT DISTINCT snapshot_date FROM snapshots ORDER BY 1').pluck().all();
    expect(dates).toHaveLength(37);
    expect(dates.at(0)).toBe('2023-10-01');
    expect(dates.at(-1)).toBe('2026-11-01');
    expect(dates).not.toContain('2025-01-01');
  });

  test('ranks 1 to 50 without a repeat in every snapshot', () => {
    const sql = `SELECT count(*) FROM (
      SELECT 1 FROM snapshots GROUP BY snapshot_date, time_range
      HAVING count(DISTINCT rank) = 50 AND min(rank) = 1 AND max(rank) = 50 AND count(*) = 50)`;
    expect(count(snapshots, sql)).toBe(37 * 3);
  });

  test('refers only to rows that are there, with the same tracks in both files', () => {
    const orphans = 'SELECT count(*) FROM snapshots WHERE track_id NOT IN (SELECT track_id FROM tracks)';
    expect(count(snapshots, orphans)).toBe(0);
    expect(playlists.pragma('foreign_key_check')).toEqual([]);
    const ids = snapshots.prepare('SELECT track_id FROM tracks ORDER BY 1').pluck().all();
    expect(playlists.prepare('SELECT spotify_id FROM tracks ORDER BY 1').pluck().all()).toEqual(ids);
    expect(ids.every((id) => /^[0-7][0-9A-Za-z]{21}$/u.test(String(id)))).toBe(true);
  });

  test('keeps payloads and features as JSON objects', () => {
    const payloads =
      "SELECT count(*) FROM tracks WHERE json_valid(raw_json) AND json_type(raw_json) = 'object'";
    expect(count(snapshots, payloads)).toBe(1900);
    const features = `SELECT count(*) FROM tracks
      WHERE audio_features IS NOT NULL AND NOT (json_valid(audio_features) AND json_type(audio_features) = 'object')`;
    expect(count(playlists, features)).toBe(0);
  });

  test('has audio features for most tracks, within their bounds', () => {
    const covered = count(playlists, 'SELECT avg(audio_features IS NOT NULL) FROM tracks');
    expect(covered).toBeGreaterThan(0.8);
    expect(covered).toBeLessThan(0.95);
    const strange = `SELECT count(*) FROM tracks, json_each(audio_features) AS feature
      WHERE feature.key IN ('energy', 'valence', 'danceability', 'acousticness', 'instrumentalness', 'liveness', 'speechiness')
      AND feature.value NOT BETWEEN 0 AND 1`;
    expect(count(playlists, strange)).toBe(0);
  });

  test.each([
    ['Hiragana or Katakana', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
    ['Hangul', /\p{Script=Hangul}/u],
    ['Han', /\p{Script=Han}/u],
    ['Cyrillic', /\p{Script=Cyrillic}/u],
    ['Greek', /\p{Script=Greek}/u],
    ['Arabic', /\p{Script=Arabic}/u],
    ['Hebrew', /\p{Script=Hebrew}/u],
    ['Thai', /\p{Script=Thai}/u],
    ['Devanagari', /\p{Script=Devanagari}/u],
    ['accents', /[À-ÿ]/u],
  ])('has names with %s', (_script, pattern) => {
    const names = playlists
      .prepare('SELECT name FROM tracks UNION ALL SELECT name FROM artists')
      .pluck()
      .all();
    expect(names.filter((name) => pattern.test(String(name))).length).toBeGreaterThan(4);
  });

  test('writes release dates in three precisions, none after the end', () => {
    const lengths = playlists
      .prepare('SELECT DISTINCT length(release_date) FROM tracks ORDER BY 1')
      .pluck()
      .all();
    expect(lengths).toEqual([4, 7, 10]);
    expect(count(playlists, `SELECT count(*) FROM tracks WHERE release_date >= '${endDate}'`)).toBe(0);
    expect(count(playlists, "SELECT count(*) FROM tracks WHERE release_date < '1970'")).toBeGreaterThan(20);
  });

  test('moves its lists: the short range fast, the long one slowly', () => {
    const short = overlaps('short_term');
    expect(Math.min(...short)).toBeGreaterThanOrEqual(0.3);
    expect(Math.max(...short)).toBeLessThanOrEqual(0.85);
    expect(mean(overlaps('medium_term'))).toBeGreaterThan(mean(short));
    expect(mean(overlaps('long_term'))).toBeGreaterThan(mean(overlaps('medium_term')));
  });

  test.each([1, 2, 3])('ranks nothing before it was released (seed %i)', (seed) => {
    const early = inventListener({ endDate, seed }).snapshots.flatMap(({ date, lists }) =>
      Object.values(lists)
        .flat()
        .filter(({ album }) => album.releaseDate > date),
    );
    expect(early.map(({ name }) => name)).toEqual([]);
  });
});

describe('what Spotify would answer today', () => {
  test('is three lists of 50, in the shape of development mode', () => {
    const lists = Object.values(currentTopTracks({ endDate }));
    expect(lists.map((list) => new Set(list.map(({ id }) => id)).size)).toEqual([50, 50, 50]);
    const fields = new Set(lists.flat().flatMap((track) => Object.keys(track)));
    expect(fields.has('popularity') || fields.has('available_markets')).toBe(false);
    expect([...fields]).toEqual(
      expect.arrayContaining(['album', 'artists', 'external_ids', 'duration_ms', 'uri']),
    );
  });

  test.each(['2026-11-21', '2026-11-01', '2027-03-31', '2028-02-29'])(
    'moves on from the last snapshot on %s',
    (end) => {
      const { snapshots: taken, current, tracks } = inventListener({ endDate: end });
      const last = new Set(taken.at(-1)?.lists.short_term);
      const fresh = new Set(tracks.filter(({ archived }) => !archived).map(({ id }) => id));
      const entered = current.short_term.filter((track) => !last.has(track));
      expect(entered.length).toBeGreaterThan(2);
      expect(entered.length).toBeLessThan(35);
      expect(entered.some(({ id }) => fresh.has(id))).toBe(true);
    },
  );

  test('is found among all the tracks of the listener', () => {
    const known = new Set(demoTracks({ endDate }).map(({ id }) => id));
    expect(currentTopTracks({ endDate }).short_term.every(({ id }) => known.has(id))).toBe(true);
  });
});
