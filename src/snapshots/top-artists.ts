import { ask, question } from '../database/ask-together.ts';
import { isArtistShown } from '../catalogue/shown.ts';
import type { Db, Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { TimeRange } from '../spotify/top-list.ts';
import { sourceOf, type ListOf, type SourceKind } from './list-source.ts';

interface ArtistCard {
  readonly artist_id: string;
  readonly name: string | null;
  readonly image_url: string | null;
}

const ARTIST_CARD = `artists.artist_id, artists.name, artists.thumbnail_url AS image_url`;

interface TopArtist extends ArtistCard {
  readonly rank: number | null;
  /** In the list before; null: not there, or without a rank. */
  readonly previous_rank: number | null;
  /** The last list before this one (`YYYY-MM-DD`); null: never. */
  readonly last_seen_date: string | null;
}

export interface TopArtists {
  readonly snapshotDate: string;
  readonly previousDate: string | null;
  readonly entries: readonly TopArtist[];
}

/** Null if there is nothing to show. */
export const findTopArtists = (
  db: Queries,
  ...values: [userId: number, timeRange: TimeRange, limit: number]
): Promise<TopArtists | null> => ask(db, TOP_ARTISTS, ...values);

export const TOP_ARTISTS = question<[userId: number, timeRange: TimeRange, limit: number], TopArtists | null>(
  `
  WITH newest AS (
    SELECT max(snapshot_date) AS latest FROM artist_snapshot_lists WHERE user_id = $1 AND time_range = $2
  ),
  dates AS MATERIALIZED (
    SELECT latest, (
      SELECT max(snapshot_date) FROM artist_snapshot_lists
      WHERE user_id = $1 AND time_range = $2 AND snapshot_date < latest) AS previous
    FROM newest
  ),
  top AS (
    SELECT latest, previous, artist_id, rank
    FROM dates JOIN artist_snapshots AS now ON (now.user_id, now.time_range, now.snapshot_date) = ($1, $2, latest)
    WHERE ${isArtistShown('now.artist_id')}
    ORDER BY rank NULLS LAST, artist_id LIMIT $3
  )
  SELECT latest, previous, top.rank, ${ARTIST_CARD}, before.rank AS previous_rank,
    COALESCE(before.snapshot_date, earlier.last_seen_date) AS last_seen_date
  FROM top
  JOIN artists USING (artist_id)
  LEFT JOIN artist_snapshots AS before
    ON (before.user_id, before.snapshot_date, before.time_range, before.artist_id)
     = ($1, previous, $2, top.artist_id)
  LEFT JOIN LATERAL (
    SELECT max(snapshot_date) AS last_seen_date
    FROM artist_snapshots
    WHERE (user_id, artist_id, time_range) = ($1, top.artist_id, $2) AND snapshot_date < previous
  ) AS earlier ON before.artist_id IS NULL
  ORDER BY top.rank NULLS LAST, artists.artist_id`,
  (entries: readonly (TopArtist & { latest: string; previous: string | null })[]) => {
    const [first] = entries;
    return first === undefined ? null : { snapshotDate: first.latest, previousDate: first.previous, entries };
  },
);

interface TimeArtist extends ArtistCard {
  /** From 1; on a day Spotify's rank (null: unknown). */
  readonly position: number | null;
  /** The sum of 51 − rank over the time's lists, at least 1 each. */
  readonly points: number;
  readonly best_rank: number | null;
  readonly listings: number;
}

export interface TimeArtists {
  /** Lists of that time; 0: none, and no artists. */
  readonly lists: number;
  readonly entries: readonly TimeArtist[];
}

/** For a day by rank, for a longer time by points. */
export const listTimeArtists = (db: Db, userId: number, list: ListOf, limit: number): Promise<TimeArtists> =>
  ask(db, TIME_ARTISTS[sourceOf(list.time)], ...timeArtistsValues(userId, list, limit));

export const timeArtistsValues = (userId: number, { time, timeRange }: ListOf, limit: number): unknown[] => [
  userId,
  timeRange,
  time.id,
  time.from,
  time.to,
  limit,
];

const artistsOf =
  (kind: SourceKind) =>
  (rows: readonly (TimeArtist & { lists: number })[]): TimeArtists => ({
    lists: rows[0]?.lists ?? 0,
    entries: rows.map((row, at) => ({ ...row, position: kind === 'day' ? row.best_rank : at + 1 })),
  });

const PLACES: Readonly<Record<SourceKind, string>> = {
  day: `
    SELECT artist_id, points_of_rank(rank) AS points, rank AS best_rank, 1 AS listings FROM artist_snapshots
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date = $3::date`,
  period: `
    SELECT artist_id, points, best_rank, listings FROM artist_snapshot_periods
    WHERE user_id = $1 AND time_range = $2 AND period = $3`,
};

const timeArtistsSql = (kind: SourceKind): string => `
  WITH top AS (
    SELECT * FROM (${PLACES[kind]}) AS places WHERE ${isArtistShown('places.artist_id')}
    ORDER BY points DESC, best_rank, artist_id LIMIT $6
  )
  SELECT ${ARTIST_CARD}, points, best_rank, listings, (
    SELECT count(*)::int FROM artist_snapshot_lists
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date BETWEEN $4::date AND $5::date) AS lists
  FROM top JOIN artists USING (artist_id)
  ORDER BY points DESC, best_rank, artist_id`;

export const TIME_ARTISTS = {
  day: question(
    hotQuery('time machine: Spotify’s artists of a day', timeArtistsSql('day')),
    artistsOf('day'),
  ),
  period: question(
    hotQuery('time machine: Spotify’s artists of a period', timeArtistsSql('period')),
    artistsOf('period'),
  ),
};
