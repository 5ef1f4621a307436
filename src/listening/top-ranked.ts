import { isArtistShown, isShown } from '../catalogue/shown.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import type { Period } from '../ranges/period.ts';
import { TOP_KINDS, type TopKind } from './played-in-period.ts';
import { topCards, type Cards } from './top-lists.ts';

/** What Spotify ranked: beside a range, the newest list of one time range that was kept by its end. */

interface Ranked {
  readonly id: string;
  /** Null: not known. */
  readonly place: number | null;
  /** In the list before; null: not there, or not known. */
  readonly previous_place: number | null;
}

export interface RankedTop<Kind extends TopKind> {
  /** null: no such list was kept by then. */
  readonly date: string | null;
  readonly previousDate: string | null;
  readonly entries: readonly (Ranked & Cards[Kind])[];
}

interface RankedOf<Kind extends TopKind> {
  readonly kind: Kind;
  readonly timeRange: TimeRange;
  readonly limit: number;
}

/** @param before the range it is compared with, by whose end the list before was kept; null: none */
export async function findRankedTop<Kind extends TopKind>(
  db: Queries,
  userId: number,
  [{ to }, before]: readonly [Period, Period | null],
  { kind, timeRange, limit }: RankedOf<Kind>,
): Promise<RankedTop<Kind>> {
  const dates = await db.one<{ date: string | null; previous: string | null }>(DATES[kind], [
    userId,
    timeRange,
    to,
    before?.to ?? null,
  ]);
  const { date } = dates;
  const previousDate = dates.previous === date ? null : dates.previous;
  const values = [userId, timeRange, date, previousDate, limit];
  const entries = date === null ? [] : await db.many<Ranked & Cards[Kind]>(LISTS[kind], values);
  return { date, previousDate, entries };
}

const TABLES: Readonly<Record<TopKind, string>> = {
  tracks: 'snapshots',
  artists: 'artist_snapshots',
  albums: 'snapshots',
};

/** Rows of (id, place) of the list of a day. Spotify ranks no albums: theirs is the order of their best tracks. */
export const PLACES: Readonly<Record<TopKind, (date: string) => string>> = {
  tracks: (date) => `
    SELECT track_id AS id, rank AS place FROM snapshots
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date = ${date}::date AND ${isShown('snapshots.track_id')}`,
  artists: (date) => `
    SELECT artist_id AS id, rank AS place FROM artist_snapshots
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date = ${date}::date AND ${isArtistShown('artist_snapshots.artist_id')}`,
  albums: (date) => `
    SELECT album_id AS id, (row_number() OVER (ORDER BY min(rank), album_id))::int AS place
    FROM snapshots JOIN library_tracks USING (user_id, track_id)
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date = ${date}::date AND NOT hidden AND album_id IS NOT NULL
    GROUP BY album_id`,
};

const each = (sql: (kind: TopKind) => string): Readonly<Record<TopKind, string>> =>
  Object.fromEntries(TOP_KINDS.map((kind) => [kind, sql(kind)])) as Record<TopKind, string>;

const DATES = each((kind) =>
  hotQuery(
    `top lists: which ${TABLES[kind]} are nearest`,
    `
  SELECT
    (SELECT max(snapshot_date) FROM ${TABLES[kind]}
     WHERE user_id = $1 AND time_range = $2 AND snapshot_date <= COALESCE($3::date, 'infinity')) AS date,
    (SELECT max(snapshot_date) FROM ${TABLES[kind]}
     WHERE user_id = $1 AND time_range = $2 AND snapshot_date <= $4::date) AS previous`,
  ),
);

const LISTS = each((kind) =>
  hotQuery(
    `top lists: ${kind} as Spotify ranked them`,
    `
  WITH before AS (${PLACES[kind]('$4')}), top AS (
    SELECT now.*, before.place AS previous_place
    FROM (${PLACES[kind]('$3')} ORDER BY place NULLS LAST, id LIMIT $5) AS now LEFT JOIN before USING (id)
  )
  ${topCards(kind)} ORDER BY place NULLS LAST, id`,
    { plannedEachTime: true },
  ),
);
