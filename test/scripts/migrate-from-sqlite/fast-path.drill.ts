import Sqlite, { type Database } from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { writeLargeArchive } from '../../../scripts/measure/large-archive.ts';
import { silentProgress, type Progress } from '../../../scripts/migrate-from-sqlite/progress.ts';
import { createDb } from '../../../src/db.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, SNAPSHOTS_SCHEMA, useDirectory } from '../../support/old-archives.ts';
import { listStrayDerived } from '../../support/derived.ts';
import { dumpTables, emptyTables } from '../../support/table-dump.ts';

const { test, archive, move, track, listRejects } = useMoves(SNAPSHOTS_SCHEMA);
const directory = useDirectory();
const day = { snapshot_date: '2024-01-01', time_range: 'short_term' };

/** A column the archive does not know, empty everywhere: such a file takes the staged path from the start. */
const WITH_A_STRANGE_COLUMN = SNAPSHOTS_SCHEMA.replace('raw_json TEXT', 'raw_json TEXT, strange TEXT');

/** What the progress says is under way: it shows which path a file takes. */
function follow(): { progress: Progress; steps: string[] } {
  const steps: string[] = [];
  const note = (what: string): void => void steps.push(what);
  return { progress: { ...silentProgress, start: note, say: note }, steps };
}

const PAYLOADS = [
  { album: { release_date: '2024-02-29', release_date_precision: 'day' }, popularity: 0 },
  { album: { release_date: '2023-02-29', release_date_precision: 'day' }, popularity: 100 },
  { album: { release_date: '2024-05-17', release_date_precision: 'month' }, popularity: 101 },
  { album: { release_date: '2024-05', release_date_precision: 'year' }, popularity: null },
  { album: { release_date: '2024', release_date_precision: 'day' } },
  { album: { release_date: '0000' }, external_urls: { spotify: 'https://open.spotify.com/track/x' } },
  { album: { release_date: 'soon', deeper: { release_date: '2001' } }, external_urls: { spotify: null } },
  { album: null, tracks: [{ popularity: 7, album: { release_date: '1999' } }] },
  {
    artists: [
      { id: 'a', name: 'A' },
      { id: 'b', name: 'B, with A' },
      { id: 'a', name: 'A' },
      { name: 'local' },
    ],
  },
  { name: 'tab\t, line\n, \\, "quotes", 🎵', explicit: true, external_ids: { isrc: 'X' } },
];

function fill(db: Database): void {
  PAYLOADS.forEach((payload, n) =>
    insert(db, 'tracks', {
      track_id: `t${n}`,
      name: `Name\t${n}\\ 🎵`,
      artist_name: n % 2 === 0 ? 'A' : null,
      duration_ms: n * 1000,
      spotify_url: n % 3 === 0 ? `https://example.org/${n}` : null,
      raw_json: JSON.stringify(payload),
    }),
  );
  insert(db, 'tracks', {
    track_id: 'é-local:file 🎵',
    raw_json: '{"n": 1.10, "big": 12345678901234567890, "e": 1e400}',
  });
  PAYLOADS.forEach((_, n) =>
    insert(db, 'snapshots', { track_id: `t${n}`, ...day, rank: n === 0 ? null : n }),
  );
}

/** (The words of a library's document are marked with its listener.) */
const TABLES = [
  'tracks',
  'artists',
  'track_artists',
  'snapshots',
  'library_tracks',
  'snapshot_lists',
  'snapshot_periods',
];

/** Every row, without the time of day and what names the file. */
async function content(): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {};
  for (const table of TABLES) {
    const found = await test.db.many<{ line: string }>(
      `SELECT (to_jsonb(t) - '{user_id,created_at,updated_at,document}'::text[])::text AS line FROM ${table} AS t ORDER BY 1`,
    );
    rows[table] = found.map((row) => row.line);
  }
  return rows;
}

describe('a file as the old app wrote it', () => {
  it('takes the fast path into empty tables, and ends in the rows that the staged path ends in', async () => {
    const fast = follow();
    const report = await move(archive(fill), { progress: fast.progress });
    expect(fast.steps).toEqual(['moving tracks', 'moving snapshots']);
    expect(report).toMatchObject({ changed: true, rejects: [], conversions: {} });
    expect(report.tables.map(({ read, moved }) => [read, moved])).toEqual([
      [11, 11],
      [10, 10],
    ]);
    expect((await track('é-local:file 🎵')).raw_text).toContain('12345678901234567890');
    const found = await content();
    await emptyTables(test.db);
    const staged = follow();
    await move(archive(fill, WITH_A_STRANGE_COLUMN), { progress: staged.progress });
    expect(staged.steps).toContain('reading tracks');
    expect(found).toEqual(await content());
  });

  it('goes the same way where only one connection is to be had', async () => {
    const db = createDb({ url: test.url, poolMin: 0, poolMax: 1, applicationName: 'test-one' });
    const { progress, steps } = follow();
    await move(archive(fill), { db, progress });
    await db.close();
    expect(steps).toEqual(['moving tracks', 'moving snapshots']);
  });

  it('moved again, is compared in one reading and found whole, whatever others have in the archive', async () => {
    const file = archive(fill);
    await move(file);
    await move(
      archive((db) => insert(db, 'tracks', { track_id: 't0' }, { track_id: 'other' })),
      { owner: 'bob' },
    );
    const before = await dumpTables(test.db, true);
    const { progress, steps } = follow();
    const again = await move(file, { progress });
    expect(steps).toEqual(['comparing …']);
    expect(again.changed).toBe(false);
    expect(again.tables.map(({ read, alreadyThere }) => [read, alreadyThere])).toEqual([
      [11, 11],
      [10, 10],
    ]);
    expect(await dumpTables(test.db, true)).toEqual(before);
  });

  it.each([
    ['a name', `UPDATE tracks SET name = 'other' WHERE track_id = 't3'`],
    [
      'a number in a payload',
      `UPDATE tracks SET raw_json = jsonb_set(raw_json, '{popularity}', '1') WHERE track_id = 't1'`,
    ],
    ['a rank', `UPDATE snapshots SET rank = 99 WHERE track_id = 't3'`],
    ['a track that is not in the library', `DELETE FROM library_tracks WHERE track_id = 'é-local:file 🎵'`],
    ['a place that is not there', `DELETE FROM snapshots WHERE track_id = 't3'`],
  ])('moved again, is not found whole where %s differs', async (_, meddle) => {
    const file = archive(fill);
    await move(file);
    await test.db.execute(meddle);
    const { progress, steps } = follow();
    await move(file, { progress });
    expect(steps).toContain('reading tracks');
  });
});

describe('a file that is not as the old app wrote it', () => {
  const odd: readonly (readonly [string, string])[] = [
    ['a number in text', `UPDATE snapshots SET rank = 'x' WHERE track_id = 't5'`],
    [
      'bytes where a number belongs',
      `UPDATE tracks SET duration_ms = CAST('x' AS BLOB) WHERE track_id = 't5'`,
    ],
    ['U+FFFD', `UPDATE tracks SET name = char(65533) WHERE track_id = 't5'`],
    ['bytes that are no text', `UPDATE tracks SET name = CAST(x'ff41' AS TEXT) WHERE track_id = 't5'`],
    ['a NUL character', `UPDATE tracks SET name = 'a' || char(0) || 'b' WHERE track_id = 't5'`],
    ['a repeated key', `UPDATE tracks SET raw_json = '{"a": 1, "\\u0061": 2}' WHERE track_id = 't5'`],
    ['a payload that is a list', `UPDATE tracks SET raw_json = '[]' WHERE track_id = 't5'`],
    ['broken JSON in the last row', `UPDATE tracks SET raw_json = '{"a' WHERE track_id LIKE 'é%'`],
    ['a popularity of 50.0', `UPDATE tracks SET raw_json = '{"popularity": 50.0}' WHERE track_id = 't5'`],
    [
      'a release date that is a number',
      `UPDATE tracks SET raw_json = '{"album": {"release_date": 2024}}' WHERE track_id = 't5'`,
    ],
    ['an orphan', `UPDATE snapshots SET track_id = 'nobody' WHERE track_id = 't5'`],
    ['a day that is none', `UPDATE snapshots SET snapshot_date = '2024-02-30' WHERE track_id = 't5'`],
    ['rank 0', `UPDATE snapshots SET rank = 0 WHERE track_id = 't5'`],
    ['an unknown time range', `UPDATE snapshots SET time_range = 'ever' WHERE track_id = 't5'`],
    ['a key that is a number', `UPDATE snapshots SET track_id = CAST('t5' AS BLOB) WHERE track_id = 't5'`],
  ];
  it.each(odd)('with %s takes the staged path, and nothing of the other stays', async (_, spoil) => {
    const spoilt = (schema?: string): string =>
      archive((db) => {
        fill(db);
        db.exec(spoil);
      }, schema);
    const report = await move(spoilt());
    const [found, rejects] = [await content(), await listRejects()];
    await emptyTables(test.db);
    const staged = await move(spoilt(WITH_A_STRANGE_COLUMN));
    expect([report.tables, report.rejects, report.conversions]).toEqual([
      staged.tables,
      staged.rejects,
      staged.conversions,
    ]);
    expect([found, rejects]).toEqual([await content(), await listRejects()]);
  });

  it.each([
    ['without a key', SNAPSHOTS_SCHEMA.replaceAll(/,\s*PRIMARY KEY \([^)]*\)| PRIMARY KEY/g, '')],
    [
      'with a key that ignores case',
      SNAPSHOTS_SCHEMA.replace('track_id TEXT PRIMARY', 'track_id TEXT COLLATE NOCASE PRIMARY'),
    ],
    ['without row numbers', SNAPSHOTS_SCHEMA.replaceAll(/\)\);/g, ')) WITHOUT ROWID;')],
    ['in UTF-16', `PRAGMA encoding = "UTF-16"; ${SNAPSHOTS_SCHEMA}`],
  ])('%s takes the staged path from the start', async (_, schema) => {
    const { progress, steps } = follow();
    await move(archive(fill, schema), { progress });
    expect(steps).not.toContain('moving tracks');
    expect(await test.db.many('SELECT 1 FROM tracks')).toHaveLength(11);
  });
});

const large = (name: string, seed: number, tracks: number, snapshots: number): string => {
  const file = `${directory}/${name}.db`;
  writeLargeArchive({ file, tracks, snapshots, seed });
  return file;
};

describe('every library says what the catalogue and the lists say', () => {
  it('after a move on the fast path, and after one into an archive that holds something', async () => {
    await move(archive(fill));
    expect(await listStrayDerived(test.db)).toEqual([]);
    await move(
      archive((db) => insert(db, 'tracks', { track_id: 't1', album_name: 'Album', artist_name: 'New' })),
      { owner: 'bob' },
    );
    expect(await listStrayDerived(test.db)).toEqual([]);
  });

  it('after a large move beside a small archive, for which keys and triggers were taken away', async () => {
    const small = large('small', 2, 200, 1_000);
    await move(small, { owner: 'bob' });
    await move(archive(fill));
    const oid = `SELECT 'tracks_raw_json'::regclass::oid::int AS oid`;
    const before = await test.db.one(oid);
    const triggers = () =>
      test.db.many(
        `SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2`,
      );
    const kept = await triggers();
    const file = large('large', 3, 1_000, 12_000);
    await move(file);
    expect(await test.db.one(oid)).not.toEqual(before);
    expect(await triggers()).toEqual(kept);
    expect(await listStrayDerived(test.db)).toEqual([]);
    expect(await test.db.many('SELECT 1 FROM library_tracks')).toHaveLength(200 + 11 + 1_000);
    expect((await move(small, { owner: 'bob' })).changed).toBe(false);
  }, 60_000);

  it('what a listener hid stays hidden, and so do the tracks that a move brings of a hidden artist', async () => {
    await move(archive(fill));
    await test.db.execute(`INSERT INTO hidden_artists (user_id, artist_id) SELECT user_id, 'b' FROM users`);
    await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) SELECT user_id, 't1' FROM users`);
    const file = large('hidden', 4, 500, 12_000);
    const old = new Sqlite(file);
    insert(old, 'tracks', { track_id: 'more of b', raw_json: '{"artists": [{"id": "b", "name": "B"}]}' });
    old.close();
    await move(file);
    expect(await test.db.many('SELECT track_id FROM library_tracks WHERE hidden ORDER BY 1')).toEqual(
      ['more of b', 't1', 't8'].map((track_id) => ({ track_id })),
    );
  }, 60_000);
});
