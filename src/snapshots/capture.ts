import { lockArchive } from '../archives/lock.ts';
import { refreshArchiveSummary } from '../archives/summary.ts';
import { storableJson } from '../catalogue/storable-json.ts';
import { addTracks } from '../catalogue/tracks.ts';
import type { Db, Queries, Transaction } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { listTopTracks, TIME_RANGES, type TimeRange, type TopTracks } from '../spotify/top-tracks.ts';
import { withAccessToken, type SpotifyAccess } from '../users/connections.ts';
import { withinSpotifyLimit } from '../users/spotify-limit.ts';

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
 * processes it runs, a day's list is kept once, as first seen.
 * @throws NeedsReconnect, SpotifyError (nothing is kept then)
 */
export async function captureSnapshots(
  db: Db,
  userId: number,
  access: SpotifyAccess,
): Promise<CaptureResult> {
  const { date, missing } = await findMissingRanges(db, userId);
  if (missing.length === 0) return { date, captured: [], places: 0, skipped: 0 };
  const lists = await withinSpotifyLimit(db, () =>
    withAccessToken(db, userId, access, (token) => fetchLists(access, token, missing)),
  );
  const kept = await db.withTransaction((tx) => keepLists(tx, userId, { date, lists }));
  return { date, ...kept, skipped: sum(lists.map(({ list }) => list.skipped)) };
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
  ['userId'],
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

async function keepLists(
  tx: Transaction,
  userId: number,
  { date, lists }: { date: string; lists: readonly RangeList[] },
): Promise<{ captured: TimeRange[]; places: number }> {
  await lockArchive(tx, userId);
  const kept = await tx.many<{ time_range: TimeRange }>(
    `SELECT DISTINCT time_range FROM snapshots WHERE user_id = $1 AND snapshot_date = $2`,
    [userId, date],
  );
  const wanted = lists.filter(({ timeRange }) => !kept.some((row) => row.time_range === timeRange));
  const places = wanted.flatMap(({ timeRange, list }) => list.tracks.map((track) => ({ timeRange, track })));
  if (places.length === 0) return { captured: [], places: 0 };
  await addTracks(
    tx,
    places.map(({ track }) => track),
  );
  await tx.execute(KEEP_PLACES, [
    userId,
    date,
    storableJson(
      places.map(({ timeRange, track: { trackId, rank } }) => ({
        time_range: timeRange,
        track_id: trackId,
        rank,
      })),
    ),
  ]);
  await refreshArchiveSummary(tx, userId);
  return {
    captured: wanted.filter(({ list }) => list.tracks.length > 0).map(({ timeRange }) => timeRange),
    places: places.length,
  };
}

/** As JSON, so that an odd id is written here as it was in the catalogue. */
const KEEP_PLACES = `
  INSERT INTO snapshots (user_id, snapshot_date, time_range, track_id, rank)
  SELECT $1, $2, time_range, track_id, rank
  FROM jsonb_to_recordset($3::jsonb) AS place (time_range text, track_id text, rank integer)`;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
