import { beforeEach, describe, expect, it } from 'vitest';
import { randomFor } from '../../scripts/invented/random.ts';
import { findPlayedFrom } from '../../src/listening/played-from.ts';
import { findSpan } from '../../src/listening/span.ts';
import { updateTimezone } from '../../src/users/users.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { listStrayDerived } from '../support/derived.ts';
import { drilled } from '../support/drill.ts';
import { insertListener, insertTracks } from '../support/factories.ts';

const test = useDatabase();
const random = randomFor(20, 'tallies');
const TRACKS = ['a', 'b', 'c', 'd', 'e'];
const SPANS_IN_A_ZONE = drilled(4, 12);
const DURATIONS: Readonly<Record<string, number | null>> = {
  a: 200_000,
  b: 25_000,
  c: null,
  d: 90_000,
  e: 1,
};

interface Listen {
  readonly at: number;
  readonly track: string;
  readonly ms: number | null;
  readonly end: boolean | null;
}

let userId: number;
let listens: Listen[];

const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

const inventListen = (): Listen => ({
  at: Date.UTC(2024, 10, 1) + Math.floor(random() * 120 * 86_400) * 1000,
  track: one(TRACKS),
  ms: one([null, 0, 29_999, 30_000, 81_000, 180_000, Math.floor(random() * 400_000)]),
  end: one([null, true, false]),
});

/** Three tracks were started somewhere, one of them nobody says where. */
const placeOf = (track: string): string | null =>
  track < 'c' ? `spotify:album:${track}` : track === 'c' ? '' : null;
function contextOf(track: string): unknown {
  const place = placeOf(track);
  return place === null ? null : place === '' ? {} : { uri: place };
}

async function insert(some: readonly Listen[]): Promise<void> {
  await test.db.execute(
    `INSERT INTO plays (user_id, played_at, track_id, nth, ms_played, reached_end, context, raw_json)
     SELECT $1, to_timestamp(at / 1000.0), track, row_number() OVER (PARTITION BY at, track), ms, ended, context, '{}'
     FROM jsonb_to_recordset($2) AS listen (at bigint, track text, ms int, ended boolean, context jsonb)`,
    [
      userId,
      JSON.stringify(
        some.map(({ end, ...told }) => ({ ...told, ended: end, context: contextOf(told.track) })),
      ),
    ],
  );
}

beforeEach(async () => {
  await deleteEverything(test.db);
  userId = await insertListener(test.db, 'a-listener');
  await insertTracks(
    test.db,
    TRACKS.map((trackId) => ({
      trackId,
      albumName: trackId < 'c' ? 'One' : 'Two',
      artistName: 'X',
      artists: trackId === 'a' ? ['x', 'y'] : ['x'],
    })),
  );
  await test.db.execute('UPDATE tracks SET duration_ms = ($1::jsonb ->> track_id)::int', [
    JSON.stringify(DURATIONS),
  ]);
  listens = Array.from({ length: 400 }, inventListen);
  await insert(listens);
  const albums = await test.db.many<{ track_id: string; album_id: string }>(
    'SELECT track_id, album_id FROM library_tracks WHERE user_id = $1',
    [userId],
  );
  for (const { track_id: track, album_id: album } of albums) albumOf.set(track, album);
});

type Rule = 'any' | '30 seconds' | 'finished';

function counts(rule: Rule, { track, ms, end }: Listen): boolean {
  const length = DURATIONS[track] ?? null;
  if (rule === 'any') return true;
  if (rule === '30 seconds') return ms === null || ms >= 30_000;
  if (end === true || (ms !== null && length !== null && ms >= 0.9 * length)) return true;
  return end === null && (ms === null || length === null);
}

/** Counted one by one: `plays timed ms about`. */
function countSlowly(rule: Rule, keyOf: (listen: Listen) => readonly string[]): Record<string, string> {
  const sums = new Map<string, [number, number, number, number]>();
  for (const listen of listens.filter((some) => counts(rule, some))) {
    const about = listen.ms === null ? (DURATIONS[listen.track] ?? null) : null;
    for (const key of keyOf(listen)) {
      const [plays, timed, ms, abouts] = sums.get(key) ?? [0, 0, 0, 0];
      const isTimed = listen.ms !== null || about !== null;
      sums.set(key, [plays + 1, timed + Number(isTimed), ms + (listen.ms ?? 0), abouts + (about ?? 0)]);
    }
  }
  return Object.fromEntries([...sums].map(([key, sum]) => [key, sum.join(' ')]));
}

async function kept(table: string, key: string): Promise<Record<string, string>> {
  const rows = await test.db.many<{ key: string; sum: string }>(
    `SELECT ${key} AS key, concat_ws(' ', plays, timed_plays, ms_played, about_ms) AS sum FROM ${table} WHERE user_id = $1`,
    [userId],
  );
  return Object.fromEntries(rows.map((row) => [row.key, row.sum]));
}

const keptPlaces = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await test.db.many<{ key: string; plays: number }>(
        `SELECT concat(day, ' ', address) AS key, plays FROM played_from WHERE user_id = $1`,
        [userId],
      )
    ).map(({ key, plays }) => [key, plays]),
  );
const daysAndPlaces = (listen: Listen): string[] => {
  const place = placeOf(listen.track);
  return place === null ? [] : [`${dayOf(listen)} ${place}`];
};
const playsOf = (sums: Readonly<Record<string, string>>): Record<string, number> =>
  Object.fromEntries(Object.entries(sums).map(([key, sum]) => [key, Number.parseInt(sum, 10)]));

const monthOf = ({ at }: Listen): string => new Date(at).toISOString().slice(0, 7);
const dayOf = ({ at }: Listen): string => new Date(at).toISOString().slice(0, 10);
const albumOf = new Map<string, string>();
const artistsOf = (track: string): readonly string[] => (track === 'a' ? ['x', 'y'] : ['x']);
const THINGS: readonly (readonly [table: string, id: string, of: (track: string) => readonly string[]])[] = [
  ['played_tracks', 'track_id', (track) => [track]],
  ['played_artists', 'artist_id', artistsOf],
  ['played_albums', 'album_id', (track) => [albumOf.get(track) ?? '']],
];

/** What is kept of each month, less what was before it. */
const keptOfMonths = (table: string, id: string): Promise<Record<string, string>> =>
  kept(
    `(SELECT user_id, ${id} AS id, to_char(month, 'YYYY-MM') AS month, p - lag(p, 1, 0) OVER q AS plays,
        t - lag(t, 1, 0) OVER q AS timed_plays, m - lag(m, 1, 0::bigint) OVER q AS ms_played,
        a - lag(a, 1, 0::bigint) OVER q AS about_ms
      FROM ${table}, unnest(months, plays_until, timed_until, ms_until, about_until) AS until (month, p, t, m, a)
      WINDOW q AS (PARTITION BY user_id, ${id} ORDER BY month)) AS months`,
    `concat_ws(' ', month, id)`,
  );

async function expectRight(rule: Rule): Promise<void> {
  expect(await kept('played_tracks', 'track_id')).toEqual(countSlowly(rule, ({ track }) => [track]));
  for (const [table, id, of] of THINGS)
    expect(await keptOfMonths(table, id)).toEqual(
      countSlowly(rule, (listen) => of(listen.track).map((each) => `${monthOf(listen)} ${each}`)),
    );
  expect(await kept('play_days', 'day')).toMatchObject(countSlowly(rule, (listen) => [dayOf(listen)]));
  expect(await keptPlaces()).toEqual(playsOf(countSlowly(rule, daysAndPlaces)));
  expect(await kept('played_artists', 'artist_id')).toEqual(
    countSlowly(rule, ({ track }) => artistsOf(track)),
  );
  expect(Object.values(await kept('played_albums', 'album_id')).toSorted()).toEqual(
    Object.values(countSlowly(rule, ({ track }) => [track < 'c' ? 'One' : 'Two'])).toSorted(),
  );
}

describe('the tallies of plays', () => {
  it.each(['any', '30 seconds', 'finished'] as const)('follow the rule of the listener: %s', async (rule) => {
    await test.db.execute('UPDATE users SET counted_plays = $2 WHERE user_id = $1', [userId, rule]);
    await expectRight(rule);
    const more = Array.from({ length: 50 }, inventListen).map((listen) => ({ ...listen, at: listen.at + 1 }));
    await insert(more);
    listens.push(...more);
    await expectRight(rule);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });

  it.each([
    ['plays of which more becomes known', 'UPDATE plays SET ms_played = 31000 WHERE ms_played IS NULL'],
    ['plays that go', `DELETE FROM plays WHERE track_id < 'c' AND nth = 1 AND ms_played > 0`],
    ['a length that becomes known', `UPDATE tracks SET duration_ms = 180000 WHERE track_id = 'c'`],
    [
      'an album that becomes known by its id',
      `UPDATE tracks SET raw_json = '{"album": {"id": "the-id"}}' WHERE track_id = 'a'`,
    ],
    ['another artist', `INSERT INTO track_artists VALUES ('c', 'y', 2)`],
    ['an artist less', `DELETE FROM track_artists WHERE track_id = 'a' AND artist_id = 'y'`],
    [
      'a track that is hidden',
      `INSERT INTO hidden_tracks (user_id, track_id) SELECT user_id, 'a' FROM users`,
    ],
  ])('follow %s', async (_what, change) => {
    for (const rule of ['30 seconds', 'finished']) {
      await test.db.execute('UPDATE users SET counted_plays = $1', [rule]);
      await test.db.execute(change).catch((error: unknown) => {
        if (rule === '30 seconds') throw error;
      });
      expect(await listStrayDerived(test.patient)).toEqual([]);
    }
  });

  it('of days leave out a track that is hidden', async () => {
    await test.db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'a')`, [userId]);
    const shown = (keysOf: (listen: Listen) => readonly string[]) =>
      countSlowly('30 seconds', (listen) => (listen.track === 'a' ? [] : keysOf(listen)));
    expect(await kept('play_days', 'day')).toMatchObject(shown((listen) => [dayOf(listen)]));
    expect(await keptPlaces()).toEqual(playsOf(shown(daysAndPlaces)));
  });

  it('are each listener’s own', async () => {
    const bob = await insertListener(test.db, 'bob');
    await test.db.execute(`UPDATE users SET counted_plays = 'any' WHERE user_id = $1`, [bob]);
    await expectRight('30 seconds');
    expect(await test.db.many('SELECT FROM played_tracks WHERE user_id = $1', [bob])).toEqual([]);
  });
});

describe('what was played most in a period', () => {
  const ZONES = ['UTC', 'Pacific/Auckland', 'America/Los_Angeles', 'Atlantic/Azores', 'Asia/Kathmandu'];

  it('is what the plays of its days come to, for any days and clock', async () => {
    await test.db.execute('DELETE FROM plays');
    listens = Array.from({ length: 600 }, () => ({
      ...inventListen(),
      at: Date.UTC(2022, 0, 1) + Math.floor(random() * 1_500 * 86_400) * 1000,
    }));
    await insert(listens);
    const someDay = (): string | null =>
      random() < 0.2
        ? null
        : new Date(Date.UTC(2021, 11, 20) + Math.floor(random() * 1_550) * 86_400_000)
            .toISOString()
            .slice(0, 10);
    for (let round = 0; round < 5 * SPANS_IN_A_ZONE; round += 1) {
      const timezone = ZONES[Math.floor(round / SPANS_IN_A_ZONE)] ?? 'UTC';
      const [from, to] = [someDay(), someDay()];
      const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short' });
      const within = ({ at }: Listen): boolean => {
        const day = clock.format(at);
        return (from === null || day >= from) && (to === null || day <= to);
      };
      const counted = countSlowly('30 seconds', (listen) => (within(listen) ? [listen.track] : []));
      if (round % SPANS_IN_A_ZONE === 0) await updateTimezone(test.db, userId, timezone);
      const { tracks: found } = await findSpan(test.db, { user_id: userId, timezone }, { from, to }, 10);
      expect(
        Object.fromEntries(found.map(({ track_id, plays }) => [track_id, plays])),
        `${from} to ${to}, ${timezone}`,
      ).toEqual(playsOf(counted));
      const { places } = await findPlayedFrom(test.db, userId, { from, to });
      expect(Object.fromEntries(places.map(({ id, plays }) => [id ?? 'c', plays]))).toEqual(
        Object.fromEntries(Object.entries(playsOf(counted)).filter(([track]) => placeOf(track) !== null)),
      );
    }
  });
});
