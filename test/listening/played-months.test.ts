import { beforeAll, expect, it } from 'vitest';
import { randomFor } from '../../scripts/invented/random.ts';
import { listPlayedMonths, type Played } from '../../src/listening/played-months.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertListens, insertTrack, type Listen } from '../support/factories.ts';

const test = useDatabase();
const random = randomFor(21, 'months');
const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
const LENGTH_MS = 200_000;
const FIRST = Date.UTC(2010, 10, 20);
const DAYS = 1_200;
/** Where days begin twice, or late, or never. */
const ZONES = ['UTC', 'America/Havana', 'Atlantic/Azores', 'Asia/Kathmandu', 'Pacific/Apia'];
/** Which tracks each of them has that are shown. */
const THINGS: readonly (readonly [Played, string, readonly string[]])[] = [
  ['track', 'a1', ['a1']],
  ['track', 'hidden', ['hidden']],
  ['artist', 'ann', ['a1', 'a2', 'both']],
  ['artist', 'ben', ['both', 'b1']],
  ['album', 'first', ['a1', 'both']],
];

let alice: number;
let listens: Listen[];

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  const album = { album: { id: 'first' } };
  await insertTrack(test.db, { trackId: 'a1', artists: ['ann'], payload: album });
  await insertTrack(test.db, { trackId: 'a2', artists: ['ann'] });
  await insertTrack(test.db, { trackId: 'both', artists: ['ann', 'ben'], payload: album });
  await insertTrack(test.db, { trackId: 'b1', artists: ['ben'] });
  await insertTrack(test.db, { trackId: 'hidden', artists: ['ann', 'ben'], payload: album });
  await test.db.execute(`UPDATE tracks SET duration_ms = $1 WHERE track_id <> 'a2'`, [LENGTH_MS]);
  listens = Array.from({ length: 2_000 }, () => ({
    at: new Date(FIRST + Math.floor(random() * DAYS * 86_400) * 1000).toISOString(),
    track: one(['a1', 'a2', 'both', 'b1', 'hidden']),
    ms: one([null, 29_999, 30_000, Math.floor(random() * 400_000)]),
  }));
  await insertListens(test.db, alice, listens);
  await insertListens(test.db, await insertListener(test.db, 'bob'), listens.slice(0, 50));
  await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'hidden')`, [alice]);
});

interface Span {
  readonly from: string | null;
  readonly to: string | null;
}

/** Counted one by one, by the days that Intl tells. */
function countSlowly(timezone: string, tracks: readonly string[], { from, to }: Span) {
  const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone });
  const months = new Map<
    string,
    { plays: number; timed_plays: number; ms_played: number; about_ms: number }
  >();
  for (const { at, track, ms = null } of listens) {
    const day = calendar.format(new Date(at));
    if (!tracks.includes(track) || (ms !== null && ms < 30_000)) continue;
    if ((from !== null && day < from) || (to !== null && day > to)) continue;
    const about = ms === null && track !== 'a2' ? LENGTH_MS : 0;
    const sum = months.get(day.slice(0, 7)) ?? { plays: 0, timed_plays: 0, ms_played: 0, about_ms: 0 };
    months.set(day.slice(0, 7), {
      plays: sum.plays + 1,
      timed_plays: sum.timed_plays + Number(ms !== null || about > 0),
      ms_played: sum.ms_played + (ms ?? 0),
      about_ms: sum.about_ms + about,
    });
  }
  return [...months]
    .map(([month, sum]) => ({ month, ...sum }))
    .toSorted((a, b) => (a.month < b.month ? -1 : 1));
}

const randomDay = (): string | null =>
  random() < 0.2
    ? null
    : new Date(FIRST + Math.floor(random() * DAYS) * 86_400_000).toISOString().slice(0, 10);

it('counts the plays of a track, an artist, an album by the months of any zone, in any range of days', async () => {
  for (const timezone of ZONES) {
    await test.db.execute('UPDATE users SET timezone = $2 WHERE user_id = $1', [alice, timezone]);
    for (const [kind, id, tracks] of THINGS)
      for (const span of [
        { from: null, to: null },
        ...Array.from({ length: 5 }, () => ({ from: randomDay(), to: randomDay() })),
      ])
        expect(await listPlayedMonths(test.db, { user_id: alice, timezone }, kind, { id, ...span })).toEqual(
          countSlowly(timezone, tracks, span),
        );
  }
});
