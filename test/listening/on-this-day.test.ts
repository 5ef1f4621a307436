import { beforeAll, expect, it } from 'vitest';
import { listPlayedAnniversaries } from '../../src/listening/on-this-day.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertListens, insertTrack } from '../support/factories.ts';

const test = useDatabase();
let alice: number;

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice', 'Asia/Kathmandu');
  const bob = await insertListener(test.db, 'bob');
  for (const trackId of ['often', 'once', 'short', 'hidden']) await insertTrack(test.db, { trackId });
  const listens = (track: string, ...instants: readonly string[]) => instants.map((at) => ({ at, track }));
  await insertListens(test.db, alice, [
    // From 18:15 on it is the next day where she is.
    ...listens('often', '2023-05-01T18:15:00Z', '2023-05-02T12:00:00Z', '2023-05-02T18:14:59Z'),
    ...listens('once', '2023-05-02T13:00:00Z', '2014-05-02T13:00:00Z'),
    ...listens('once', '2023-05-02T18:15:00Z', '2023-05-01T18:14:00Z', '2023-05-01T17:14:00Z'),
    ...listens('hidden', '2014-05-02T14:00:00Z', '2014-05-02T15:00:00Z'),
    ...listens('short', '2014-05-02T15:00:00Z', '2014-05-02T16:00:00Z').map((play) => ({
      ...play,
      ms: 5_000,
    })),
  ]);
  await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'hidden')`, [alice]);
  await insertListens(test.db, bob, listens('short', '2022-05-02T12:00:00Z'));
});

it('of a day some years ago the track is told that counts most plays on her calendar', async () => {
  const found = await listPlayedAnniversaries(test.db, alice, '2024-05-02', 'Asia/Kathmandu');
  expect(found.map((one) => [one.years_ago, one.day, one.track_id, one.plays, one.plays_of_day])).toEqual([
    [1, '2023-05-02', 'often', 3, 4],
    [10, '2014-05-02', 'once', 1, 1],
  ]);
});

it('under the rule of finished plays the length of a track decides', async () => {
  await test.db.execute(`UPDATE users SET counted_plays = 'finished' WHERE user_id = $1`, [alice]);
  const mostPlayed = async () =>
    (await listPlayedAnniversaries(test.db, alice, '2024-05-02', 'Asia/Kathmandu'))
      .filter((one) => one.years_ago === 10)
      .map((one) => [one.track_id, one.plays, one.plays_of_day]);
  await test.db.execute(`UPDATE tracks SET duration_ms = 5000 WHERE track_id = 'short'`);
  expect(await mostPlayed()).toEqual([['short', 2, 3]]);
  await test.db.execute(`UPDATE tracks SET duration_ms = 200000 WHERE track_id = 'short'`);
  expect(await mostPlayed()).toEqual([['once', 1, 1]]);
});
