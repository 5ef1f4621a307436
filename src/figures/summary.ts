import { ask, question } from '../database/ask-together.ts';
import { computeLibrarySound, type LibrarySound } from '../catalogue/library-sound.ts';
import type { Queries } from '../db.ts';
import { countLibraryValues, countPlayedValues, type LibraryValues } from '../explore/counts.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { TIME_RANGES, type TimeRange } from '../spotify/top-tracks.ts';
import { computeArchiveFigures, computeListFigures, type Figures } from './figures.ts';
import { computeMoodFigures, countsOf, type MoodCounts, type MoodPoint } from '../mood/figures.ts';

interface Totals {
  readonly snapshot_days: number;
  readonly snapshot_places: number;
  readonly playlists: number;
  /** `YYYY-MM-DD`; null before the first snapshot. */
  readonly first_date: string | null;
  readonly last_date: string | null;
}

/** Saved by writers; computed on reading if it is missing. */
export interface ArchiveSummary {
  readonly totals: Totals;
  readonly figures: Figures;
  readonly lists: Readonly<Record<TimeRange, Figures>>;
}

/** Never stale: triggers delete it with the first change. */
export const getArchiveSummary = async (db: Queries, userId: number): Promise<ArchiveSummary> =>
  (await ask(db, KEPT_SUMMARY, userId)) ?? computeArchiveSummary(db, userId);

export async function getMoodCounts(db: Queries, userId: number): Promise<MoodCounts> {
  const kept = await db.maybeOne<{ counts: MoodCounts | null }>(KEPT_MOOD_COUNTS, [userId]);
  return kept?.counts ?? countsOf(await computeMoodFigures(db, userId));
}

export async function getMoodPoints(db: Queries, userId: number): Promise<readonly MoodPoint[]> {
  const kept = await db.maybeOne<{ points: readonly MoodPoint[] | null }>(KEPT_MOOD_POINTS, [userId]);
  return kept?.points ?? (await computeMoodFigures(db, userId)).points;
}

/** Over all tracks of the library; deleted with the summary. */
interface LibrarySummary {
  readonly values: LibraryValues;
  readonly sound: LibrarySound;
}

/** @param kept what KEPT_SOUND found */
export const getLibrarySound = async (db: Queries, userId: number, kept: LibrarySound | null) =>
  kept ?? computeLibrarySound(db, userId);

export async function getLibraryValues(db: Queries, userId: number): Promise<LibraryValues> {
  const kept = await db.maybeOne<Record<'values' | 'plays', LibraryValues | null>>(KEPT_VALUES, [userId]);
  return [
    ...(kept?.values ?? (await countLibraryValues(db, userId))),
    ...(kept?.plays ?? (await countPlayedValues(db, userId))),
  ];
}

/** The last step of every transaction that changes a (locked) archive. */
export async function refreshArchiveSummary(tx: Queries, userId: number): Promise<void> {
  const summary = await computeArchiveSummary(tx, userId);
  const mood = await computeMoodFigures(tx, userId);
  const library: LibrarySummary = {
    values: await countLibraryValues(tx, userId),
    sound: await computeLibrarySound(tx, userId),
  };
  const plays = await countPlayedValues(tx, userId);
  await tx.execute(
    `INSERT INTO archive_summaries (user_id, summary, mood, library, plays) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (user_id) DO UPDATE SET (summary, mood, library, plays, computed_at)
       = (excluded.summary, excluded.mood, excluded.library, excluded.plays, now())`,
    [userId, ...[{ ...summary, shape: SHAPE }, mood, library, plays].map((kept) => JSON.stringify(kept))],
  );
}

/** The last step of a transaction that adds plays: the summary too, if a track has come to the library. */
export async function refreshPlayedSummary(tx: Queries, userId: number): Promise<void> {
  const plays = await countPlayedValues(tx, userId);
  const kept = await tx.execute('UPDATE archive_summaries SET plays = $2 WHERE user_id = $1', [
    userId,
    JSON.stringify(plays),
  ]);
  if (kept === 0) await refreshArchiveSummary(tx, userId);
}

export async function isAnythingKept(db: Queries): Promise<boolean> {
  return (await db.one<{ kept: boolean }>('SELECT EXISTS (SELECT FROM library_tracks) AS kept')).kept;
}

async function computeArchiveSummary(db: Queries, userId: number): Promise<ArchiveSummary> {
  const totals = await db.one<Totals>(TOTALS, [userId]);
  const figures = await computeArchiveFigures(db, userId);
  const lists: [TimeRange, Figures][] = [];
  for (const range of TIME_RANGES) lists.push([range, await computeListFigures(db, userId, range)]);
  return { totals, figures, lists: Object.fromEntries(lists) as ArchiveSummary['lists'] };
}

/** Raise it whenever ArchiveSummary, MoodFigures or LibrarySummary change, to compute saved ones again. */
const SHAPE = 2;
const OF_THIS_SHAPE = `summary @> '{"shape": ${SHAPE}}'`;

/** Counted on every reading, since an empty playlist changes nothing else. */
const PLAYLISTS = '(SELECT count(*)::int FROM playlists WHERE user_id = $1)';

/** Null: it has to be computed. */
const KEPT_SUMMARY = question<[userId: number], ArchiveSummary | null>(
  hotQuery(
    'every chart: the archive in figures, kept ready',
    `SELECT jsonb_set(summary - 'shape', '{totals,playlists}', to_jsonb(${PLAYLISTS})) AS summary
     FROM archive_summaries WHERE user_id = $1 AND ${OF_THIS_SHAPE}`,
  ),
  ([kept]: readonly { summary: ArchiveSummary }[]) => kept?.summary ?? null,
);

/** What a page of one time range shows of it. */
export interface RangeSummary extends Pick<ArchiveSummary, 'totals' | 'figures'> {
  /** Of the range's newest list. */
  readonly list: Figures;
}

export async function computeRangeSummary(
  db: Queries,
  userId: number,
  range: TimeRange,
): Promise<RangeSummary> {
  const { totals, figures, lists } = await computeArchiveSummary(db, userId);
  return { totals, figures, list: lists[range] };
}

/** Null: it has to be computed. */
export const KEPT_RANGE_SUMMARY = question<[userId: number, range: TimeRange], RangeSummary | null>(
  `SELECT jsonb_set(summary -> 'totals', '{playlists}', to_jsonb(${PLAYLISTS})) AS totals,
     summary -> 'figures' AS figures, summary -> 'lists' -> $2::text AS list
   FROM archive_summaries WHERE user_id = $1 AND ${OF_THIS_SHAPE}`,
  ([kept]: readonly RangeSummary[]) => kept ?? null,
);

const KEPT_MOOD_POINTS = hotQuery(
  'mood: the points of its map, kept ready',
  `SELECT mood -> 'points' AS points FROM archive_summaries WHERE user_id = $1 AND ${OF_THIS_SHAPE}`,
);

const KEPT_MOOD_COUNTS = hotQuery(
  'mood: the archive in moods, kept ready',
  `SELECT mood - 'points' || jsonb_build_object('drawn', jsonb_array_length(mood -> 'points')) AS counts
   FROM archive_summaries WHERE user_id = $1 AND ${OF_THIS_SHAPE}`,
);

/** Null: it has to be computed. */
export const KEPT_SOUND = question<[userId: number], LibrarySound | null>(
  `SELECT library -> 'sound' AS sound FROM archive_summaries WHERE user_id = $1 AND ${OF_THIS_SHAPE}`,
  ([kept]: readonly { sound: LibrarySound | null }[]) => kept?.sound ?? null,
);

const KEPT_VALUES = hotQuery(
  'explore: what the library holds, kept ready',
  `SELECT library -> 'values' AS values, plays FROM archive_summaries WHERE user_id = $1 AND ${OF_THIS_SHAPE}`,
);

const TOTALS = `
  SELECT
    count(DISTINCT snapshot_date)::int AS snapshot_days,
    COALESCE(sum(places), 0)::int AS snapshot_places,
    ${PLAYLISTS} AS playlists,
    min(snapshot_date) AS first_date,
    max(snapshot_date) AS last_date
  FROM snapshot_lists
  WHERE user_id = $1`;
