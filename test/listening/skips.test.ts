import { beforeAll, expect, it } from 'vitest';
import { randomFor } from '../../scripts/invented/random.ts';
import { listMostSkipped } from '../../src/listening/skips.ts';
import { useDatabase } from '../support/database.ts';
import {
  insertEmptyHistoryImport,
  insertListener,
  insertListens,
  insertTrack,
} from '../support/factories.ts';

const test = useDatabase();
const random = randomFor(22, 'skips');
const TRACKS = Array.from({ length: 12 }, (_, n) => `track${String(n).padStart(2, '0')}`);
/** Skipped more often than any other. */
const HIDDEN = 'track00';
const [PERIODS, HOURS] = [
  [
    { from: null, to: null },
    { from: '2020-01-03', to: '2020-01-07' },
    { from: '2020-01-02', to: '2020-01-09' },
    { from: '2020-01-03', to: null },
    { from: null, to: '2020-01-08' },
  ] as const,
  240,
];

interface Heard {
  readonly track: string;
  readonly at: string;
  readonly skipped: boolean | null;
}
let alice: number;
let heard: Heard[];

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  for (const trackId of TRACKS) await insertTrack(test.db, { trackId });
  heard = Array.from({ length: HOURS }, (_, hour) => ({
    track: TRACKS[Math.floor(random() ** 2 * TRACKS.length)] ?? '',
    at: new Date(Date.UTC(2020, 0, 1, hour)).toISOString(),
    skipped: [true, false, null][Math.floor(random() * 3)] ?? null,
  }));
  const imported = await insertEmptyHistoryImport(test.db, alice);
  await insertListens(
    test.db,
    alice,
    heard.map(({ track, at }) => ({ track, at, ms: 200_000 })),
    imported,
  );
  await test.db.execute(
    `UPDATE plays SET skipped = row.skipped
     FROM jsonb_to_recordset($2) AS row (track text, at timestamptz, skipped boolean)
     WHERE user_id = $1 AND track_id = row.track AND played_at = row.at`,
    [alice, JSON.stringify(heard)],
  );
  await test.db.execute('SELECT derive_plays($1)', [alice]);
  await test.db.execute('INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, $2)', [alice, HIDDEN]);
});

it.each(PERIODS)('lists what was skipped most, however short the list, from $from to $to', async (period) => {
  const { from, to } = period;
  const within = heard.filter(
    ({ at }) => (from === null || at >= from) && (to === null || at.slice(0, 10) <= to),
  );
  const expected = TRACKS.filter((track) => track !== HIDDEN)
    .map((track) => {
      const known = within.filter((one) => one.track === track && one.skipped !== null);
      return {
        track_id: track,
        skipped: known.filter((one) => one.skipped).length,
        skip_known: known.length,
      };
    })
    .filter(({ skipped }) => skipped > 0)
    .toSorted(
      (a, b) => b.skipped - a.skipped || a.skip_known - b.skip_known || (a.track_id < b.track_id ? -1 : 1),
    );
  expect(new Set(expected.map(({ skipped }) => skipped)).size).toBeGreaterThan(3);
  for (const limit of [1, 2, 3, 5, 99])
    expect(await listMostSkipped(test.db, { user_id: alice, timezone: 'UTC' }, period, limit)).toMatchObject(
      expected.slice(0, limit),
    );
});
