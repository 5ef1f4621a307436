import { ask, question } from '../database/ask-together.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Db } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import {
  listValues,
  libraryOf,
  sourceOf,
  TOP_TEN_ROWS,
  type ListOf,
  type SourceKind,
} from './list-source.ts';

interface Favourite extends TrackCard {
  readonly best_rank: number;
  readonly first_listed_date: string;
  readonly last_listed_date: string;
}

export interface Favourites {
  /** In a top ten then, and on no list in the year up to the newest snapshot. At most twelve. */
  readonly forgotten: readonly Favourite[];
  /** In a top ten then, on the range's newest list, known for a year or more. At most twelve, oldest first. */
  readonly lasting: readonly Favourite[];
}

export const findFavourites = (db: Db, userId: number, list: ListOf): Promise<Favourites> =>
  ask(db, FAVOURITES[sourceOf(list.time)], ...favouritesValues(userId, list));

export const favouritesValues = (userId: number, list: ListOf): unknown[] => [
  ...listValues(userId, list),
  list.time.from,
];

function favouritesIn(rows: readonly (Favourite & { readonly kind: string })[]): Favourites {
  const ofKind = (wanted: string): Favourite[] =>
    rows.filter(({ kind }) => kind === wanted).map(({ kind: _kind, ...favourite }) => favourite);
  return { forgotten: ofKind('forgotten'), lasting: ofKind('lasting') };
}

/**
 * From the newest list for lasting tracks, from the best of then downwards for forgotten ones: of a time that begins ($4)
 * within the last year none can be.
 */
const favouritesSql = (kind: SourceKind): string => `
  WITH newest AS MATERIALIZED (
    SELECT max(latest) FILTER (WHERE name = $2) AS of_range, max(latest) - interval '1 year' AS year_ago
    FROM (VALUES ('short_term'), ('medium_term'), ('long_term')) AS ranges (name),
    LATERAL (
      SELECT max(snapshot_date) AS latest FROM snapshot_lists WHERE user_id = $1 AND time_range = name
    ) AS of_range
  ),
  forgotten AS MATERIALIZED (
    SELECT track_id, best_then, first_listed_date, last_listed_date,
      row_number() OVER (ORDER BY best_then, points DESC, track_id) AS place
    FROM (
      SELECT once.track_id, best_then, first_listed_date, last_listed_date, points
      FROM (${TOP_TEN_ROWS[kind]}) AS once (track_id, best_then, points), ${libraryOf('once')} AS own
      WHERE $4::date < (SELECT year_ago FROM newest) AND last_listed_date < (SELECT year_ago FROM newest)
      ORDER BY best_then, points DESC, once.track_id LIMIT 12
    ) AS first
  ),
  lasting AS MATERIALIZED (
    SELECT now.track_id, best_then, first_listed_date, last_listed_date,
      row_number() OVER (ORDER BY first_listed_date, best_then, now.track_id) AS place
    FROM snapshots AS now, ${libraryOf('now')} AS own, LATERAL (${ONCE[kind]} OFFSET 0) AS once (best_then)
    WHERE now.user_id = $1 AND now.time_range = $2 AND now.snapshot_date = (SELECT of_range FROM newest)
      AND first_listed_date <= (SELECT year_ago FROM newest)
    ORDER BY place LIMIT 12
  )
  SELECT kind, best_then AS best_rank, first_listed_date, last_listed_date, ${TRACK_CARD}
  FROM (
    SELECT 'forgotten' AS kind, * FROM forgotten UNION ALL SELECT 'lasting', * FROM lasting
  ) AS favourites
  JOIN tracks USING (track_id)
  ORDER BY kind, place`;

/** The best rank then of a track of the newest list, if in the top ten. */
const ONCE: Readonly<Record<SourceKind, string>> = {
  day: `
      SELECT rank FROM snapshots AS s
      WHERE s.user_id = $1 AND s.time_range = $2 AND s.snapshot_date = $3::date AND s.track_id = now.track_id
        AND rank <= 10`,
  period: `
      SELECT best_rank FROM snapshot_periods AS p
      WHERE p.user_id = $1 AND p.time_range = $2 AND p.period = $3 AND p.track_id = now.track_id
        AND best_rank <= 10`,
};

export const FAVOURITES = {
  day: question(hotQuery('time machine: lost and kept of a day', favouritesSql('day')), favouritesIn),
  period: question(
    hotQuery('time machine: lost and kept of a period', favouritesSql('period')),
    favouritesIn,
  ),
};
