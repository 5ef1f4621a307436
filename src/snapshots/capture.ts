import { lockArchive } from '../users/lock-archive.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';
import { storableJson } from '../catalogue/storable-json.ts';
import { addTracks } from '../catalogue/tracks.ts';
import type { Db, Queries, Transaction } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import {
  listTopTracks,
  TIME_RANGES,
  type RankedTrack,
  type TimeRange,
  type TopTracks,
} from '../spotify/top-tracks.ts';
import { isNoAttempt } from '../users/attempts.ts';
import { withAccessToken, type SpotifyAccess } from '../users/access-token.ts';
import { gated } from '../users/spotify-limit.ts';
import { recordFailedRun, recordRun } from './capture-runs.ts';

export interface CaptureResult {
  /** The listener's own calendar day, `YYYY-MM-DD`. */
  readonly date: string;
  /** Ranges kept by this run; none if the day's lists were all there already. */
  readonly captured: readonly TimeRange[];
  /** Ranked places kept by this run. */
  readonly places: number;
  /** Items of Spotify's answer that were no usable track. */
  readonly skipped: number;
}

/**
 * Keeps today's three ranked lists of a listener: all that are missing, or none. However often and in however many
 * processes it runs, a day's list is kept once, as first seen. What became of it is told in `capture_runs`.
 * @throws NeedsReconnect, SpotifyError (nothing is kept then)
 */
export async function captureSnapshots(
  db: Db,
  userId: number,
  access: SpotifyAccess,
): Promise<CaptureResult> {
  const startedAt = await now(db);
  try {
    return await capture(db, userId, access, startedAt);
  } catch (error) {
    if (!isNoAttempt(error)) await recordFailedRun(db, userId, { startedAt, error });
    throw error;
  }
}

const now = async (db: Queries): Promise<Date> => (await db.one<{ now: Date }>('SELECT now() AS now')).now;

async function capture(
  db: Db,
  userId: number,
  access: SpotifyAccess,
  startedAt: Date,
): Promise<CaptureResult> {
  const { date, missing } = await findMissingRanges(db, userId);
  if (missing.length === 0) return { date, captured: [], places: 0, skipped: 0 };
  const guarded = { ...access, settings: gated(db, access.settings) };
  const lists = await withAccessToken(db, userId, guarded, (token) => fetchLists(guarded, token, missing));
  const skipped = sum(lists.map(({ list }) => list.skipped));
  const kept = await db.withTransaction((tx) => keepLists(tx, userId, { date, startedAt, lists, skipped }));
  return { date, ...kept, skipped };
}

/** Whether every list of the listener's day is kept. */
export async function isCapturedToday(db: Queries, userId: number): Promise<boolean> {
  return (await findMissingRanges(db, userId)).missing.length === 0;
}

interface Day {
  readonly date: string;
  readonly missing: readonly TimeRange[];
}

async function findMissingRanges(db: Queries, userId: number): Promise<Day> {
  const day = await db.one<{ date: string; kept: TimeRange[] }>(CAPTURED_TODAY, [userId]);
  return { date: day.date, missing: TIME_RANGES.filter((range) => !day.kept.includes(range)) };
}

const CAPTURED_TODAY = hotQuery(
  'dashboard: is today kept?',
  `
  SELECT
    (now() AT TIME ZONE timezone)::date AS date,
    ARRAY(
      SELECT DISTINCT time_range FROM snapshots
      WHERE user_id = $1 AND snapshot_date = (now() AT TIME ZONE timezone)::date
    ) AS kept
  FROM users
  WHERE user_id = $1`,
);

/** For a capture nobody is waiting for. */
const PATIENCE_MS = 30_000;

interface RangeList {
  readonly timeRange: TimeRange;
  readonly list: TopTracks;
}

/**
 * One after the other: when Spotify asks to wait, no other call is under way to prolong the penalty. The time limit
 * is one for all of them, since a listener may be waiting for the answer.
 */
async function fetchLists(
  { settings }: SpotifyAccess,
  accessToken: string,
  ranges: readonly TimeRange[],
): Promise<RangeList[]> {
  const deadline = Date.now() + (settings.timeoutMs ?? PATIENCE_MS);
  const lists: RangeList[] = [];
  for (const timeRange of ranges) {
    const timeoutMs = Math.max(1, deadline - Date.now());
    lists.push({ timeRange, list: await listTopTracks({ ...settings, timeoutMs }, accessToken, timeRange) });
  }
  return lists;
}

interface FetchedDay {
  readonly date: string;
  readonly startedAt: Date;
  readonly lists: readonly RangeList[];
  readonly skipped: number;
}

type Kept = Pick<CaptureResult, 'captured' | 'places'>;

async function keepLists(tx: Transaction, userId: number, day: FetchedDay): Promise<Kept> {
  await lockArchive(tx, userId);
  const wanted = await listWanted(tx, userId, day);
  // Another process was first and has told of it.
  if (wanted.length === 0) return { captured: [], places: 0 };
  const places = wanted.flatMap(({ timeRange, list }) => list.tracks.map((track) => ({ timeRange, track })));
  if (places.length > 0) await keepPlaces(tx, userId, day.date, places);
  const kept = {
    captured: wanted.filter(({ list }) => list.tracks.length > 0).map(({ timeRange }) => timeRange),
    places: places.length,
  };
  await recordRun(tx, userId, { ...day, ...kept });
  return kept;
}

/** The lists that nobody has kept while Spotify was being asked. */
async function listWanted(
  tx: Transaction,
  userId: number,
  { date, lists }: FetchedDay,
): Promise<RangeList[]> {
  const kept = await tx.many<{ time_range: TimeRange }>(
    `SELECT DISTINCT time_range FROM snapshots WHERE user_id = $1 AND snapshot_date = $2`,
    [userId, date],
  );
  return lists.filter(({ timeRange }) => !kept.some((row) => row.time_range === timeRange));
}

async function keepPlaces(
  tx: Transaction,
  userId: number,
  date: string,
  places: readonly { readonly timeRange: TimeRange; readonly track: RankedTrack }[],
): Promise<void> {
  await addTracks(
    tx,
    places.map(({ track }) => track),
  );
  const rows = places.map(({ timeRange, track: { trackId, rank } }) => ({
    time_range: timeRange,
    track_id: trackId,
    rank,
  }));
  await tx.execute(KEEP_PLACES, [userId, date, storableJson(rows)]);
  await refreshArchiveSummary(tx, userId);
}

/** As JSON, so that an odd id is written here as it was in the catalogue. */
const KEEP_PLACES = `
  INSERT INTO snapshots (user_id, snapshot_date, time_range, track_id, rank)
  SELECT $1, $2, time_range, track_id, rank
  FROM jsonb_to_recordset($3::jsonb) AS place (time_range text, track_id text, rank integer)`;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
