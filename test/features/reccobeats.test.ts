import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inventFeatures, isKnownToReccobeats } from '../../scripts/spotify-stand-in/reccobeats.ts';
import {
  startSpotifyStandIn,
  type FaultRule,
  type SpotifyStandIn,
} from '../../scripts/spotify-stand-in/server.ts';
import { reccobeats } from '../../src/features/reccobeats.ts';

let standIn: SpotifyStandIn;
beforeAll(async () => {
  standIn = await startSpotifyStandIn({ listeners: [] });
});
afterEach(() => standIn.heal());
afterAll(() => standIn.close());

const ids = Array.from({ length: 40 }, (_, n) => `features${String(n).padStart(14, '0')}`);
const known = ids.filter(isKnownToReccobeats);
const find = (trackIds = ids, timeoutMs = 5000) =>
  reccobeats({ apiUrl: standIn.reccobeatsUrl, timeoutMs }).find(trackIds);
const findUnder = (rule: Record<string, unknown>, timeoutMs = 5000) => {
  standIn.fail({ on: 'reccobeats', ...rule } as FaultRule);
  return find(ids, timeoutMs);
};
const content = (...items: unknown[]) => ({ kind: 'body', body: JSON.stringify({ content: items }) });
const [one = '', two = ''] = known;

describe('ReccoBeats', () => {
  it('is asked for forty at once, and its answer is matched by href, whatever the order', async () => {
    const calls = standIn.calls.length;
    const answer = await find();
    expect(standIn.calls.length - calls).toBe(1);
    expect(standIn.calls.at(-1)?.query.ids?.split(',')).toEqual(ids);
    expect(known.length).toBeGreaterThan(20);
    expect(known.length).toBeLessThan(40);
    expect(answer).toEqual({
      kind: 'answered',
      found: new Map(known.map((id) => [id, inventFeatures(id)])),
      unknown: ids.filter((id) => !known.includes(id)),
    });
  });

  it.each<[string, unknown[], string[]]>([
    ['that was not asked for', [inventFeatures('z'.repeat(22))], []],
    [
      'with another host in its href',
      [{ ...inventFeatures(one), href: `https://evil.example/track/${one}` }],
      [],
    ],
    ['without an href', [{ ...inventFeatures(one), href: undefined }], []],
    ['that is null, or no object', [null, 7, 'x', []], []],
    ['whose fields are all null', [{ href: inventFeatures(one).href, energy: null, valence: null }], []],
    ['whose numbers are out of range', [{ href: inventFeatures(one).href, energy: 7, valence: -1 }], []],
    ['of which only one field is known', [{ href: inventFeatures(two).href, energy: 0.5, key: null }], [two]],
    ['as long as a book', [{ ...inventFeatures(one), essay: 'x'.repeat(20_000) }], []],
  ])('an item %s is not taken for more than it is', async (_, items, found) => {
    const answer = await findUnder(content(...items));
    expect(answer).toMatchObject({ kind: 'answered' });
    if (answer.kind !== 'answered') return;
    expect([...answer.found.keys()]).toEqual(found);
    expect(answer.unknown).toHaveLength(40 - found.length);
  });

  it.each<[number | string | null, number]>([
    [1, 1],
    [30, 30],
    [86_400, 86_400],
    [0, 30],
    [-5, 30],
    ['abc', 30],
    [null, 30],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 86_400],
    ['Fri, 01 Jan 1999 00:00:00 GMT', 30],
  ])('that answers 429 with Retry-After %s is waited for %i seconds', async (retryAfter, seconds) => {
    expect(await findUnder({ kind: 'rate-limit', retryAfter })).toEqual({ kind: 'not-before', seconds });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['HTML', { kind: 'html' }, 'unreadable'],
    ['cut-off JSON', { kind: 'truncated-json' }, 'unreadable'],
    ['null', { kind: 'body', body: 'null' }, 'unreadable'],
    ['content that is no list', { kind: 'body', body: '{"content": {}}' }, 'unreadable'],
    ['60 MB', { kind: 'huge-body' }, 'unreadable'],
    ['a gzip bomb', { kind: 'gzip-bomb' }, 'unreadable'],
    ['a redirect', { kind: 'redirect', to: 'https://evil.example/' }, 'unreachable'],
    ['500', { kind: 'status', status: 500 }, 'unreachable'],
    ['a reset midway', { kind: 'reset-midway' }, 'unreachable'],
    ['403', { kind: 'status', status: 403 }, 'refused'],
  ])('that answers with %s says nothing about a track', async (_, rule, fault) => {
    expect(await findUnder(rule, 30_000)).toEqual({ kind: 'fault', fault });
  });

  it.each(['silence', 'drip'])('is waited for no longer than it may take: %s', async (kind) => {
    const begun = performance.now();
    expect(await findUnder({ kind }, 1_000)).toEqual({ kind: 'fault', fault: 'unreachable' });
    // Far below the minutes of a byte a second.
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
