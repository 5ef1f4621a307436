import { ask, question } from '../database/ask-together.ts';
import type { Db, Queries } from '../db.ts';
import { TIME_RANGES, type TimeRange } from '../spotify/top-list.ts';
import { isNoAttempt } from '../users/attempts.ts';
import type { SpotifyAccess } from '../users/access-token.ts';
import { ArchiveGone } from '../users/lock-archive.ts';
import { gated } from '../users/spotify-limit.ts';
import { captureKind, NOTHING_KEPT, type Day, type KeptLists } from './capture-kind.ts';
import { recordFailedRun } from './capture-runs.ts';
import { ARTIST_LISTS, LIST_KINDS, TRACK_LISTS, type ListKind, type ListKindName } from './list-kinds.ts';

export interface KindResult extends KeptLists {
  readonly failure?: unknown;
}

export interface CaptureResult {
  /** The listener's, `YYYY-MM-DD`. */
  readonly date: string;
  readonly tracks: KindResult;
  readonly artists: KindResult;
}

/**
 * For each kind all missing lists or none, whatever happens to the other kind. A day's list is saved once, as first
 * seen, in however many processes this runs.
 * @param onlyOpen skip a kind that was captured today, or of which Spotify had nothing today
 */
export async function captureSnapshots(
  db: Db,
  userId: number,
  access: SpotifyAccess,
  { onlyOpen = false } = {},
): Promise<CaptureResult> {
  const today = await db.maybeOne<Today>(TODAY.sql, [userId]);
  if (today === null) throw new ArchiveGone();
  const guarded = { ...access, settings: gated(db, access.settings) };
  const of = <Item extends object>(kind: ListKind<Item>): Promise<KindResult> =>
    onlyOpen && today.settled.includes(kind.name)
      ? Promise.resolve(NOTHING_KEPT)
      : tryKind(db, userId, guarded, { kind, date: today.date, kept: today[kind.name] });
  return { date: today.date, tracks: await of(TRACK_LISTS), artists: await of(ARTIST_LISTS) };
}

/** The first failure of an attempt, else the first. */
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

export const isCapturedToday = (db: Queries, userId: number): Promise<boolean> => ask(db, TODAY, userId);

interface Today extends Readonly<Record<ListKindName, readonly TimeRange[]>> {
  readonly date: string;
  readonly settled: readonly ListKindName[];
}

const keptOf = ({ table }: Pick<ListKind<unknown>, 'table'>): string => `
    ARRAY(SELECT DISTINCT time_range FROM ${table} WHERE user_id = $1 AND snapshot_date = date)`;

/** Whether every list of today is kept. */
export const TODAY = question<[userId: number], boolean>(
  `
  SELECT date, ${keptOf(TRACK_LISTS)} AS tracks, ${keptOf(ARTIST_LISTS)} AS artists,
    ARRAY(SELECT DISTINCT kind FROM capture_runs
      WHERE user_id = $1 AND snapshot_date = date AND outcome IN ('kept', 'empty')) AS settled
  FROM (SELECT wall_clock(now(), timezone)::date AS date FROM users WHERE user_id = $1 OFFSET 0) AS today`,
  ([today]: readonly Today[]) => LIST_KINDS.every((kind) => today?.[kind].length === TIME_RANGES.length),
);
