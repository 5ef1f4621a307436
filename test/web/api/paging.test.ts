import { beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/web/api/endpoint.ts';
import { ENDPOINTS } from '../../../src/web/api/endpoints.ts';
import { addressOf, insertApiArchive, programOf, type Program } from '../../support/api.ts';
import { useApp } from '../../support/app.ts';
import { insertPlaylist, insertPlays, insertSnapshot, insertTrack } from '../../support/factories.ts';

const test = useApp();
let alice: Program;

beforeAll(async () => {
  const archive = await insertApiArchive(test, 'alice');
  alice = await programOf(test, archive);
  const { userId } = archive;
  await insertPlaylist(test.db, userId, { playlistId: 'alice/of the same moment' });
  // At one instant: what comes next is settled by the track.
  await insertPlays(test.db, userId, [
    ['2024-12-31T10:00:00Z', 'alice-track-2'],
    ['2024-12-31T10:00:00Z', 'alice-track-3'],
  ]);
  const other = await insertTrack(test.db, {
    artists: ['alice-other'],
    features: { energy: 0.9, valence: 0.9 },
  });
  await insertSnapshot(test.db, userId, { date: '2024-12-28', range: 'long_term' }, [other]);
  await insertSnapshot(test.db, userId, { date: '2024-12-29', range: 'long_term' }, ['alice-track-1']);
  await test.db.execute(
    `INSERT INTO capture_runs (user_id, kind, snapshot_date, outcome, started_at, finished_at, time_ranges, places)
     SELECT $1, 'tracks', '2024-12-29', 'failed', now(), now(), '{}', 0 FROM generate_series(1, 3)`,
    [userId],
  );
});

const PAGED = ENDPOINTS.filter(({ query }) => 'after' in query.shape && 'limit' in query.shape);

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}

/** Its own example, with some of it changed. */
function addressWith(endpoint: Endpoint, changes: Readonly<Record<string, string>>): string {
  const address = new URL(addressOf(endpoint, alice.samples), test.baseUrl);
  for (const [name, value] of Object.entries(changes)) address.searchParams.set(name, value);
  return address.pathname + address.search;
}

async function pageOf(endpoint: Endpoint, query: Readonly<Record<string, string>>): Promise<Page> {
  const answer = await alice.ask(addressWith(endpoint, query));
  expect(answer.status).toBe(200);
  return (await answer.json()) as Page;
}

describe.each(PAGED.map((one) => [one.path, one] as const))('%s', (_path, endpoint) => {
  it('page by page, one at a time, is the whole list, each once', async () => {
    const whole = await pageOf(endpoint, { limit: '100' });
    expect([whole.items.length > 1, whole.next]).toEqual([true, null]);
    const met: unknown[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page: Page = await pageOf(endpoint, { limit: '1', ...(after && { after }) });
      met.push(...page.items);
      after = page.next;
    }
    expect(met).toEqual(whole.items);
  });

  it.each(['', 'x', 'bnVsbA', Buffer.from('{"track_id":7}').toString('base64url')])(
    'is a 400 after %j',
    async (after) => {
      const answer = await alice.ask(addressWith(endpoint, { after }));
      const { errors } = (await answer.json()) as { errors: { parameter: string }[] };
      expect([answer.status, errors.map(({ parameter }) => parameter)]).toEqual([400, ['after']]);
    },
  );
});
