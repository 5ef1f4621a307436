import { beforeEach, describe, expect, it } from 'vitest';
import { inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { refreshPayloads } from '../../src/enrichment/refresh-payloads.ts';
import { getEnrichmentState } from '../../src/enrichment/turns.ts';
import { runRound } from '../../src/jobs/worker.ts';
import { deleteEverything } from '../support/database.ts';
import { ALICE, BOB } from '../support/app.ts';
import { useConnected } from '../support/connected.ts';
import { listStrayDerived } from '../support/derived.ts';
import { insertArchiveTracks, insertListener, insertTrack, insertTracks } from '../support/factories.ts';

const test = useConnected();
let [alice, bob] = [0, 0];
const tracksFrom = (first: number) => Array.from({ length: 8 }, (_, n) => inventTrack(first + n));
/** Spotify has these: they are in its lists. */
const known = tracksFrom(0).map(({ id }) => id);
/** In no list of Alice's. */
const unlisted = tracksFrom(112).map(({ id }) => id);
const listing = (tracks: readonly object[]) => ({
  topTracks: { short_term: tracks, medium_term: tracks, long_term: tracks },
});
const GONE = 'gone0000000000000000ab';

beforeEach(async () => {
  await deleteEverything(test.db);
  await test.db.execute(
    `UPDATE enrichments SET asked = 0, next_at = NULL, leased_until = NULL, failures = 0, failure = NULL`,
  );
  test.spotify.heal();
  test.serve({ [ALICE]: listing(tracksFrom(0)), [BOB]: listing(tracksFrom(112)) });
  await captureAt('00:00:00');
  [alice, bob] = [await test.connectListener(ALICE), await insertListener(test.db, 'bob')];
});

const captureAt = (time: string): Promise<number> =>
  test.db.execute(
    `CREATE OR REPLACE FUNCTION capture_time(user_id bigint) RETURNS time LANGUAGE sql IMMUTABLE RETURN time '${time}'`,
  );
async function addToLibrary(userId: number, ...trackIds: string[]): Promise<void> {
  await insertTracks(
    test.db,
    trackIds.map((trackId) => ({ trackId, name: 'As the old file has it' })),
  );
  await insertArchiveTracks(test.db, userId, trackIds);
}
const turn = async (perDay = 50) => {
  await test.db.execute('UPDATE enrichments SET next_at = NULL');
  return refreshPayloads(test.db, alice, test.access, perDay);
};
const asked = (from: number): string[] =>
  test.spotify.calls
    .slice(from)
    .flatMap(({ path }) => (path.startsWith('/v1/tracks/') ? path.split('/').slice(-1) : []));
const withoutPayload = async (): Promise<string[]> =>
  (
    await test.db.many<{ track_id: string }>(
      'SELECT track_id FROM tracks WHERE raw_json IS NULL ORDER BY track_id',
    )
  ).map(({ track_id: trackId }) => trackId);

it('a few tracks a turn are fetched whole, on anybody’s library; what Spotify says takes the place of what a file said', async () => {
  await addToLibrary(alice, ...known.slice(0, 3));
  await addToLibrary(bob, ...known.slice(3));
  const from = test.spotify.calls.length;
  expect([await turn(), await turn(), await turn()]).toEqual([5, 3, 0]);
  expect(asked(from).toSorted()).toEqual(known.toSorted());
  expect(await withoutPayload()).toEqual([]);
  const kept = await test.db.one(
    `SELECT name <> 'As the old file has it' AND name = raw_json ->> 'name' AS named, raw_json ->> 'id' AS id, release_date IS NOT NULL AS dated FROM tracks WHERE track_id = $1`,
    [known[0]],
  );
  expect(kept).toEqual({ named: true, id: known[0], dated: true });
  expect(await listStrayDerived(test.db)).toEqual([]);
});

it('local files, odd ids and what has a payload are never asked for', async () => {
  await addToLibrary(alice, 'spotify:local:a:b:c:1', 'old-id');
  await insertTrack(test.db, { trackId: known[0] ?? '', payload: { name: 'x' } });
  await insertArchiveTracks(test.db, alice, [known[0] ?? '']);
  const from = test.spotify.calls.length;
  expect(await turn()).toBe(0);
  expect(test.spotify.calls).toHaveLength(from);
});

it('a track Spotify has no more is remembered, and asked for rarely', async () => {
  await addToLibrary(alice, GONE);
  const turns: (number | null)[] = [];
  for (const days of [0, 20, 20, 40, 40]) {
    await test.db.execute(`UPDATE enrichment_misses SET asked_at = asked_at - make_interval(days => $1)`, [
      days,
    ]);
    turns.push(await turn());
  }
  expect(turns).toEqual([1, 0, 1, 1, 0]);
  expect(await test.db.many('SELECT source, track_id, times FROM enrichment_misses')).toEqual([
    { source: 'spotify', track_id: GONE, times: 3 },
  ]);
});

it('another track in its place is not taken for it', async () => {
  await addToLibrary(alice, known[0] ?? '');
  test.spotify.fail({ on: 'track', kind: 'replaced-fields', fields: { id: known[1] } });
  await turn();
  expect(await withoutPayload()).toEqual([known[0]]);
  expect(await test.db.many('SELECT track_id FROM tracks')).toEqual([{ track_id: known[0] }]);
});

it('no more is asked for than the day’s budget allows', async () => {
  await addToLibrary(alice, ...known);
  expect([await turn(6), await turn(6), await turn(6)]).toEqual([5, 1, null]);
});

it('Spotify’s "not before" stops it at once, and it goes on when the time has come', async () => {
  await addToLibrary(alice, ...known.slice(0, 3));
  test.spotify.fail({ on: 'track', kind: 'rate-limit', retryAfter: 86_400, after: 1 });
  const from = test.spotify.calls.length;
  await expect(turn()).rejects.toMatchObject({ kind: 'rate-limited' });
  await expect(turn()).rejects.toMatchObject({ kind: 'rate-limited' });
  expect(asked(from)).toHaveLength(2);
  expect(await withoutPayload()).toHaveLength(2);
  expect(await test.db.many('SELECT 1 FROM enrichment_misses')).toEqual([]);
  test.spotify.heal();
  await test.db.execute('DELETE FROM spotify_limits');
  expect(await turn()).toBe(2);
});

it('a round asks by way of whoever is connected, once a minute, and of nobody where it is switched off', async () => {
  await captureAt('23:59:59');
  await addToLibrary(bob, ...known);
  const from = test.spotify.calls.length;
  const round = (payloadsPerDay: number) =>
    runRound(test.db, test.access, { features: null, payloadsPerDay });
  await round(0);
  expect(asked(from)).toEqual([]);
  await round(50);
  await round(50);
  expect(asked(from)).toHaveLength(5);
  await test.db.execute('UPDATE enrichments SET next_at = NULL');
  await round(50);
  expect(asked(from)).toHaveLength(8);
  expect((await getEnrichmentState(test.db, 'spotify')).asked_today).toBe(8);
});

it('a track for which Spotify answers 502 each time does not keep the others waiting', async () => {
  const [odd = '', ...others] = known.slice(0, 3);
  await addToLibrary(alice, odd, ...others);
  test.spotify.behave({ withdrawnStatus: 502 });
  test.spotify.withdrawTracks(odd);
  const from = test.spotify.calls.length;
  expect(await turn()).toBe(3);
  expect(asked(from)).toHaveLength(3);
  expect(await withoutPayload()).toEqual([odd]);
  expect(await turn()).toBe(0);
});

it('while Spotify answers 5xx for all of them no track is taken for gone', async () => {
  await addToLibrary(alice, ...known.slice(0, 3));
  test.spotify.fail({ on: 'track', kind: 'status', status: 503 });
  await expect(turn()).rejects.toMatchObject({ kind: 'unreachable' });
  expect(await test.db.many('SELECT 1 FROM enrichment_misses')).toEqual([]);
});

describe('lists and plays come first', () => {
  const callsTo = (path: string, from: number): number =>
    test.spotify.calls.slice(from).filter((call) => call.path.startsWith(path)).length;
  const round = () => runRound(test.db, test.access, { features: null, payloadsPerDay: 50 });

  it('a round asks for them first, and for no payload where they are due still', async () => {
    await addToLibrary(alice, ...unlisted);
    const from = test.spotify.calls.length;
    await round();
    const paths = test.spotify.calls.slice(from).map(({ path }) => path.split('/').slice(0, 3).join('/'));
    expect(paths.lastIndexOf('/v1/me')).toBeLessThan(paths.indexOf('/v1/tracks'));
    await test.db.execute(`UPDATE enrichments SET next_at = NULL`);
    await test.db.execute(`UPDATE play_polls SET next_poll_at = now()`);
    // Another worker has the poll in hand.
    await test.db.execute(
      `UPDATE job_leases SET finished_at = NULL, leased_until = now() + interval '1 minute'`,
    );
    const again = test.spotify.calls.length;
    await round();
    expect(test.spotify.calls.length - again).toBe(0);
  });

  it('a quota of single reads holds neither up', async () => {
    await addToLibrary(alice, ...unlisted);
    await round();
    test.spotify.behave({ quotas: { track: 2 } });
    await test.db.execute(`UPDATE enrichments SET next_at = NULL`);
    await round();
    const from = test.spotify.calls.length;
    await test.db.execute(`UPDATE enrichments SET next_at = NULL`);
    await test.db.execute(`UPDATE play_polls SET next_poll_at = now()`);
    await test.db.execute(`DELETE FROM snapshots`);
    await test.db.execute(`DELETE FROM capture_runs`);
    await test.db.execute(`DELETE FROM job_leases`);
    await round();
    await round();
    expect([callsTo('/v1/me/top/', from) > 0, callsTo('/v1/me/player/', from)]).toEqual([true, 1]);
    expect(callsTo('/v1/tracks/', from)).toBe(0);
  });
});
