import { beforeAll, describe, expect, it } from 'vitest';
import { randomFor } from '../../scripts/invented/random.ts';
import { findSpan } from '../../src/listening/span.ts';
import { listTopTrackIds } from '../../src/listening/top-lists.ts';
import { updateTimezone } from '../../src/users/users.ts';
import { useDatabase } from '../support/database.ts';
import { drilled } from '../support/drill.ts';
import {
  insertEmptyHistoryImport,
  insertListener,
  insertListens,
  insertTrack,
  type Listen,
} from '../support/factories.ts';

const test = useDatabase();
const random = randomFor(20, 'spans');
const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
const TRACKS = ['a', 'b', 'c', 'd', 'hidden'];
/** Where days begin twice, or late, or never. */
const ZONES = [
  'UTC',
  'America/Havana',
  'Atlantic/Azores',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Pacific/Pago_Pago',
];
const TRIED_ZONES = drilled(ZONES.slice(1, 4), ZONES);
const LENGTH_MS = 200_000;
const FIRST = Date.UTC(2010, 10, 20);
const DAY_MS = 86_400_000;

let alice: number;
let listens: Listen[];

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  const bob = await insertListener(test.db, 'bob');
  for (const trackId of TRACKS) await insertTrack(test.db, { trackId });
  await test.db.execute(`UPDATE tracks SET duration_ms = $1 WHERE track_id <> 'd'`, [LENGTH_MS]);
  listens = Array.from({ length: 3_000 }, () => ({
    at: new Date(FIRST + Math.floor(random() * 1_200 * 86_400) * 1000).toISOString(),
    track: one(TRACKS),
    ms: one([null, 29_999, 30_000, Math.floor(random() * 400_000)]),
  }));
  await insertListens(test.db, alice, listens);
  await insertListens(test.db, bob, listens.slice(0, 50));
  await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'hidden')`, [alice]);
});

/** Counted one by one, by the days that Intl tells. */
function countSlowly(timezone: string, from: string | null, to: string | null): [string, ...number[]][] {
  const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone });
  const sums = new Map<string, [number, number, number, number]>();
  for (const { at, track, ms = null } of listens) {
    const day = calendar.format(new Date(at));
    if (track === 'hidden' || (ms !== null && ms < 30_000)) continue;
    if ((from !== null && day < from) || (to !== null && day > to)) continue;
    const about = ms === null && track !== 'd' ? LENGTH_MS : 0;
    const [plays, timed, played, abouts] = sums.get(track) ?? [0, 0, 0, 0];
    sums.set(track, [
      plays + 1,
      timed + Number(ms !== null || about > 0),
      played + (ms ?? 0),
      abouts + about,
    ]);
  }
  return [...sums]
    .map(([track, sum]): [string, ...number[]] => [track, ...sum])
    .toSorted(([x, ...a], [y, ...b]) => b[0]! - a[0]! || b[2]! + b[3]! - (a[2]! + a[3]!) || (x < y ? -1 : 1));
}

const dayAt = (days: number): string => new Date(FIRST + days * DAY_MS).toISOString().slice(0, 10);

function inventSpan(): [string | null, string | null] {
  const from = Math.floor(random() * 1_250) - 20;
  const to = from + Math.floor(random() * one([3, 70, 400, 1_200]));
  return one([
    [dayAt(from), dayAt(to)],
    [dayAt(from), dayAt(to)],
    [dayAt(from), null],
    [null, dayAt(to)],
  ]);
}

describe('the tracks of a span', () => {
  it.each(TRIED_ZONES)('are those of its days in %s, however long it is', async (timezone) => {
    const spans = [
      [null, null],
      ['2011-01-01', '2011-12-31'],
      ['2011-12-01', '2011-12-31'],
      ['2012-10-31', '2013-01-01'],
      ...Array.from({ length: drilled(12, 40) }, inventSpan),
    ] as const;
    await updateTimezone(test.db, alice, timezone);
    for (const [from, to] of spans) {
      const listener = { user_id: alice, timezone };
      const span = await findSpan(test.db, listener, { from, to }, 10);
      const slow = countSlowly(timezone, from, to);
      const what = `${from ?? '…'} to ${to ?? '…'}`;
      expect([
        what,
        span.tracks.map((track) => [
          track.track_id,
          track.plays,
          track.timed_plays,
          track.ms_played,
          track.about_ms,
        ]),
      ]).toEqual([what, slow]);
      const of = { order: 'plays', limit: 2 } as const;
      expect(await listTopTrackIds(test.db, listener, { from, to }, of)).toEqual(
        slow.slice(0, 2).map(([track]) => track),
      );
      const { plays, timed_plays: timed, ms_played: ms, about_ms: about } = span;
      const sums = [1, 2, 3, 4].map((at) => slow.reduce((sum, row) => sum + Number(row[at]), 0));
      expect([what, plays, timed, ms, about]).toEqual([what, ...sums]);
    }
  });
});

it('a span says whether more may have been played in it, until an import tells what was', async () => {
  const [after, before] = ['2012-03-10T12:00:00Z', '2012-03-12T12:00:00Z'];
  await test.db.execute(
    'INSERT INTO play_gaps (user_id, after_played_at, before_played_at) VALUES ($1, $2, $3)',
    [alice, after, before],
  );
  const hasGap = async (from: string, to: string) =>
    (await findSpan(test.db, { user_id: alice, timezone: 'UTC' }, { from, to }, 1)).has_gap;
  expect(await hasGap('2012-03-11', '2012-03-11')).toBe(true);
  expect(await hasGap('2012-03-12', '2012-04-11')).toBe(true);
  expect(await hasGap('2012-03-01', '2012-03-09')).toBe(false);
  await test.db.execute('UPDATE play_gaps SET history_import_id = $1', [
    await insertEmptyHistoryImport(test.db, alice),
  ]);
  expect(await hasGap('2012-03-11', '2012-03-11')).toBe(false);
});
