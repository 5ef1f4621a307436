import { ask, question } from '../database/ask-together.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Db, Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import { dayTime, readTime } from './chosen-time.ts';
import { LIST_ROWS, listValues, OTHER_ROWS, sourceOf, type ListOf, type SourceKind } from './list-source.ts';

export interface TimeListEntry extends TrackCard {
  /** The day's rank (null: unknown), or the position in the period's list. */
  readonly position: number | null;
  readonly points: number;
  readonly best_rank: number | null;
  readonly listings: number;
  /** Of the first entry only. */
  readonly art_url: string | null;
  readonly listed_in_other: boolean;
  /** Null: not in the other list, or there without a rank. */
  readonly other_position: number | null;
}

/** Only odd archives have longer lists. */
const LONGEST_SHOWN = 200;

/** Best first. `otherDate` must have a snapshot. */
export const listEntries = (
  db: Db,
  userId: number,
  list: ListOf,
  otherDate: string | null,
): Promise<readonly TimeListEntry[]> =>
  ask(db, ENTRIES[sourceOf(list.time)], ...listValues(userId, list), otherDate);

const entriesSql = (kind: SourceKind): string => `
  WITH list AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY position NULLS LAST, track_id) AS line
    FROM (${LIST_ROWS[kind]}) AS rows ORDER BY line LIMIT ${LONGEST_SHOWN}
  ),
  other AS MATERIALIZED (${OTHER_ROWS})
  SELECT
    list.position, list.points, list.best_rank, list.listings,
    ${TRACK_CARD},
    CASE WHEN line = 1 THEN raw_json #>> '{album,images,0,url}' END AS art_url,
    other.track_id IS NOT NULL AS listed_in_other,
    other.position AS other_position
  FROM list
  JOIN tracks USING (track_id)
  LEFT JOIN other USING (track_id)
  ORDER BY line`;

const asEntries = (rows: readonly TimeListEntry[]): readonly TimeListEntry[] => rows;

export const ENTRIES = {
  day: question(hotQuery('time machine: a day’s list', entriesSql('day')), asEntries),
  period: question(hotQuery('time machine: a period’s list', entriesSql('period')), asEntries),
};

export async function listSnapshotTrackIds(
  db: Queries,
  userId: number,
  { date, timeRange }: { date: string; timeRange: TimeRange },
  limit: number,
): Promise<string[]> {
  return listTrackIds(db, userId, { time: dayTime(date), timeRange }, limit);
}

/** At most 50, best first; empty without snapshots. @throws RangeError for a month or year that does not exist */
export async function listPeriodTrackIds(
  db: Queries,
  userId: number,
  { year, month, timeRange }: { year: number; month?: number | undefined; timeRange: TimeRange },
  limit: number,
): Promise<string[]> {
  const digits = String(year).padStart(4, '0');
  const time = readTime(month === undefined ? digits : `${digits}-${month}`);
  if (time === null) throw new RangeError('no such month or year');
  return listTrackIds(db, userId, { time, timeRange }, limit);
}

async function listTrackIds(db: Queries, userId: number, list: ListOf, limit: number): Promise<string[]> {
  const values = [...listValues(userId, list), limit];
  const rows = await db.many<{ track_id: string }>(TRACK_IDS[sourceOf(list.time)], values);
  return rows.map((row) => row.track_id);
}

const trackIdsSql = (kind: SourceKind): string => `
  SELECT track_id FROM (${LIST_ROWS[kind]}) AS list ORDER BY position NULLS LAST, track_id LIMIT $4::int`;

const TRACK_IDS: Readonly<Record<SourceKind, string>> = {
  day: hotQuery('time machine: a day as a list', trackIdsSql('day')),
  period: hotQuery('time machine: a period as a list', trackIdsSql('period')),
};
