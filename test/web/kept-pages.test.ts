import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordingDb } from '../../scripts/measure/visits/recording-db.ts';
import { KEPT_PAGES } from '../../src/web/kept-pages.ts';
import { ALICE, BOB, nobody, signIn, submit, useCast, userIdFor, type Visitor } from '../support/app.ts';
import { insertListener, insertPlays, insertSnapshot, insertTrack } from '../support/factories.ts';

let asked = 0;
const test = useCast({}, { wrapDb: (db) => recordingDb(db, () => (asked += 1)) });
const userIds: Record<string, number> = {};
const tracks: Record<string, string> = {};

const NAMES = { [ALICE]: 'Sung for Alice', [BOB]: 'Bobs own tune' } as const;

beforeAll(async () => {
  for (const listener of [ALICE, BOB] as const) {
    userIds[listener] = await userIdFor(test, listener);
    tracks[listener] = await insertTrack(test.db, {
      name: NAMES[listener],
      artists: [listener],
      features: { energy: 0.5, valence: 0.5 },
    });
    await insertSnapshot(test.db, userIds[listener], { date: '2026-03-01' }, [tracks[listener]]);
    await insertPlays(test.db, userIds[listener], [['2026-03-01T12:00:00Z', tracks[listener]]]);
  }
});

/** What it says, without what is another in each answer. */
async function read(visitor: Visitor, address: string): Promise<string> {
  const { text } = await visitor.get(address).expect(200);
  return text.replaceAll(/name="_csrf" value="[^"]+"/g, '');
}

async function tokensOf(visitor: Visitor, address: string): Promise<(string | undefined)[]> {
  const { text } = await visitor.get(address).expect(200);
  return [...text.matchAll(/name="_csrf" value="([^"]+)"/g)].map(([, token]) => token);
}

async function countAsked(visitor: Visitor, address: string): Promise<number> {
  asked = 0;
  await visitor.get(address).expect(200);
  return asked;
}

describe('a page that was shown before', () => {
  it('says the same, and asks no more than who wants to know', async () => {
    const [first, firstAsked] = [await read(test.alice, '/history'), asked];
    expect(await countAsked(test.alice, '/history')).toBe(1);
    expect(firstAsked).toBeGreaterThan(1);
    expect(await read(test.alice, '/history')).toBe(first);
  });

  it('has forms that work, with another token each time', async () => {
    const page = `/tracks/${tracks[ALICE]}`;
    const [before, now] = [await tokensOf(test.alice, page), await tokensOf(test.alice, page)];
    expect(new Set(now).size).toBe(1);
    expect(before).not.toContain(now[0]);
    for (const [token, action] of [
      [before[0], 'hide'],
      [now[0], 'show'],
    ])
      await test.alice.post(`${page}/${action}`).type('form').send({ _csrf: token }).expect(303);
  });

  it('tells what was just done, once', async () => {
    await test.alice.get('/dashboard');
    const done = await submit(test.alice, `/tracks/${tracks[ALICE]}/hide`, { return_to: '/dashboard' });
    const address = String(done.headers.location);
    await submit(test.alice, `/tracks/${tracks[ALICE]}/show`, { return_to: '/dashboard' });
    expect((await test.alice.get(address)).text).toContain('role="status"');
    expect((await test.alice.get(address)).text).not.toContain('role="status"');
  });
});

describe('a page shows at once', () => {
  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    'a list that was kept': async () =>
      insertSnapshot(test.db, userIds[ALICE] ?? 0, { date: '2026-03-02' }, [await insertTrack(test.db)]),
    'another range to begin with': () =>
      test.db.execute(`UPDATE users SET first_time_range = 'long_term' WHERE user_id = $1`, [userIds[ALICE]]),
    'a connection that was lost': () =>
      test.db.execute(`UPDATE spotify_connections SET needs_reconnect_since = now() WHERE user_id = $1`, [
        userIds[ALICE],
      ]),
    'an archive that waits for its owner': () => insertListener(test.db, null),
  };
  it.each(Object.entries(changes))('%s', async (_, change) => {
    const before = await read(test.alice, '/dashboard');
    expect(await read(test.alice, '/dashboard')).toBe(before);
    await change();
    expect(await read(test.alice, '/dashboard')).not.toBe(before);
  });

  describe('on another day', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
    afterEach(() => void vi.useRealTimers());

    it('what was then', async () => {
      await read(test.alice, '/dashboard');
      expect(await countAsked(test.alice, '/dashboard')).toBeLessThanOrEqual(2);
      vi.setSystemTime(Date.now() + 24 * 60 * 60 * 1000);
      expect(await countAsked(test.alice, '/dashboard')).toBeGreaterThan(2);
    });
  });
});

describe('nobody else', () => {
  const own = (path: string, listener: string): string =>
    path
      .replace(':trackId', tracks[listener] ?? '')
      .replace(':artistId', listener)
      .replace(':albumId', 'none')
      .replace(':quadrant', 'happy')
      .replace('/:year/:month/:day', '/2026/03/01')
      .replace('/:year/:month', '/2026/03')
      .replace('/:year', '/2026');

  it.each(KEPT_PAGES)('is shown %s as it was kept for another', async (path) => {
    for (const [visitor, other] of [
      [test.alice, BOB],
      [test.bob, ALICE],
      [test.alice, BOB],
    ] as const) {
      const { text } = await visitor.get(own(path, ALICE));
      expect(text).not.toContain(NAMES[other]);
    }
    await nobody(test).get(own(path, ALICE)).expect(302);
  });

  it('is shown a listener’s pages after the sign-out', async () => {
    const gone = await signIn(test, ALICE);
    await gone.get('/history').expect(200);
    await submit(gone, '/logout');
    await gone.get('/history').expect(302);
  });
});
