import { beforeEach, describe, expect, it } from 'vitest';
import { randomFor } from '../../scripts/invented/random.ts';
import {
  beginHistoryImport,
  discardAbandonedImports,
  listHistoryImports,
} from '../../src/history-import/imports.ts';
import { rehearseImport } from '../../src/history-import/import.ts';
import type { Bucket } from '../../src/history-import/buckets.ts';
import type { FormatName, ReadBucket, ReadRow } from '../../src/history-import/row.ts';
import { keepPlays } from '../../src/plays/keep-plays.ts';
import type { RecentlyPlayed } from '../../src/spotify/api.ts';
import type { SpotifyTrack } from '../../src/spotify/schemas.ts';
import { streamRows } from '../../src/history-import/rows.ts';
import { undoImport } from '../../src/history-import/undo.ts';
import { checksumTables } from '../support/checksum.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { listStrayDerived } from '../support/derived.ts';
import { drilled } from '../support/drill.ts';
import {
  insertListener,
  insertPlaylist,
  insertPlays,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';
import { importRows, stage, toldRow, type ToldPlay } from '../support/history-files.ts';
import { listListenerRows } from '../support/listener-rows.ts';
import { listUncounted } from '../support/uncounted.ts';

const test = useDatabase();
const id = (n: number): string => `track${n}`.padEnd(22, 'x');
const [ONE, TWO, THREE] = [id(1), id(2), id(3)];
let alice: number;
let bob: number;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
  await insertTrack(test.db, {
    trackId: ONE,
    name: 'Ferry Lights',
    artistName: 'The Paper Harbour',
    artists: ['ph'],
  });
  await test.db.execute(`UPDATE artists SET name = 'The Paper Harbour'`);
});

const rowsOf = (told: readonly ToldPlay[], format?: FormatName): ReadRow[] =>
  told.map((play, index) => toldRow(play, index + 1, format));

const listPlays = (userId: number) =>
  test.db.many<Record<string, unknown>>(
    `SELECT to_char(played_at AT TIME ZONE 'UTC', 'HH24:MI:SS.MS') AS at, track_id, source, ms_played
     FROM plays WHERE user_id = $1 ORDER BY played_at, track_id, nth`,
    [userId],
  );

/** What may differ: names in the catalogue stay, and a summary says when it was computed. */
const UNDONE = ['tracks', 'artists', 'track_artists', 'archive_changes', 'archive_summaries'];
const sums = () => checksumTables(test.db, UNDONE);

const toldTrack: SpotifyTrack = {
  trackId: TWO,
  name: null,
  albumName: null,
  durationMs: null,
  spotifyUrl: null,
  releaseDate: null,
  releaseDatePrecision: null,
  popularity: null,
  isLocal: false,
  albumId: null,
  explicit: null,
  isrc: null,
  artists: [{ artistId: 'ph', name: 'The Paper Harbour' }],
  payload: {},
};

const LISTEN = {
  trackId: TWO,
  name: 'Lantern Weather',
  artist: 'The Paper Harbour',
  album: 'Low Tide Almanac',
};

const setAside = (row: number, bucket: ReadBucket): ReadRow => ({
  kind: 'set aside',
  where: { file: 'spotify extended.json', row },
  format: 'spotify extended',
  raw: JSON.stringify({ row }),
  bucket,
  reason: 'it is something else',
});

describe('an import', () => {
  it('knows rows by keys that are in order where the rows are', async () => {
    const hours = Array.from({ length: 20 }, (_, hour) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString());
    await importRows(test.patient, alice, rowsOf(hours.map((at) => ({ ...LISTEN, at }))));
    const found = await test.db.one<{ by_key: string[]; by_time: string[] }>(
      `SELECT array_agg(row_key ORDER BY row_key) AS by_key, array_agg(row_key ORDER BY played_at) AS by_time FROM plays`,
    );
    expect(found.by_key).toHaveLength(hours.length);
    expect(found.by_key).toEqual(found.by_time);
  });

  it('of thousands of rows gives each of them back once, and lets PostgreSQL know how many there are', async () => {
    const at = (n: number): string =>
      new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 3) * 200_000).toISOString();
    const told = Array.from({ length: 2_100 }, (_, n) => ({ ...LISTEN, at: at(n), ms: n }));
    const episodes = Array.from({ length: 1_200 }, (_, n) =>
      setAside(2_101 + n, n < 1_100 ? 'video' : 'podcast'),
    );
    const first = await importRows(test.patient, alice, [...rowsOf(told), ...episodes]);
    expect(await listUncounted(test.db)).toEqual([]);
    const other = await importRows(test.patient, alice, rowsOf(told, 'listenbrainz'));
    const given: readonly (readonly [typeof first, Bucket, number])[] = [
      [first, 'added', 2_100],
      [first, 'podcast', 100],
      [first, 'video', 1_100],
      [first, 'told by another file', 0],
      [other, 'told by another file', 2_100],
      [other, 'added', 0],
    ];
    for (const [staged, bucket, rows] of given) {
      const originals: unknown[] = [];
      for await (const { original } of streamRows(test.db, staged, bucket)) originals.push(original);
      expect([bucket, originals.length, new Set(originals).size]).toEqual([bucket, rows, rows]);
    }
    expect(await listUncounted(test.db)).toEqual([]);
  });

  it('accounts for every row, each in one bucket', async () => {
    await insertPlays(test.db, alice, [['2026-01-01T10:00:40.123Z', ONE]]);
    const rows: ReadRow[] = [
      ...rowsOf([
        { ...LISTEN, at: '2026-01-01T10:00:00Z', ms: 200_000 },
        { ...LISTEN, at: '2026-01-01T10:00:00Z', ms: 200_000 },
        { ...LISTEN, at: '2026-01-01T10:00:00Z', ms: 190_000 },
        {
          trackId: ONE,
          name: 'Ferry Lights',
          artist: 'The Paper Harbour',
          at: '2026-01-01T10:00:00Z',
          ms: 1_000,
        },
        { ...LISTEN, at: '2026-01-02T10:00:00Z', ms: 60_000, isPrivate: true },
      ]),
      setAside(6, 'podcast'),
    ];
    const staged = await stage(test.patient, alice, rows);
    const before = await sums();
    const choices = { leavesOutPrivate: true };
    const foretold = await rehearseImport(test.patient, staged, choices);
    expect({ ...(await sums()), history_imports: '' }).toEqual({ ...before, history_imports: '' });
    expect(foretold).toMatchObject({
      rows: 6,
      counts: { added: 2, 'same row again': 1, 'captured already': 1, 'private session': 1, podcast: 1 },
      years: [{ year: 2026, plays: 2, ms_played: 390_000 }],
    });
    const { account, importId } = await importRows(test.patient, alice, rows, true);
    expect(account).toEqual(foretold);
    expect(await listPlays(alice)).toEqual([
      {
        at: '10:00:00.000',
        track_id: TWO,
        source: 'spotify extended',
        ms_played: expect.any(Number) as number,
      },
      {
        at: '10:00:00.000',
        track_id: TWO,
        source: 'spotify extended',
        ms_played: expect.any(Number) as number,
      },
      { at: '10:00:40.123', track_id: ONE, source: 'capture', ms_played: 1_000 },
    ]);
    const kept = await test.db.many(
      `SELECT bucket, file_row FROM history_import_rows WHERE user_id = $1 AND history_import_id = $2 ORDER BY file_row`,
      [alice, importId],
    );
    expect(kept).toEqual([
      { bucket: 'private session', file_row: 5 },
      { bucket: 'podcast', file_row: 6 },
    ]);
    expect(await test.db.many('SELECT file_rows FROM history_import_repeats')).toEqual([
      { file_rows: '{[2,3)}' },
    ]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });

  it('a second time adds nothing, and says so', async () => {
    const rows = rowsOf([
      { ...LISTEN, at: '2026-01-01T10:00:00Z', ms: 200_000 },
      { name: 'Of no id', artist: 'Nobody', at: '2026-01-01T11:00:00Z' },
    ]);
    await importRows(test.patient, alice, rows);
    const before = await sums();
    const { account } = await importRows(test.patient, alice, rows);
    expect(account.counts).toEqual({ 'same row again': 2 });
    const ofImports = { history_imports: '', history_import_repeats: '' };
    expect({ ...(await sums()), ...ofImports }).toEqual({ ...before, ...ofImports });
  });

  it('that has plays is not deleted by hand, only with its listener', async () => {
    const rows = rowsOf([{ ...LISTEN, at: '2026-01-01T10:00:00Z', ms: 200_000 }]);
    await importRows(test.patient, alice, rows);
    await importRows(test.patient, bob, rows);
    await expect(test.db.execute('DELETE FROM history_imports')).rejects.toThrow(/undone/);
    await test.db.execute('DELETE FROM users WHERE user_id = $1', [alice]);
    expect([await listPlays(alice), await listPlays(bob)]).toMatchObject([[], [{ track_id: TWO }]]);
  });

  it('is one listener’s own: another imports the same, and undoes it, alone', async () => {
    const rows = rowsOf([{ ...LISTEN, at: '2026-01-01T10:00:00Z', ms: 200_000 }]);
    await importRows(test.patient, alice, rows);
    const hers = await listPlays(alice);
    const { account, ...his } = await importRows(test.patient, bob, rows);
    expect(account.counts).toEqual({ added: 1 });
    expect(await listHistoryImports(test.db, bob)).toMatchObject([
      { history_import_id: his.importId, state: 'done' },
    ]);
    await expect(undoImport(test.patient, { ...his, userId: alice })).rejects.toMatchObject({ status: 404 });
    await undoImport(test.patient, his);
    expect(await listPlays(bob)).toEqual([]);
    expect(await listPlays(alice)).toEqual(hers);
    expect(await listListenerRows(test.db, bob, 'library_tracks')).toEqual([]);
  });
});

describe('files that nobody says yes to', () => {
  it('are forgotten after a day, those whose reader was killed at once; others wait', async () => {
    const rows = rowsOf([{ ...LISTEN, at: '2026-01-01T10:00:00Z' }]);
    const waiting = await stage(test.patient, alice, rows);
    const old = await stage(test.patient, alice, rows);
    await test.db.execute(
      `UPDATE history_imports SET read_at = now() - interval '25 hours' WHERE history_import_id = $1`,
      [old.importId],
    );
    const reading = await beginHistoryImport(test.db, alice);
    const killed = await beginHistoryImport(test.db, alice);
    await test.db.execute(
      `UPDATE history_imports SET leased_until = now() - interval '1 second' WHERE history_import_id = $1`,
      [killed.importId],
    );
    expect(await discardAbandonedImports(test.db)).toBe(2);
    const left = await test.db.many<{ id: number }>(
      'SELECT history_import_id AS id FROM history_imports ORDER BY 1',
    );
    expect(left.map(({ id: importId }) => importId)).toEqual([waiting.importId, reading.importId]);
    expect(await test.db.many('SELECT FROM staged_plays')).toHaveLength(1);
  });
});

describe('a row that names no id', () => {
  it.each([
    ['is the track of the library that is called so, folded', 'FERRY lights', 'the paper harbour', ONE],
    ['is a track of ours where none is', 'Ferry Lights', 'Somebody Else', expect.stringMatching(/^mtm:/)],
  ])('%s', async (_what, name, artist, trackId) => {
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, [ONE]);
    await importRows(test.patient, alice, rowsOf([{ name, artist, at: '2026-01-01T10:00:00Z' }], 'lastfm'));
    expect(await listPlays(alice)).toMatchObject([{ track_id: trackId }]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });

  it('is taken over, its playlists too, by the id that a later file names', async () => {
    const named = { name: 'lantern weather', artist: LISTEN.artist, ms: 100_000 };
    const { account: _account, ...first } = await importRows(
      test.patient,
      alice,
      rowsOf(
        [
          { ...named, at: '2026-01-01T10:00:00Z' },
          { ...named, at: '2026-01-01T11:00:00Z' },
        ],
        'spotify account',
      ),
    );
    const [ours] = await test.db.many<{ id: string }>('SELECT track_id AS id FROM played_tracks');
    await insertPlaylist(test.db, alice, { playlistId: 'p' }, [ours?.id ?? '']);
    await importRows(test.patient, alice, rowsOf([{ ...LISTEN, at: '2026-01-01T11:00:20Z', ms: 100_000 }]));
    expect(await listPlays(alice)).toMatchObject([
      { track_id: TWO, source: 'spotify account' },
      { track_id: TWO, source: 'spotify extended' },
    ]);
    expect(await test.db.many('SELECT track_id FROM playlist_tracks')).toEqual([{ track_id: TWO }]);
    expect(await test.db.many('SELECT track_id FROM library_tracks')).toEqual([{ track_id: TWO }]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
    await undoImport(test.patient, first);
    expect(await listPlays(alice)).toMatchObject([{ track_id: TWO, source: 'spotify extended' }]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });

  it('keeps the id that a later file told, when that import is undone', async () => {
    const named = rowsOf([{ ...LISTEN, trackId: null, at: '2026-01-01T10:00:00Z' }], 'spotify account');
    const { account: _first, ...first } = await importRows(test.patient, alice, named);
    const { account: _second, ...second } = await importRows(
      test.patient,
      alice,
      rowsOf([{ ...LISTEN, at: '2026-01-02T10:00:00Z' }]),
    );
    await undoImport(test.patient, second);
    expect(await listPlays(alice)).toMatchObject([{ at: '10:00:00.000', track_id: TWO }]);
    expect(await test.db.many('SELECT track_id FROM library_tracks')).toEqual([{ track_id: TWO }]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
    await undoImport(test.patient, first);
    expect(await test.db.many('SELECT FROM library_tracks')).toEqual([]);
  });

  it('is the track that the same files name by id, and its end follows from the length', async () => {
    const lastfm = { name: LISTEN.name, artist: LISTEN.artist, lengthMs: 180_000, isEndKnown: false };
    await importRows(test.patient, alice, [
      ...rowsOf([{ ...lastfm, at: '2026-01-01T09:57:00Z' }], 'lastfm'),
      ...rowsOf([{ ...LISTEN, at: '2026-01-01T10:00:03Z', ms: 180_000 }]),
    ]);
    expect(await listPlays(alice)).toMatchObject([{ track_id: TWO, source: 'spotify extended' }]);
    expect(await test.db.many('SELECT own_track_id AS id FROM paired_plays')).toEqual([{ id: TWO }]);
  });
});

describe('a capture after an import', () => {
  const captured = (playedAt: string, trackId: string): RecentlyPlayed => ({
    full: false,
    skippedAt: [],
    plays: [{ playedAt, context: null, payload: {}, track: { ...toldTrack, trackId, name: LISTEN.name } }],
  });
  const keep = (page: RecentlyPlayed) => test.db.withTransaction((tx) => keepPlays(tx, alice, page));

  it.each([
    ['of the same track', '2026-01-01T10:00:40.123Z', TWO],
    ['at the very same moment', '2026-01-01T10:00:00.000Z', TWO],
    ['of a track that is called alike', '2026-01-01T09:59:00.001Z', THREE],
  ])('shows, and the row stands beside it: %s', async (_what, at, trackId) => {
    const { account: _account, ...staged } = await importRows(
      test.patient,
      alice,
      rowsOf([
        { ...LISTEN, at: '2026-01-01T10:00:00Z', ms: 200_000 },
        { ...LISTEN, at: '2026-01-01T11:00:00Z', ms: 100_000 },
      ]),
    );
    await keep(captured(at, trackId));
    await keep(captured(at, trackId));
    expect(await listPlays(alice)).toMatchObject([
      { at: at.slice(11, 23), track_id: trackId, source: 'capture', ms_played: 200_000 },
      { source: 'spotify extended', ms_played: 100_000 },
    ]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
    await undoImport(test.patient, staged);
    expect(await listPlays(alice)).toMatchObject([{ source: 'capture', ms_played: null }]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });
});

describe('undoing', () => {
  const random = randomFor(20, 'undo');
  const whole = (below: number): number => Math.floor(random() * below);
  const START = Date.UTC(2026, 0, 1);
  const TRACKS: readonly ToldPlay[] = [
    { at: 0, trackId: ONE, name: 'Ferry Lights', artist: 'The Paper Harbour' },
    { ...LISTEN, at: 0 },
    { at: 0, trackId: THREE, name: 'Ferry Lights', artist: 'The Paper Harbour', album: 'Best of' },
  ];
  /** Crowded, so that many tell of one another's listens, and several have one end. */
  const told = (count: number, isNamed = false): ToldPlay[] =>
    Array.from({ length: count }, () => {
      const track = TRACKS[whole(3)] as ToldPlay;
      const at = START + whole(60) * 30_000;
      return {
        ...track,
        ...(isNamed && { trackId: null }),
        at: isNamed ? at - (at % 60_000) : at,
        ms: [0, 31_000, 200_000][whole(3)] ?? 0,
        reasonEnd: ['trackdone', 'fwdbtn', null][whole(3)] ?? null,
      };
    });

  it.each(drilled([1], [1, 2, 3, 4, 5, 6]))(
    'takes back each import, byte for byte, whatever came before (%i)',
    async () => {
      // (A track of ours that an id has taken over stays known by the id.)
      await insertTrack(test.db, { trackId: TWO, name: LISTEN.name, artistName: LISTEN.artist });
      await insertSnapshot(test.db, alice, { date: '2026-01-01' }, [TWO]);
      const moments = [...new Set(Array.from({ length: 20 }, () => START + whole(1_800_000)))];
      await insertPlays(
        test.db,
        alice,
        moments.map((at) => [new Date(at).toISOString(), ONE]),
      );
      await test.db.execute(
        `INSERT INTO play_gaps (user_id, after_played_at, before_played_at) VALUES ($1, $2, $3)`,
        [alice, new Date(START + 600_000), new Date(START + 900_000)],
      );
      const formats: readonly FormatName[] = ['spotify account', 'lastfm', 'spotify extended'];
      const order = random() < 0.5 ? formats : formats.toReversed();
      const stack: { before: Record<string, string>; userId: number; importId: number }[] = [];
      for (const format of order) {
        const before = await sums();
        const rows = rowsOf(told(30, format !== 'spotify extended'), format);
        const { account, ...staged } = await importRows(test.patient, alice, rows);
        expect(Object.values(account.counts).reduce((sum, rows_) => sum + rows_, 0)).toBe(30);
        expect(await listStrayDerived(test.patient)).toEqual([]);
        await expectOneShown();
        stack.push({ before, ...staged });
      }
      for (const { before, ...staged } of stack.toReversed()) {
        await undoImport(test.patient, staged);
        expect(await sums()).toEqual(before);
        expect(await listStrayDerived(test.patient)).toEqual([]);
      }
    },
  );

  it('leaves what a later import tells too, and the gap that it covers, to that one', async () => {
    const before = await sums();
    const [first, both, second] = [10, 11, 12].map((hour) => ({
      ...LISTEN,
      at: `2026-01-01T${hour}:00:00Z`,
      ms: 200_000,
    })) as [ToldPlay, ToldPlay, ToldPlay];
    const beside = { ...both, at: '2026-01-01T11:00:20Z' };
    const gaps = () => test.db.many('SELECT history_import_id FROM play_gaps');
    await test.db.execute(
      `INSERT INTO play_gaps (user_id, after_played_at, before_played_at)
       VALUES ($1, '2026-01-01T11:10:00Z', '2026-01-01T11:20:00Z')`,
      [alice],
    );
    const withGap = await sums();
    const one = await importRows(test.patient, alice, [
      ...rowsOf([first, both, second]),
      ...rowsOf([beside], 'your_spotify'),
    ]);
    const two = await importRows(test.patient, alice, [
      ...rowsOf([both, second]),
      ...rowsOf([beside], 'your_spotify'),
    ]);
    expect(await gaps()).toEqual([{ history_import_id: one.importId }]);
    await undoImport(test.patient, one);
    expect(await listPlays(alice)).toMatchObject([{ at: '11:00:00.000' }, { at: '12:00:00.000' }]);
    expect(await test.db.many('SELECT source FROM paired_plays')).toEqual([{ source: 'your_spotify' }]);
    expect(await gaps()).toEqual([{ history_import_id: two.importId }]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
    await undoImport(test.patient, two);
    expect(await sums()).toEqual(withGap);
    await test.db.execute('DELETE FROM play_gaps');
    expect(await sums()).toEqual(before);
  });

  /** No source tells a listen twice, and the best of them shows. */
  const expectOneShown = async (): Promise<void> => {
    const odd = await test.db.many(
      `SELECT p.played_at, p.track_id, array_agg(b.source) FROM plays AS p JOIN paired_plays AS b USING (user_id, played_at, track_id, nth)
       GROUP BY p.user_id, p.played_at, p.track_id, p.nth, p.source
       HAVING count(DISTINCT b.source) < count(*) OR bool_or(b.source = p.source)
         OR min(source_rank(b.source)) < source_rank(p.source)`,
    );
    expect(odd).toEqual([]);
  };
});
