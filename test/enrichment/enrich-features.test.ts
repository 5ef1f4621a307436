import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { inventFeatures, isKnownToReccobeats } from '../../scripts/spotify-stand-in/reccobeats.ts';
import { getArchiveSummary, refreshArchiveSummary } from '../../src/figures/summary.ts';
import { enrichFeatures } from '../../src/enrichment/enrich-features.ts';
import { getEnrichmentState } from '../../src/enrichment/turns.ts';
import type { FeatureAnswer, FeatureProvider } from '../../src/features/provider.ts';
import { reccobeats } from '../../src/features/reccobeats.ts';
import type { Enrichment } from '../../src/enrichment/enrichment.ts';
import { runRound } from '../../src/jobs/worker.ts';
import { deleteEverything } from '../support/database.ts';
import { useConnected } from '../support/connected.ts';
import { listStrayDerived } from '../support/derived.ts';
import {
  insertArchiveTracks,
  insertListener,
  insertSnapshot,
  insertTrack,
  insertTracks,
} from '../support/factories.ts';

const test = useConnected();
let [alice, bob] = [0, 0];
const id = (n: number): string => `enriched${String(n).padStart(14, '0')}`;
const ids = Array.from({ length: 100 }, (_, n) => id(n));
const PER_DAY = 1000;

beforeEach(async () => {
  await deleteEverything(test.db);
  await test.db.execute(
    `UPDATE enrichments SET asked = 0, asked_date = NULL, next_at = NULL, not_before = NULL, leased_until = NULL,
       failures = 0, failure = NULL`,
  );
  test.spotify.heal();
  [alice, bob] = [await insertListener(test.db, 'alice'), await insertListener(test.db, 'bob')];
});

const provider = (): FeatureProvider => reccobeats({ apiUrl: test.spotify.reccobeatsUrl, timeoutMs: 2_000 });
const itsTime = (): Promise<number> =>
  test.db.execute('UPDATE enrichments SET next_at = NULL, not_before = NULL');
const turn = async (perDay = PER_DAY) => {
  await itsTime();
  return enrichFeatures(test.db, provider(), perDay);
};
const askedIds = (from = 0): string[] =>
  test.spotify.calls.slice(from).flatMap(({ query }) => query.ids?.split(',') ?? []);
const calls = (): number => test.spotify.calls.length;

/** Alice's, in one list: the first is the newest. */
async function addToLibrary(trackIds: readonly string[], userId = alice): Promise<void> {
  await insertTracks(
    test.db,
    trackIds.map((trackId) => ({ trackId })),
  );
  await insertSnapshot(test.db, userId, { date: '2026-01-01' }, trackIds);
}

const sourceOf = (trackId: string) =>
  test.db.one<{ source: string | null; features: unknown; dated: boolean }>(
    `SELECT audio_features_source AS source, audio_features AS features, audio_features_at = now()::date OR
       audio_features_at > now() - interval '1 minute' AS dated FROM tracks WHERE track_id = $1`,
    [trackId],
  );

describe('a turn', () => {
  it('asks in batches of forty until nothing is left, and keeps what comes with source and date', async () => {
    await addToLibrary(ids);
    await refreshArchiveSummary(test.db, alice);
    const from = calls();
    const turns = [await turn(), await turn(), await turn(), await turn()];
    expect(turns.map((each) => each?.asked)).toEqual([40, 40, 20, 0]);
    expect(askedIds(from).toSorted()).toEqual(ids);
    const known = ids.filter(isKnownToReccobeats);
    expect(turns.reduce((sum, each) => sum + (each?.found ?? 0), 0)).toBe(known.length);
    const [first = ''] = known;
    expect(await sourceOf(first)).toEqual({
      source: 'reccobeats',
      features: inventFeatures(first),
      dated: true,
    });
    // The library and the figures know of it at once.
    expect((await getArchiveSummary(test.db, alice)).figures.with_features).toBe(known.length);
    expect(await listStrayDerived(test.db)).toEqual([]);
    expect((await getEnrichmentState(test.db, 'reccobeats')).asked_today).toBe(100);
  });

  it('asks for the newest first, and never for local files, odd ids, hidden tracks or what nobody has', async () => {
    const odd = ['spotify:local:a:b:c:1', 'old-id', `${id(1).slice(0, 21)}!`];
    await addToLibrary(odd);
    await insertTrack(test.db, { trackId: id(9) });
    for (const n of [1, 2, 3]) await insertTrack(test.db, { trackId: id(n) });
    await insertSnapshot(test.db, alice, { date: '2024-01-01' }, [id(1), id(3)]);
    await insertSnapshot(test.db, bob, { date: '2026-02-01' }, [id(2)]);
    await test.db.execute('INSERT INTO hidden_tracks VALUES ($1, $2)', [alice, id(3)]);
    const from = calls();
    await turn();
    expect(askedIds(from)).toEqual([id(2), id(1)]);
  });

  it('remembers what is not known there: asked again after thirty days, three times in all', async () => {
    const unknown = ids.filter((trackId) => !isKnownToReccobeats(trackId)).slice(0, 2);
    await addToLibrary(unknown);
    const asked: number[] = [];
    for (const days of [0, 10, 25, 40, 60, 400]) {
      await test.db.execute(`UPDATE enrichment_misses SET asked_at = asked_at - make_interval(days => $1)`, [
        days,
      ]);
      asked.push((await turn())?.asked ?? -1);
    }
    expect(asked).toEqual([2, 0, 2, 2, 0, 0]);
  });

  it('spends no more than the day’s budget, and the next day has one of its own', async () => {
    await addToLibrary(ids);
    expect((await turn(50))?.asked).toBe(40);
    expect((await turn(50))?.asked).toBe(10);
    expect(await turn(50)).toBeNull();
    await test.db.execute('UPDATE enrichments SET asked_date = asked_date - 1');
    expect((await turn(50))?.asked).toBe(40);
  });

  it.each([1, 30, 86_400])('told to wait %i seconds, waits, in every process', async (retryAfter) => {
    await addToLibrary(ids.slice(0, 3));
    test.spotify.fail({ on: 'reccobeats', kind: 'rate-limit', retryAfter });
    const from = calls();
    expect(await turn()).toEqual({ asked: 3, found: 0 });
    expect(await enrichFeatures(test.db, provider(), PER_DAY)).toBeNull();
    expect(calls() - from).toBe(1);
    const { wait } = await test.db.one<{ wait: number }>(
      `SELECT extract(epoch FROM not_before - now())::float8 AS wait FROM enrichments WHERE source = 'reccobeats'`,
    );
    expect(wait).toBeGreaterThan(retryAfter - 5);
    expect(wait).toBeLessThanOrEqual(retryAfter);
    // Spotify's own gate is another.
    expect(await test.db.many('SELECT 1 FROM spotify_limits')).toEqual([]);
    test.spotify.heal();
    expect((await turn())?.asked).toBe(3);
  });

  it.each([
    ['html', 'ReccoBeats sent an answer that could not be read.'],
    ['truncated-json', 'ReccoBeats sent an answer that could not be read.'],
    ['silence', 'ReccoBeats could not be reached.'],
  ] as const)('answered with %s marks no track as unknown, and comes back later', async (kind, words) => {
    await addToLibrary(ids.slice(0, 3));
    test.spotify.fail({ on: 'reccobeats', kind });
    const pauses: number[] = [];
    for (let tries = 0; tries < (kind === 'silence' ? 1 : 6); tries += 1) {
      await turn();
      const { minutes } = await test.db.one<{ minutes: number }>(
        `SELECT round(extract(epoch FROM next_at - now()) / 60)::int AS minutes FROM enrichments WHERE source = 'reccobeats'`,
      );
      pauses.push(minutes);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60].slice(0, pauses.length));
    expect(await getEnrichmentState(test.db, 'reccobeats')).toMatchObject({
      failures: pauses.length,
      failure: words,
    });
    expect(await test.db.many('SELECT 1 FROM enrichment_misses')).toEqual([]);
    test.spotify.heal();
    expect((await turn())?.asked).toBe(3);
    expect(await getEnrichmentState(test.db, 'reccobeats')).toMatchObject({ failures: 0, failure: null });
  });

  it('never takes the place of what an old archive brought meanwhile', async () => {
    await addToLibrary([id(0)]);
    const slow: FeatureProvider = {
      ...provider(),
      async find(trackIds): Promise<FeatureAnswer> {
        await test.db.execute(
          `UPDATE tracks SET audio_features = '{"energy": 0.1}', audio_features_source = 'archive'`,
        );
        return {
          kind: 'answered',
          found: new Map(trackIds.map((trackId) => [trackId, { energy: 0.9 }])),
          unknown: [],
        };
      },
    };
    expect(await enrichFeatures(test.db, slow, PER_DAY)).toEqual({ asked: 1, found: 0 });
    expect(await sourceOf(id(0))).toMatchObject({ source: 'archive', features: { energy: 0.1 } });
  });
});

describe('several workers', () => {
  it('never ask for the same batch, nor two at once', async () => {
    await addToLibrary(ids);
    let [under, most] = [0, 0];
    const batches: string[][] = [];
    const watched: FeatureProvider = {
      ...provider(),
      async find(trackIds) {
        batches.push([...trackIds]);
        most = Math.max(most, (under += 1));
        await sleep(30);
        const answer = await provider().find(trackIds);
        under -= 1;
        return answer;
      },
    };
    for (let round = 0; round < 3; round += 1) {
      await itsTime();
      await Promise.all(Array.from({ length: 6 }, () => enrichFeatures(test.db, watched, PER_DAY)));
    }
    expect([most, batches.length]).toEqual([1, 3]);
    expect(batches.flat().toSorted()).toEqual(ids);
  });

  it('take over from one that was killed in the middle, and ask again for what it had in hand', async () => {
    await addToLibrary(ids.slice(0, 3));
    const killed: FeatureProvider = { ...provider(), find: () => new Promise(() => undefined) };
    void enrichFeatures(test.db, killed, PER_DAY);
    await expect
      .poll(async () => (await getEnrichmentState(test.db, 'reccobeats')).asked_today, { timeout: 5000 })
      .toBe(3);
    expect(await turn()).toBeNull();
    await test.db.execute(`UPDATE enrichments SET leased_until = leased_until - interval '2 minutes'`);
    expect(await turn()).toMatchObject({ asked: 3 });
    expect((await getEnrichmentState(test.db, 'reccobeats')).asked_today).toBe(6);
  });
});

describe('a round of the worker', () => {
  const round = (enrichment?: Enrichment) => runRound(test.db, test.access, enrichment);

  it('asks when it is switched on and due, and not otherwise', async () => {
    await addToLibrary(ids.slice(0, 50));
    const from = calls();
    await round();
    expect(calls()).toBe(from);
    const enrichment = { features: { provider: provider(), perDay: PER_DAY }, payloadsPerDay: 0 };
    await round(enrichment);
    await round(enrichment);
    expect(calls() - from).toBe(1);
    await itsTime();
    await round(enrichment);
    await round(enrichment);
    expect(calls() - from).toBe(2);
    expect(askedIds(from).toSorted()).toEqual(ids.slice(0, 50));
  });

  it('does not hold captures back while ReccoBeats asks to wait', async () => {
    await test.db.execute(`UPDATE enrichments SET not_before = now() + interval '1 day'`);
    await test.db.execute(
      `CREATE OR REPLACE FUNCTION capture_time(user_id bigint) RETURNS time LANGUAGE sql IMMUTABLE RETURN time '00:00'`,
    );
    const userId = await test.connectListener('alice-stand-in');
    await round({ features: { provider: provider(), perDay: PER_DAY }, payloadsPerDay: 0 });
    const { lists } = await test.db.one<{ lists: number }>(
      `SELECT count(DISTINCT time_range)::int AS lists FROM snapshots WHERE user_id = $1`,
      [userId],
    );
    expect(lists).toBe(3);
  });
});

it('what only one listener’s own file tells is asked for the others', async () => {
  await insertTrack(test.db, { trackId: id(0) });
  await insertArchiveTracks(test.db, alice, [id(0)]);
  await test.db.execute(
    `INSERT INTO own_audio_features (user_id, track_id, audio_features) VALUES ($1, $2, '{"energy": 0.5}')`,
    [alice, id(0)],
  );
  expect((await turn())?.asked).toBe(0);
  await insertArchiveTracks(test.db, bob, [id(0)]);
  expect((await turn())?.asked).toBe(1);
});
