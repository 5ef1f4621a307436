import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { standInListeners } from '../../../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../../scripts/spotify-stand-in/server.ts';
import { addTracks } from '../../../src/catalogue/tracks.ts';
import { captureSnapshots } from '../../../src/snapshots/capture.ts';
import { readTrack } from '../../../src/spotify/schemas.ts';
import { saveConnection } from '../../../src/users/connections.ts';
import { insertListener } from '../../support/factories.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';
import { connect, settingsFor } from '../../support/spotify-sign-in.ts';
import { dumpTables } from '../../support/table-dump.ts';

const ALICE = 'alice-stand-in';
const tokenKeys = [{ id: 't1', key: randomBytes(32) }];
const { test, archive, move, verify, listRejects } = useMoves(SNAPSHOTS_SCHEMA);
let spotify: SpotifyStandIn;

beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners() });
});
afterAll(() => spotify.close());

it('what the running app captured is never overwritten, and each difference is reported', async () => {
  const alice = await insertListener(test.db, ALICE, 'UTC');
  spotify.signInAs(ALICE);
  await saveConnection(test.db, alice, tokenKeys, await connect(spotify));
  const access = { settings: settingsFor(spotify, { timeoutMs: 20_000 }), tokenKeys };
  await captureSnapshots(test.db, alice, access);
  const captured = await dumpTables(test.db, true);
  const first = await test.db.one<{ track_id: string; day: string; rank: number }>(
    `SELECT track_id, snapshot_date AS day, rank FROM snapshots WHERE time_range = 'short_term' ORDER BY rank LIMIT 1`,
  );
  const file = archive((db) => {
    insert(db, 'tracks', {
      track_id: first.track_id,
      name: 'Old name',
      duration_ms: 1,
      raw_json: '{"old": 1.10}',
    });
    insert(db, 'tracks', { track_id: 'only-old', name: 'Only old' });
    const place = { track_id: first.track_id, time_range: 'short_term' };
    insert(db, 'snapshots', { ...place, snapshot_date: first.day, rank: first.rank + 7 });
    insert(db, 'snapshots', { ...place, snapshot_date: '2020-01-01', rank: 3 });
  });
  const report = await move(file, { owner: ALICE });
  const now = await dumpTables(test.db, true);
  for (const table of ['tracks', 'snapshots', 'artists', 'track_artists'])
    expect(now[table]).toEqual(expect.arrayContaining(captured[table] ?? [table]));
  expect(report.tables).toMatchObject([
    { read: 2, moved: 1, kept: 1 },
    { read: 2, moved: 1, kept: 1 },
  ]);
  expect((await listRejects()).map(({ source_column, original }) => [source_column, original])).toEqual([
    ['rank', { type: 'integer', text: String(first.rank + 7) }],
    ['duration_ms', { type: 'integer', text: '1' }],
    ['name', { type: 'text', text: 'Old name' }],
    ['raw_json', { type: 'text', text: '{"old": 1.10}' }],
  ]);
  expect(await verify(file, { owner: ALICE })).toMatchObject({
    ok: true,
    tables: [{ kept: 1 }, { kept: 1 }],
  });
});

it('what the capture left open is filled in, and only that', async () => {
  const alice = await insertListener(test.db, ALICE, 'UTC');
  spotify.signInAs(ALICE);
  await saveConnection(test.db, alice, tokenKeys, await connect(spotify));
  await captureSnapshots(test.db, alice, { settings: settingsFor(spotify, { timeoutMs: 2000 }), tokenKeys });
  const track = (): Promise<Record<string, unknown>> =>
    test.db.one(
      `SELECT track_id, name, artist_name, album_name, duration_ms, spotify_url, raw_json::text AS payload
       FROM tracks ORDER BY track_id LIMIT 1`,
    );
  await test.db.execute(
    'UPDATE tracks SET album_name = NULL WHERE track_id = (SELECT min(track_id) FROM tracks)',
  );
  const before = await track();
  const old = { name: 'Old', artist_name: 'Old', album_name: 'Old', duration_ms: 1, spotify_url: 'old' };
  const file = archive((db) =>
    insert(db, 'tracks', { track_id: before.track_id, ...old, raw_json: '{"old": 1}' }),
  );
  await move(file, { owner: ALICE });
  expect(await track()).toEqual({ ...before, album_name: 'Old' });
  expect(await listRejects()).toHaveLength(5);
});

it('a capture after a move fills what is missing and leaves what was moved', async () => {
  const alice = await insertListener(test.db, ALICE, 'UTC');
  spotify.signInAs(ALICE);
  await saveConnection(test.db, alice, tokenKeys, await connect(spotify));
  const access = { settings: settingsFor(spotify, { timeoutMs: 20_000 }), tokenKeys };
  await captureSnapshots(test.db, alice, access);
  const { track_id } = await test.db.one<{ track_id: string }>(
    'SELECT min(track_id) AS track_id FROM tracks',
  );
  await test.db
    .execute(`TRUNCATE tracks, artists, library_tracks, snapshot_lists, snapshot_periods, artist_snapshot_lists,
       artist_snapshot_periods CASCADE`);
  const file = archive((db) =>
    insert(db, 'tracks', { track_id, name: 'Old name', raw_json: '{"old": 1.10}' }),
  );
  await move(file, { owner: ALICE });
  await captureSnapshots(test.db, alice, access);
  const track = await test.db.one(
    'SELECT name, raw_json::text AS payload, duration_ms > 0 AS filled FROM tracks WHERE track_id = $1',
    [track_id],
  );
  expect(track).toEqual({ name: 'Old name', payload: '{"old": 1.10}', filled: true });
  expect((await verify(file, { owner: ALICE })).ok).toBe(true);
});

it('what Spotify no longer names is completed by the archive, and what the archive does not name says nothing', async () => {
  const [capturedFirst, movedFirst] = ['withdrawn0000000000001', 'withdrawn0000000000002'];
  const asWithdrawn = (id: string) => ({
    id,
    name: '',
    type: 'track',
    duration_ms: 0,
    artists: [{ id: 'x', name: '' }],
    album: { name: '' },
  });
  const alice = await insertListener(test.db, ALICE, 'UTC');
  const capture = async (...payloads: object[]) =>
    test.db.withTransaction((tx) =>
      addTracks(
        tx,
        alice,
        payloads.flatMap((payload) => readTrack(payload) ?? []),
      ),
    );
  await capture(asWithdrawn(capturedFirst));
  const file = archive((db) => {
    const row = { name: 'Good title', artist_name: 'Ann', album_name: 'Blue', duration_ms: 1000 };
    insert(db, 'tracks', { track_id: capturedFirst, ...row });
    insert(db, 'tracks', { track_id: movedFirst, name: '', artist_name: '', album_name: '', duration_ms: 0 });
  });
  const nameOf = (trackId: string) =>
    test.db.one('SELECT name, artist_name, album_name, duration_ms FROM tracks WHERE track_id = $1', [
      trackId,
    ]);
  await move(file, { owner: ALICE });
  expect(await nameOf(capturedFirst)).toEqual({
    name: 'Good title',
    artist_name: 'Ann',
    album_name: 'Blue',
    duration_ms: 1000,
  });
  expect(await nameOf(movedFirst)).toMatchObject({ name: '', duration_ms: 0 });
  await capture({ ...asWithdrawn(movedFirst), name: 'Back again', duration_ms: 2000 });
  expect(await nameOf(movedFirst)).toMatchObject({ name: 'Back again', artist_name: '', duration_ms: 2000 });
  expect(await listRejects()).toEqual([]);
  expect(await verify(file, { owner: ALICE })).toMatchObject({ ok: true });
  const again = await move(file, { owner: ALICE });
  expect(again.tables[0]).toMatchObject({ read: 2, moved: 0, kept: 0 });
  expect(await nameOf(movedFirst)).toMatchObject({ name: 'Back again', duration_ms: 2000 });
});
