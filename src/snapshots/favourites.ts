import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Db } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { listValues, sourceOf, TOP_TEN_ROWS, type ListOf, type SourceKind } from './list-source.ts';

/** A track of a top ten of that time, and when it was first and last on any list. */
export interface Favourite extends TrackCard {
  readonly best_rank: number;
  readonly first_listed_date: string;
  readonly last_listed_date: string;
}

/** In a top ten then, and on no list of any range in the year up to the newest snapshot. At most twelve. */
export const listForgottenFavourites = (db: Db, userId: number, list: ListOf): Promise<Favourite[]> =>
  db.many<Favourite>(FORGOTTEN[sourceOf(list.time)], listValues(userId, list));

/** In a top ten then, on the range's newest list too, and known for a year or more. At most twelve, oldest first. */
export const listLastingFavourites = (db: Db, userId: number, list: ListOf): Promise<Favourite[]> =>
  db.many<Favourite>(LASTING[sourceOf(list.time)], listValues(userId, list));

const NEWEST = `
  newest AS (
    SELECT max(latest) AS latest
    FROM (VALUES ('short_term'), ('medium_term'), ('long_term')) AS ranges (name),
    LATERAL (
      SELECT max(snapshot_date) AS latest FROM snapshot_lists WHERE user_id = $1 AND time_range = name
    ) AS of_range
  )`;

const favouritesSql = (kind: SourceKind, condition: string, order: string): string => `
  WITH ${NEWEST},
  chosen AS MATERIALIZED (
    SELECT track_id, best_then, first_listed_date, last_listed_date, points
    FROM (${TOP_TEN_ROWS[kind]}) AS once (track_id, best_then, points)
    JOIN archive_tracks AS a USING (track_id)
    WHERE a.user_id = $1 AND ${condition}
    ORDER BY ${order} LIMIT 12
  )
  SELECT best_then AS best_rank, first_listed_date, last_listed_date, ${TRACK_CARD}
  FROM chosen JOIN tracks USING (track_id)
  ORDER BY ${order}`;

const NOT_LISTED_FOR_A_YEAR = `last_listed_date < (SELECT latest - interval '1 year' FROM newest)`;

const KNOWN_AND_LISTED_NOW = `first_listed_date <= (SELECT latest - interval '1 year' FROM newest)
      AND EXISTS (
        SELECT FROM snapshots AS s
        WHERE s.user_id = $1 AND s.time_range = $2 AND s.track_id = once.track_id
          AND s.snapshot_date = (
            SELECT max(snapshot_date) FROM snapshot_lists WHERE user_id = $1 AND time_range = $2))`;

const ofBoth = (subject: string, condition: string, order: string): Readonly<Record<SourceKind, string>> => ({
  day: hotQuery(
    `time machine: ${subject} of a day`,
    ['userId', 'timeRange', 'previousDate'],
    favouritesSql('day', condition, order),
  ),
  period: hotQuery(
    `time machine: ${subject} of a period`,
    ['userId', 'timeRange', 'period'],
    favouritesSql('period', condition, order),
  ),
});

const FORGOTTEN = ofBoth('forgotten favourites', NOT_LISTED_FOR_A_YEAR, 'best_then, points DESC, track_id');
const LASTING = ofBoth('lasting favourites', KNOWN_AND_LISTED_NOW, 'first_listed_date, best_then, track_id');
