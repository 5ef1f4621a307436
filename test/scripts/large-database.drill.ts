import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillLargeDatabase } from '../../scripts/measure/large-database/fill.ts';
import { openLarge } from '../../scripts/measure/large-database/open.ts';
import { readSize } from '../../scripts/measure/large-database/size.ts';
import type { Db } from '../../src/db.ts';
import { useDatabase } from '../support/database.ts';

const SIZE = {
  seed: 7,
  listeners: 5,
  tracks: 1_500,
  snapshots: 9_000,
  observed: { tracks: 150, days: 40 },
};

const test = useDatabase();
const again = useDatabase();
let made: Db;
let madeAgain: Db;
let userId = 0;
let schemaBefore: unknown;

/** Keys, indexes and triggers as the database describes them. */
const describeSchema = () =>
  test.db.many(
    `SELECT indexdef AS what FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
     ORDER BY what`,
  );

beforeAll(async () => {
  [made, madeAgain] = [openLarge(test.url), openLarge(again.url)];
  schemaBefore = await describeSchema();
  userId = await fillLargeDatabase(made, SIZE);
});
afterAll(async () => {
  await made.close();
  await madeAgain.close();
});

const count = async (table: string, where = 'true'): Promise<number> =>
  (await test.db.one<{ count: number }>(`SELECT count(*) FROM ${table} WHERE ${where}`)).count;

describe('an invented database', () => {
  it('has the size asked for, of which the observed listener has their part', async () => {
    expect(await count('users')).toBe(5);
    expect(await count('tracks')).toBe(1_500);
    expect(await count('snapshots')).toBe(9_000);
    expect(await count('library_tracks', `user_id = ${userId}`)).toBe(150);
    expect(await count('snapshots', `user_id = ${userId}`)).toBe(40 * 3 * 50);
    expect(
      await count(
        `(SELECT FROM snapshots WHERE user_id = ${userId} GROUP BY snapshot_date, time_range HAVING count(*) = 50) AS list`,
      ),
    ).toBe(40 * 3);
  });

  it('leaves keys, indexes and triggers as they were', async () => {
    expect(await describeSchema()).toEqual(schemaBefore);
  });

  it('is the same for the same seed and another for another', async () => {
    const digest = ({ db }: typeof test) =>
      db.one(
        `SELECT (SELECT md5(string_agg(s::text, ',' ORDER BY s::text)) FROM snapshots AS s) AS snapshots,
           (SELECT md5(string_agg(extract(epoch FROM played_at) || track_id, ',' ORDER BY played_at, track_id)) FROM plays)
             AS plays,
           (SELECT md5(string_agg(concat(track_id, name, raw_json, audio_features), ',' ORDER BY track_id)) FROM tracks)
             AS tracks`,
      );
    await fillLargeDatabase(madeAgain, SIZE);
    expect(await digest(again)).toEqual(await digest(test));
    await again.db.execute('TRUNCATE users, tracks, artists CASCADE');
    await fillLargeDatabase(madeAgain, { ...SIZE, seed: 8 });
    expect(await digest(again)).not.toEqual(await digest(test));
  });

  it('looks like music: artists with several tracks, dates of every precision, several scripts, gaps in what is known', async () => {
    expect(
      await count('(SELECT FROM track_artists GROUP BY artist_id HAVING count(*) > 3) AS artist'),
    ).toBeGreaterThan(20);
    for (const precision of ['year', 'month', 'day'])
      expect(await count('tracks', `release_date_precision = '${precision}'`)).toBeGreaterThan(5);
    for (const script of ['[a-z]', '[а-я]', '[\u3040-\u30FF\u4E00-\u9FFF]'])
      expect(await count('tracks', `name ~* '${script}'`)).toBeGreaterThan(3);
    for (const column of ['raw_json', 'audio_features', 'popularity']) {
      const known = await count('tracks', `${column} IS NOT NULL`);
      expect(known).toBeGreaterThan(750);
      expect(known).toBeLessThan(1_500);
    }
  });

  it('has lists that move: a track climbs, falls, and some come back', async () => {
    const [moves] = await test.db.many<Record<string, number>>(
      `WITH places AS (
         SELECT track_id, snapshot_date, rank,
           lag(rank) OVER history - rank AS climbed,
           snapshot_date - lag(snapshot_date) OVER history AS away
         FROM snapshots WHERE user_id = $1 AND time_range = 'short_term'
         WINDOW history AS (PARTITION BY track_id ORDER BY snapshot_date))
       SELECT count(*) FILTER (WHERE climbed > 0 AND away = 1) AS climbed,
         count(*) FILTER (WHERE climbed < 0 AND away = 1) AS fallen, count(*) FILTER (WHERE away > 7) AS returned
       FROM places`,
      [userId],
    );
    expect(moves?.climbed).toBeGreaterThan(500);
    expect(moves?.fallen).toBeGreaterThan(500);
    expect(moves?.returned).toBeGreaterThan(5);
  });

  it('has exactly what the triggers would have written, on every library and in every tally', async () => {
    const given = ['snapshots', 'artist_snapshots', 'playlist_tracks', 'plays', 'paired_plays'];
    const derived = [
      'listed_artists',
      'library_tracks',
      'library_measures',
      'snapshot_lists',
      'snapshot_periods',
      'artist_snapshot_lists',
      'artist_snapshot_periods',
      'played_tracks',
      'played_artists',
      'played_albums',
      'play_endings',
      'play_days',
      'played_from',
      'discoveries',
      'play_sessions',
    ];
    await made.withTransaction(async (tx) => {
      for (const table of [...given, ...derived])
        await tx.execute(`CREATE TEMP TABLE made_${table} ON COMMIT DROP AS SELECT * FROM ${table}`);
      await tx.execute(`TRUNCATE ${[...given, ...derived].join(', ')}`);
      for (const table of given) await tx.execute(`INSERT INTO ${table} SELECT * FROM made_${table}`);
      await tx.execute(
        `INSERT INTO library_tracks (user_id, track_id) SELECT user_id, track_id FROM made_library_tracks
         ON CONFLICT DO NOTHING`,
      );
      for (const table of derived) {
        const differences = await tx.many(
          `(SELECT 'made' AS by, * FROM made_${table} EXCEPT ALL SELECT 'made', * FROM ${table})
           UNION ALL (SELECT 'triggers', * FROM ${table} EXCEPT ALL SELECT 'triggers', * FROM made_${table})`,
        );
        expect([table, ...differences]).toEqual([table]);
      }
    });
  });

  it('has listens, gaps between them, and a capture for each day kept', async () => {
    const observed = `user_id = ${userId}`;
    expect(await count('plays', observed)).toBeGreaterThan(500);
    expect(await count('played_tracks', `${observed} AND plays > 20`)).toBeGreaterThan(5);
    expect(await count('play_gaps', observed)).toBeGreaterThan(3);
    expect(await count('play_polls', observed)).toBe(1);
    for (const kind of ['tracks', 'artists'])
      expect(await count('capture_runs', `${observed} AND kind = '${kind}'`)).toBe(40);
  });
});

describe('its size', () => {
  it('is read from options, and wrong ones are named', () => {
    expect(readSize({ full: true, tracks: '2000000' })).toMatchObject({
      listeners: 2_000,
      tracks: 2_000_000,
    });
    expect(() => readSize({ listeners: '0' })).toThrow('--listeners must be a whole number from 1, not 0');
    expect(() => readSize({ tracks: '1e99' })).toThrow('--tracks');
    expect(() => readSize({ tracks: '10' })).toThrow('cannot have 3000 of 10 tracks');
    expect(() => readSize({ 'observed-days': '5000' })).toThrow('750000 of 150000 snapshots');
  });
});
