import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { randomFor } from '../../scripts/invented/random.ts';
import { deleteEverything, deleteRows, useDatabase } from '../support/database.ts';
import { drilled } from '../support/drill.ts';
import { insertListener, insertPlays, insertTrack } from '../support/factories.ts';
import { importRows, toldRow } from '../support/history-files.ts';

const test = useDatabase();
const random = randomFor(20, 'pairing');
const whole = (below: number): number => Math.floor(random() * below);
const TRACKS = ['a', 'b', 'c'].map((letter) => letter.padEnd(22, letter));
const START = Date.UTC(2026, 0, 1);
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
let alice: number;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  for (const trackId of TRACKS) await insertTrack(test.db, { trackId, name: trackId, artistName: 'X' });
});

interface End {
  readonly at: number;
  readonly track: string;
  /** Decides between rows that are equally near. */
  readonly key: string;
}

/** Milliseconds between a captured end and one that a file tells to the second or the minute. */
const apart = (captured: End, told: End, precisionMs: number): number =>
  Math.max(0, told.at - captured.at, captured.at - told.at - precisionMs);

/** How far apart the pairs are: always the nearest two that are left, each once. */
function pairSlowly(captured: readonly End[], told: readonly End[], precisionMs: number): number[] {
  const left = [new Set(captured), new Set(told)] as const;
  const distances: number[] = [];
  for (;;) {
    const pairs = [...left[0]].flatMap((one) =>
      [...left[1]]
        .filter((other) => other.track === one.track && apart(one, other, precisionMs) <= 90_000)
        .map((other) => ({ one, other, distance: apart(one, other, precisionMs) })),
    );
    const [nearest] = pairs.toSorted(
      (first, second) =>
        first.distance - second.distance ||
        (first.other.key < second.other.key ? -1 : Number(first.other.key > second.other.key)) ||
        first.one.at - second.one.at,
    );
    if (nearest === undefined) return distances.toSorted((first, second) => first - second);
    left[0].delete(nearest.one);
    left[1].delete(nearest.other);
    distances.push(nearest.distance);
  }
}

describe('captured plays and those of a file', () => {
  it.each([
    ['spotify extended', 1_000],
    ['spotify account', 60_000],
  ] as const)('are paired as one by one, the nearest first: %s', async (format, precisionMs) => {
    for (let round = 0; round < drilled(3, 8); round += 1) {
      await deleteRows(test.db, 'plays', 'history_imports');
      const ends = Array.from({ length: 60 }, () => ({
        at: START + whole(1_800_000 / precisionMs) * precisionMs,
        track: TRACKS[whole(3)] ?? '',
      }));
      const rows = ends.map(({ at, track }, index) =>
        toldRow({ at, trackId: track, name: track, artist: 'X', ms: 31_000 + index }, index + 1, format),
      );
      const told = rows.flatMap((row, index) =>
        row.kind === 'play' ? [{ at: 0, track: '', ...ends[index], key: md5(row.play.key) }] : [],
      );
      const captured = [...new Set(Array.from({ length: 40 }, () => START + whole(1_800_000)))].map((at) => ({
        at,
        track: TRACKS[whole(3)] ?? '',
        key: '',
      }));
      await insertPlays(
        test.db,
        alice,
        captured.map(({ at, track }) => [new Date(at).toISOString(), track]),
      );
      const { account } = await importRows(test.patient, alice, rows);
      const found = await test.db.many<{ distance: number }>(
        `SELECT (GREATEST(0, extract(epoch FROM ended_at - played_at),
             extract(epoch FROM played_at - ended_at) - $1 / 1000.0) * 1000)::int AS distance
         FROM paired_plays WHERE own_track_id = track_id ORDER BY 1`,
        [precisionMs],
      );
      const wanted = pairSlowly(captured, told, precisionMs);
      expect(found.map(({ distance }) => distance)).toEqual(wanted);
      expect(account.counts['captured already']).toBe(wanted.length);
      expect(account.counts.added).toBe(60 - wanted.length);
    }
  });
});
