import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { Listener, Period } from '../ranges/period.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import {
  IN_ORDER,
  monthTables,
  periodTables,
  playedEver,
  playedInDays,
  playedInMonths,
  playedInPeriod,
  type TopOrder,
} from './played-in-period.ts';
import { bestTables, everyTop, MAY_SCAN } from './top-lists.ts';
import { PLACES } from './top-ranked.ts';
import { wayOf, type Way } from './ways.ts';

/** Top artists and albums as tracks: of each the one played most in the range, else the one Spotify ranked highest. */
type GroupKind = 'artists' | 'albums';

const JOINED: Readonly<Record<GroupKind, string>> = {
  artists:
    'JOIN track_artists AS credit ON credit.artist_id = top.id JOIN library_tracks AS own USING (track_id)',
  albums: 'JOIN library_tracks AS own ON own.album_id = top.id',
};

/**
 * SQL. (The planner believes that few tracks belong to the chosen artists or albums, and would join them with their plays
 * one by one: so both are put one below the other, and each track takes its plays from the row below.)
 * @param top common tables, of which `top` has (id, place) @param played rows of (id, plays …)
 */
const tracksOf = (kind: GroupKind, top: string, played: string): string => `
  WITH ${top}, own AS MATERIALIZED (
    SELECT top.place, top.id, own.track_id, own.best_rank FROM top ${JOINED[kind]}
    WHERE own.user_id = $1 AND NOT own.hidden
  ), told AS (
    SELECT place, id, track_id, best_rank, max(plays) OVER (PARTITION BY track_id) AS plays
    FROM (
      SELECT place, id, track_id, best_rank, NULL::int AS plays FROM own
      UNION ALL
      SELECT NULL, NULL, id, NULL, plays FROM (${played}) AS played
    ) AS one_below_the_other
  ), chosen AS (
    SELECT DISTINCT ON (place, id) place, track_id FROM told WHERE place IS NOT NULL
    ORDER BY place, id, plays DESC NULLS LAST, best_rank, track_id
  )
  SELECT track_id FROM chosen GROUP BY track_id ORDER BY min(place), track_id`;

/** SQL: what the tracks of `own` were played. */
const OWN_PLAYED: Readonly<Record<Way, string>> = {
  ever: playedEver('tracks', 'track_id IN (SELECT track_id FROM own)'),
  days: playedInDays('tracks', 'track', 'AND shown.id IN (SELECT track_id FROM own) OFFSET 0'),
  months: playedInMonths('tracks', 'track', 'track_id IN (SELECT track_id FROM own)'),
  period: playedInPeriod('tracks', 'track', 'track_id IN (SELECT track_id FROM own)'),
};

/** SQL: the common tables that those need. */
const OWN_TABLES: Readonly<Record<Way, readonly string[]>> = {
  ever: [],
  days: [periodTables('tracks', 'track')],
  months: [monthTables('track')],
  period: [periodTables('tracks', 'track')],
};

const PLANNED = { ...MAY_SCAN, plannedEachTime: true };

const groupOf = (kind: string): GroupKind => (kind === 'albums' ? 'albums' : 'artists');

const BEST = everyTop((way, of) => {
  const { kind, order } = of;
  const top = `${bestTables(way, of)}, top AS (SELECT id, row_number() OVER (ORDER BY ${IN_ORDER[order]}) AS place FROM best)`;
  const tables = [top, ...OWN_TABLES[way]].join(', ');
  return kind === 'tracks'
    ? ''
    : hotQuery(
        `playlist builder: a track of each of the ${kind} by ${order}, ${way}`,
        tracksOf(groupOf(kind), tables, OWN_PLAYED[way]),
        PLANNED,
      );
});

const BEST_RANKED = Object.fromEntries(
  (['artists', 'albums'] as const).map((kind) => [
    kind,
    hotQuery(
      `playlist builder: a track of each of the ${kind} that Spotify ranked`,
      tracksOf(
        kind,
        `top AS (SELECT * FROM (${PLACES[kind]('$3')}) AS ranked ORDER BY place LIMIT $4)`,
        OWN_PLAYED.ever,
      ),
      PLANNED,
    ),
  ]),
) as Readonly<Record<GroupKind, string>>;

interface Wanted {
  readonly kind: GroupKind;
  /** Of so many artists or albums at most. */
  readonly limit: number;
}

type Row = { readonly track_id: string };
const idsOf = (rows: readonly Row[]): string[] => rows.map(({ track_id: id }) => id);

/** By plays or minutes in a span. */
export async function listBestTrackIds(
  db: Queries,
  listener: Listener,
  span: Period,
  { kind, order, limit }: Wanted & { order: TopOrder },
): Promise<string[]> {
  const { way, values } = wayOf(kind, listener, span);
  return idsOf(await db.many<Row>(BEST[way][kind][order], [...values, limit]));
}

/** In the order of Spotify's list of a day. */
export async function listBestRankedTrackIds(
  db: Queries,
  userId: number,
  { kind, limit, timeRange, date }: Wanted & { timeRange: TimeRange; date: string },
): Promise<string[]> {
  return idsOf(await db.many<Row>(BEST_RANKED[kind], [userId, timeRange, date, limit]));
}
