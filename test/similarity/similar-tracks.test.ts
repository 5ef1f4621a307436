import { beforeEach, describe, expect, it } from 'vitest';
import { listHotQueries } from '../../src/database/hot-queries.ts';
import { listSimilarTrackIds, listSimilarTracks } from '../../src/similarity/similar-tracks.ts';
import { listSimilarSounds, SOUNDS, type Sound } from '../../src/similarity/sound.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { drilled } from '../support/drill.ts';
import { insertArchiveTracks, insertListener, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useDatabase();
let alice = 0;
let bob = 0;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
});

const sound = (energy: number, valence: number, danceability: number) => ({ energy, valence, danceability });
const insertOwn = async (userId: number, trackId: string, features: object | null): Promise<void> => {
  await insertTrack(test.db, { trackId, features });
  await insertArchiveTracks(test.db, userId, [trackId]);
};

/** The classic formula over every track of the library: the differences, to be divided by how many they are. */
const DIFFERENCES: Readonly<Record<Sound, { sum: string; count: number }>> = {
  sound: {
    sum: `abs(a.energy - t.energy) + abs(a.valence - t.valence) + abs(a.danceability - t.danceability)`,
    count: 3,
  },
  wide: {
    sum: `abs(a.energy - t.energy) + abs(a.valence - t.valence) + abs(a.danceability - t.danceability)
      + abs(a.acousticness - t.acousticness) + abs(a.instrumentalness - t.instrumentalness)
      + abs(LEAST(GREATEST((a.tempo - 50) / 150, 0), 1) - LEAST(GREATEST((t.tempo - 50) / 150, 0), 1))`,
    count: 6,
  },
};
const scan = (userId: number, trackId: string, by: Sound, limit: number) =>
  test.db.many<{ track_id: string; score: number }>(
    `SELECT track_id, 1 - sum / ${DIFFERENCES[by].count} AS score
     FROM (
       SELECT a.track_id, ${DIFFERENCES[by].sum} AS sum
       FROM library_tracks AS a, library_tracks AS t
       WHERE a.user_id = $1 AND t.user_id = $1 AND t.track_id = $2 AND a.track_id <> $2
     ) AS compared
     WHERE sum IS NOT NULL ORDER BY sum, track_id LIMIT $3`,
    [userId, trackId, limit],
  );

describe.each(SOUNDS)('the nearest tracks, %s,', (by) => {
  // Rounded to quarters, or to 0 and 1, for two thirds of them: many stand at the same distance, at the scale's ends too.
  beforeEach(async () => {
    await test.db.execute(
      `WITH drawn AS (
         SELECT n, CASE WHEN n % 3 = 0 THEN 4 WHEN n % 3 = 1 THEN 1000 ELSE 1 END AS steps,
           CASE WHEN n % 11 = 0 THEN NULL ELSE 1 END AS known
         FROM generate_series(1, 600) AS n
       )
       INSERT INTO tracks (track_id, name, audio_features)
       SELECT 't' || n, 'T' || n, jsonb_build_object(
         'energy', round((random() * steps)::numeric) / steps, 'valence', round((random() * steps)::numeric) / steps,
         'danceability', round((random() * steps)::numeric) / steps * known,
         'acousticness', round((random() * steps)::numeric) / steps,
         'instrumentalness', CASE WHEN n % 7 > 0 THEN round((random() * steps)::numeric) / steps END,
         'tempo', (ARRAY[1, 49.99, 50, 50.01, 120, 120, 199.99, 200, 200.01, 400])[1 + n % 10])
       FROM drawn`,
    );
    await test.db.execute(
      `INSERT INTO library_tracks (user_id, track_id)
       SELECT $1::bigint, track_id FROM tracks UNION ALL SELECT $2::bigint, track_id FROM tracks WHERE right(track_id, 1) = '1'`,
      [alice, bob],
    );
  });

  it('are those of the scanning formula, in the same order with the same scores', async () => {
    const subjects = await test.db.many<{ track_id: string }>(
      `SELECT track_id FROM library_tracks
       WHERE user_id = $1 AND danceability IS NOT NULL AND instrumentalness IS NOT NULL ORDER BY random() LIMIT $2`,
      [alice, drilled(4, 12)],
    );
    for (const { track_id: trackId } of subjects) {
      for (const limit of [1, 12, 200]) {
        const expected = await scan(alice, trackId, by, limit);
        const found = await listSimilarSounds(test.db, alice, trackId, { by, limit });
        expect(found.map((one) => one.track_id)).toEqual(expected.map((one) => one.track_id));
        for (const [at, { score }] of found.entries())
          expect(score).toBeCloseTo(expected[at]?.score ?? -1, 12);
      }
    }
  });

  it('are all the others with features where as many are asked for, and only the listener’s own', async () => {
    const trackId = 't71'; // on both libraries
    const all = await listSimilarSounds(test.db, bob, trackId, { by, limit: 5_000 });
    expect(all.map((one) => one.track_id)).toEqual(
      (await scan(bob, trackId, by, 5_000)).map((one) => one.track_id),
    );
    expect(all.length).toBeGreaterThan(40);
    expect(all.every((one) => one.track_id.endsWith('1') && one.track_id !== trackId)).toBe(true);
  });

  it('come by the index, in its order', async ({ skip }) => {
    const { version } = await test.db.one<{ version: number }>(
      `SELECT current_setting('server_version_num')::int AS version`,
    );
    skip(version < 170_000, 'before PostgreSQL 17 no index of distances gives a part of an order');
    const [name, index] = {
      sound: ['track: similar by sound', 'library_tracks_sound'],
      wide: ['track: similar by a wider sound', 'library_tracks_wide_sound'],
    }[by];
    const query = listHotQueries().find((one) => one.name === name);
    const plan = await test.db.withTransaction(async (tx) => {
      // On so few rows sorting them all is cheaper; what is asked here is whether the index could answer.
      await tx.execute('SET LOCAL enable_bitmapscan = off');
      await tx.execute('SET LOCAL enable_sort = off');
      await tx.execute('ANALYZE library_tracks');
      const lines = await tx.many<{ 'QUERY PLAN': string }>(`EXPLAIN ${query?.sql ?? ''}`, [alice, 't1']);
      return lines.map((line) => line['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain(`Index Scan using ${index} on library_tracks`);
    expect(plan).toContain('Order By: (cube(');
    expect(plan).toContain('Presorted Key');
  });
});

describe('similar tracks', () => {
  it('score 1 minus the mean absolute difference, best first, equals by id, without the track itself', async () => {
    await insertOwn(alice, 'it', sound(0.5, 0.5, 0.5));
    await insertOwn(alice, 'same', sound(0.5, 0.5, 0.5));
    await insertOwn(alice, 'b', sound(0.5, 0.8, 0.5));
    await insertOwn(alice, 'a', sound(0.5, 0.5, 0.2));
    await insertOwn(alice, 'far', sound(1, 0, 1));
    await insertOwn(bob, 'bobs', sound(0.5, 0.5, 0.5));
    const { rule, tracks } = await listSimilarTracks(test.db, alice, 'it', { by: 'sound', limit: 10 });
    expect(rule).toBe('sound');
    expect(tracks.map(({ track_id: id, score }) => [id, Number(score.toFixed(9))])).toEqual([
      ['same', 1],
      ['a', 0.9],
      ['b', 0.9],
      ['far', 0.5],
    ]);
    expect(await listSimilarTrackIds(test.db, alice, 'it', { by: 'sound', limit: 2 })).toEqual(['same', 'a']);
  });

  it('are at 0 where every feature is at the other end, and never below', async () => {
    await insertOwn(alice, 'low', { ...sound(0, 0, 0), acousticness: 0, instrumentalness: 0, tempo: 20 });
    await insertOwn(alice, 'high', { ...sound(1, 1, 1), acousticness: 1, instrumentalness: 1, tempo: 300 });
    for (const by of SOUNDS)
      expect(await listSimilarTracks(test.db, alice, 'low', { by, limit: 3 })).toMatchObject({
        rule: by,
        tracks: [{ track_id: 'high', score: 0 }],
      });
  });

  it('leave out tracks without all the features, and go by three where the six are not known', async () => {
    await insertOwn(alice, 'it', sound(0.1, 0.1, 0.1));
    await insertOwn(alice, 'other', sound(0.2, 0.2, 0.2));
    await insertOwn(alice, 'half', { energy: 0.1, valence: 0.1 });
    await insertOwn(alice, 'none', null);
    const { rule, tracks } = await listSimilarTracks(test.db, alice, 'it', { by: 'wide', limit: 10 });
    expect([rule, tracks.map(({ track_id: id }) => id)]).toEqual(['sound', ['other']]);
  });

  it('of a track without features are those kept beside it: shared lists of all lists of either', async () => {
    for (const trackId of ['it', 'always', 'often', 'once', 'never'])
      await insertOwn(alice, trackId, trackId === 'it' ? null : sound(0.5, 0.5, 0.5));
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, ['it', 'often', 'always', 'once']);
    await insertSnapshot(test.db, alice, { date: '2026-01-02' }, ['it', 'often', 'always']);
    await insertSnapshot(test.db, alice, { date: '2026-01-02', range: 'long_term' }, ['always']);
    await insertSnapshot(test.db, alice, { date: '2026-01-03' }, ['always', 'never']);
    // What Bob kept beside it is his.
    await insertSnapshot(test.db, bob, { date: '2026-01-01' }, ['it', 'never']);
    const { rule, tracks } = await listSimilarTracks(test.db, alice, 'it', { by: 'sound', limit: 10 });
    expect(rule).toBe('lists');
    expect(tracks.map(({ track_id: id, score }) => [id, score])).toEqual([
      ['often', 1],
      ['always', 0.5],
      ['once', 0.5],
    ]);
  });

  it('of a track in many lists are reckoned from a hundred of them, spread evenly', async () => {
    for (const trackId of ['it', 'half', 'all']) await insertOwn(alice, trackId, null);
    await test.db.execute(
      `INSERT INTO snapshots (user_id, snapshot_date, time_range, track_id, rank)
       SELECT $1, date '2020-01-01' + day, 'short_term', id, 1
       FROM generate_series(0, 999) AS day, unnest(ARRAY['it', 'half', 'all']) AS id WHERE id <> 'half' OR day < 500`,
      [alice],
    );
    const { tracks } = await listSimilarTracks(test.db, alice, 'it', { by: 'sound', limit: 10 });
    expect(tracks.map(({ track_id: id, score }) => [id, score])).toEqual([
      ['all', 1],
      ['half', 0.5],
    ]);
  });

  it('are none for a track that is not in the listener’s library, or that nothing is known of', async () => {
    await insertOwn(bob, 'bobs', sound(0.5, 0.5, 0.5));
    await insertOwn(alice, 'alone', null);
    for (const trackId of ['bobs', 'alone', 'no-such'])
      expect(await listSimilarTrackIds(test.db, alice, trackId, { by: 'sound', limit: 10 })).toEqual([]);
  });
});
