import { isArtistShown } from '../catalogue/shown.ts';
import type { Db } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import type { TimeRange } from '../spotify/top-list.ts';
import type { ListOf } from './list-source.ts';

/** An artist as a list shows one. */
interface ArtistCard {
  readonly artist_id: string;
  readonly name: string | null;
  /** The smallest picture Spotify gave. */
  readonly image_url: string | null;
}

/** SQL: the columns of an ArtistCard, where `artists` is joined. */
const ARTIST_CARD = `artists.artist_id, artists.name, artists.raw_json #>> '{images,-1,url}' AS image_url`;

/** One place of Spotify's newest list, and what is known of the artist's places before. */
interface TopArtist extends ArtistCard {
  readonly rank: number | null;
  /** Its rank in the list before; null: it was not there, or had none. */
  readonly previous_rank: number | null;
  /** The last list it was in before this one (`YYYY-MM-DD`); null: never before. */
  readonly last_seen_date: string | null;
}

export interface TopArtists {
  readonly snapshotDate: string;
  /** null: this is the first list of the range. */
  readonly previousDate: string | null;
  readonly entries: readonly TopArtist[];
}

/** The head of Spotify's newest list of artists, compared with the list before; null where nothing of it is to be shown. */
export async function findTopArtists(
  db: Db,
  userId: number,
  timeRange: TimeRange,
  limit: number,
): Promise<TopArtists | null> {
  const rows = await db.many<TopArtist & { latest: string; previous: string | null }>(TOP_ARTISTS, [
    userId,
    timeRange,
    limit,
  ]);
  const [first] = rows;
  return first === undefined
    ? null
    : { snapshotDate: first.latest, previousDate: first.previous, entries: rows };
}

const TOP_ARTISTS = hotQuery(
  'dashboard: the top artists and their movement',
  `
  WITH newest AS (
    SELECT max(snapshot_date) AS latest FROM artist_snapshots WHERE user_id = $1 AND time_range = $2
  ),
  dates AS MATERIALIZED (
    SELECT latest, (
      SELECT max(snapshot_date) FROM artist_snapshots
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
);

/** An artist in Spotify's own lists of a chosen time. */
interface TimeArtist extends ArtistCard {
  /** Best first, from 1; on a day, Spotify's rank (null: not known). */
  readonly position: number | null;
  /** The sum over the time's lists of 51 − rank, at least 1 for each place. */
  readonly points: number;
  readonly best_rank: number | null;
  /** In how many of the time's lists. */
  readonly listings: number;
}

export interface TimeArtists {
  /** Lists kept of that time; 0: none, and no artists. */
  readonly lists: number;
  readonly entries: readonly TimeArtist[];
}

/** Who led Spotify's own lists of artists in a chosen time: of a day by its ranks, of a longer time by points. */
export async function listTimeArtists(
  db: Db,
  userId: number,
  { time, timeRange }: ListOf,
  limit: number,
): Promise<TimeArtists> {
  const values = [userId, timeRange, time.from, time.to, limit];
  const rows = await db.many<TimeArtist & { lists: number }>(TIME_ARTISTS, values);
  const position = (row: TimeArtist, index: number) => (time.kind === 'day' ? row.best_rank : index + 1);
  return {
    lists: rows[0]?.lists ?? 0,
    entries: rows.map((row, index) => ({ ...row, position: position(row, index) })),
  };
}

const TIME_ARTISTS = hotQuery(
  'time machine: Spotify’s artists of a time',
  `
  WITH places AS NOT MATERIALIZED (
    SELECT snapshot_date, artist_id, rank FROM artist_snapshots
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date BETWEEN $3::date AND $4::date
  ),
  best AS (
    SELECT artist_id, sum(points_of_rank(rank))::int AS points, min(rank) AS best_rank, count(*)::int AS listings
    FROM places GROUP BY artist_id
  ),
  top AS (
    SELECT * FROM best WHERE ${isArtistShown('best.artist_id')}
    ORDER BY points DESC, best_rank, artist_id LIMIT $5
  )
  SELECT ${ARTIST_CARD}, points, best_rank, listings,
    (SELECT count(DISTINCT snapshot_date)::int FROM places) AS lists
  FROM top JOIN artists USING (artist_id)
  ORDER BY points DESC, best_rank, artist_id`,
);
