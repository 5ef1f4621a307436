import type { Db, Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { TIME_RANGES, type TimeRange } from '../spotify/top-list.ts';
import { isNoAttempt } from '../users/attempts.ts';
import type { SpotifyAccess } from '../users/access-token.ts';
import { ArchiveGone } from '../users/lock-archive.ts';
import { gated } from '../users/spotify-limit.ts';
import { captureKind, NOTHING_KEPT, type Day, type KeptLists } from './capture-kind.ts';
import { recordFailedRun } from './capture-runs.ts';
import { ARTIST_LISTS, TRACK_LISTS, type ListKind, type ListKindName } from './list-kinds.ts';

/** What became of the lists of one kind; where they failed, nothing of it is kept. */
export interface KindResult extends KeptLists {
  /** What was thrown; undefined: nothing. */
  readonly failure?: unknown;
}

export interface CaptureResult {
  /** The listener's own calendar day, `YYYY-MM-DD`. */
  readonly date: string;
  readonly tracks: KindResult;
  readonly artists: KindResult;
}

/**
 * Keeps today's ranked lists of a listener, three of tracks and three of artists: of each kind all that are missing, or
 * none, whatever became of the other. However often and in however many processes it runs, a day's list is kept once,
 * as first seen. What became of it is told in `capture_runs`.
 * @param onlyOpen leave out a kind that was kept today, or of which Spotify had nothing today
 */
export async function captureSnapshots(
  db: Db,
  userId: number,
  access: SpotifyAccess,
  { onlyOpen = false } = {},
): Promise<CaptureResult> {
  const today = await db.maybeOne<Today>(TODAY, [userId]);
  if (today === null) throw new ArchiveGone();
  const guarded = { ...access, settings: gated(db, access.settings) };
  const of = <Item extends object>(kind: ListKind<Item>): Promise<KindResult> =>
    onlyOpen && today.settled.includes(kind.name)
      ? Promise.resolve(NOTHING_KEPT)
      : tryKind(db, userId, guarded, { kind, date: today.date, kept: today[kind.name] });
  return { date: today.date, tracks: await of(TRACK_LISTS), artists: await of(ARTIST_LISTS) };
}

/** The first failure that was an attempt, else the first; undefined: none. */
export function failureOf({ tracks, artists }: CaptureResult): unknown {
  const failures = [tracks.failure, artists.failure].filter((failure) => failure !== undefined);
  return failures.find((failure) => !isNoAttempt(failure)) ?? failures[0];
}

async function tryKind<Item extends object>(
  db: Db,
  userId: number,
  access: SpotifyAccess,
  { kind, ...day }: Omit<Day, 'startedAt'> & { readonly kind: ListKind<Item> },
): Promise<KindResult> {
  const { now: startedAt } = await db.one<{ now: Date }>('SELECT now() AS now');
  try {
    return await captureKind(db, userId, access, { kind, day: { ...day, startedAt } });
  } catch (failure) {
    if (!isNoAttempt(failure))
      await recordFailedRun(db, userId, { kind: kind.name, startedAt, error: failure });
    return { ...NOTHING_KEPT, failure };
  }
}

/** Whether every list of the listener's day is kept, of both kinds. */
export async function isCapturedToday(db: Queries, userId: number): Promise<boolean> {
  const { tracks, artists } = await db.one<Today>(TODAY, [userId]);
  return tracks.length === TIME_RANGES.length && artists.length === TIME_RANGES.length;
}

/** The day it is where the listener is, the ranges kept of each kind, and the kinds there is no more to ask of. */
interface Today extends Readonly<Record<ListKindName, readonly TimeRange[]>> {
  readonly date: string;
  readonly settled: readonly ListKindName[];
}

const keptOf = ({ table }: Pick<ListKind<unknown>, 'table'>): string => `
    ARRAY(SELECT DISTINCT time_range FROM ${table} WHERE user_id = $1 AND snapshot_date = date)`;

const TODAY = hotQuery(
  'dashboard: is today kept?',
  `
  SELECT date, ${keptOf(TRACK_LISTS)} AS tracks, ${keptOf(ARTIST_LISTS)} AS artists,
    ARRAY(SELECT DISTINCT kind FROM capture_runs
      WHERE user_id = $1 AND snapshot_date = date AND outcome IN ('kept', 'empty')) AS settled
  FROM (SELECT wall_clock(now(), timezone)::date AS date FROM users WHERE user_id = $1 OFFSET 0) AS today`,
);
