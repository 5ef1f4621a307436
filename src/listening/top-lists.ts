import { ask, question } from '../database/ask-together.ts';
import type { PlayTally } from '../catalogue/play-tally.ts';
import { joinByKey, TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { periodValues, type Listener, type Period } from '../ranges/period.ts';
import type { Days } from '../ranges/range.ts';
import {
  IN_ORDER,
  isOneOf,
  periodTables,
  monthTables,
  playedEver,
  playedInDays,
  playedInMonths,
  playedInPeriod,
  RANKED,
  READS_ALL_TALLIES,
  TOP_KINDS,
  TOP_ORDERS,
  VALUE,
  wayOfDays,
  type TopKind,
  type TopOrder,
} from './played-in-period.ts';
import { each, everyWay, wayOf, type Way } from './ways.ts';

/** What was played most in any span of days: the plays that count, of tracks that are not hidden. */

export interface TopOf {
  readonly kind: TopKind;
  readonly order: TopOrder;
}

export interface TopPlace extends PlayTally {
  readonly id: string;
  readonly place: number;
}

interface TopArtistCard {
  readonly artist_id: string;
  readonly name: string | null;
  readonly image_url: string | null;
}

/** As its most played track names it. */
interface TopAlbumCard extends Pick<TrackCard, 'name' | 'artist_name' | 'cover_seed' | 'thumbnail_url'> {
  readonly album_id: string;
}

interface TopTrackCard extends TrackCard {
  /** The cover at its largest, of the first alone: no page shows another one so large. */
  readonly art_url: string | null;
}

/** What is shown of each. */
export interface Cards {
  readonly tracks: TopTrackCard;
  readonly artists: TopArtistCard;
  readonly albums: TopAlbumCard;
}

/** The value that follows those of each way. */
const NEXT: Readonly<Record<Way, string>> = { ever: '$2', days: '$5', months: '$5', period: '$5' };

/** Something for each way, kind and order. */
export const everyTop = <Value>(make: (way: Way, of: TopOf) => Value) =>
  everyWay((way) => each(TOP_KINDS, (kind) => each(TOP_ORDERS, (order) => make(way, { kind, order }))));

/**
 * SQL: whether a tally is as large as `needed`. Between two bounds the planner expects few, and finds tracks by an index;
 * artists and albums are not so many.
 */
const isEnough = ({ kind, order }: TopOf): string =>
  kind === 'tracks'
    ? `${VALUE[order]} BETWEEN (SELECT least FROM needed) AND (SELECT ${Number.MAX_SAFE_INTEGER})`
    : `${VALUE[order]} >= (SELECT least FROM needed)`;

/** How those ways are counted that look at all tallies of a listener. */
const COUNTED = {
  months: { tables: () => monthTables(), played: playedInMonths },
  period: { tables: periodTables, played: playedInPeriod },
};

/** So many times as many as are wanted, of those played most ever, are asked first how much they were played in a period. */
const LIKELY = 8;

/**
 * SQL: common tables, of which `best` are the first of a span; how many is the value after the way's own. Of a period, only
 * those are added up that were played as much ever as the last of the likely ones was in it: no other can be among the first.
 * (A limit that the planner does not see lets a connection keep the plan, which takes longer to make than to follow.)
 */
export function bestTables(way: Way, { kind, order }: TopOf): string {
  const limit = (times = 1): string => `LIMIT (SELECT ${times} * ${NEXT[way]}::int)`;
  const first = (played: string): string =>
    `best AS (SELECT * FROM (${played}) AS played ORDER BY ${IN_ORDER[order]} ${limit()})`;
  if (way === 'ever') return first(playedEver(kind));
  if (way === 'days') {
    const which =
      order === 'plays' ? `ORDER BY plays DESC FETCH FIRST (${NEXT[way]}::int) ROWS WITH TIES` : undefined;
    return `${periodTables(kind)}, ${first(playedInDays(kind, 'asked', which))}`;
  }
  const { tables, played } = COUNTED[way];
  const likely = `ARRAY(SELECT id FROM (${playedEver(kind)}) AS ever ORDER BY ${VALUE[order]} DESC ${limit(LIKELY)})`;
  return `${tables(kind)}, needed AS MATERIALIZED (
    SELECT COALESCE((
      SELECT ${VALUE[order]} FROM (${played(kind, 'asked', isOneOf(kind, likely))}) AS counted
      ORDER BY ${VALUE[order]} DESC OFFSET ${NEXT[way]}::int - 1 LIMIT 1), 0) AS least
  ), ${first(played(kind, 'asked', isEnough({ kind, order })))}`;
}

const WAY_WORDS: Readonly<Record<Way, string>> = {
  ever: ' of all time',
  days: ' of some days',
  months: ' of whole months',
  period: '',
};

export const MAY_SCAN = {
  mayScan:
    'every track played in the range is credited: where those are much of the catalogue, so are their credits',
};

/** SQL: the place of each, counted from the first. */
const placed = (order: TopOrder, played: string): string =>
  `SELECT *, (row_number() OVER (ORDER BY ${IN_ORDER[order]}))::int AS place FROM (${played}) AS played`;

/** The first of a span, in order, each with its card. */
export const TOP = everyTop((way, of) =>
  question<readonly unknown[], readonly TopPlace[]>(
    hotQuery(
      `top lists: ${of.kind} by ${of.order}${WAY_WORDS[way]}`,
      `WITH ${bestTables(way, of)}, top AS (${placed(of.order, 'SELECT * FROM best')})
      ${topCards(of.kind)} ORDER BY place`,
      MAY_SCAN,
    ),
    (rows: readonly TopPlace[]) => rows,
  ),
);

export async function listTop<Kind extends TopKind>(
  db: Queries,
  listener: Listener,
  span: Period,
  { kind, order, limit }: { kind: Kind; order: TopOrder; limit: number },
): Promise<readonly (TopPlace & Cards[Kind])[]> {
  const { way, values } = wayOf(kind, listener, span);
  const top = await ask(db, TOP[way][kind][order], ...values, limit);
  return top as readonly (TopPlace & Cards[Kind])[];
}

/** SQL: of tracks as above, those that are played as often as any of those that are asked for. */
const OFTEN_ENOUGH: Readonly<Record<TopOrder, string | undefined>> = {
  plays: 'AND plays >= (SELECT min(plays) FROM asked_beside WHERE id = ANY ($5::text[])) OFFSET 0',
  minutes: undefined,
};

/** Of the many that are ranked, few are asked for: no other is added up whole. */
function placesOfAll(way: keyof typeof COUNTED, { kind, order }: TopOf): string {
  const { tables, played } = COUNTED[way];
  return hotQuery(
    `top lists: places of ${kind} by ${order}${WAY_WORDS[way]}`,
    `WITH ${tables(kind)}, asked AS MATERIALIZED (${played(kind, 'asked', isOneOf(kind, '$5::text[]'))}),
    needed AS MATERIALIZED (SELECT min(${VALUE[order]}) AS least FROM asked)
    SELECT asked.*, place FROM (${placed(
      order,
      `SELECT * FROM (${played(kind, 'asked', isEnough({ kind, order }), RANKED)}) AS counted
      WHERE ${VALUE[order]} >= (SELECT least FROM needed)`,
    )}) AS placed JOIN asked USING (id) WHERE id = ANY ($5::text[])`,
    MAY_SCAN,
  );
}

const PLACES = each(TOP_KINDS, (kind) =>
  each(TOP_ORDERS, (order) => ({
    days: hotQuery(
      `top lists: places of ${kind} by ${order} in some days`,
      `WITH ${periodTables(kind)}
      SELECT * FROM (${placed(order, playedInDays(kind, 'asked', OFTEN_ENOUGH[order]))}) AS placed
      WHERE id = ANY ($5::text[])`,
      MAY_SCAN,
    ),
    ...each(['months', 'period'], (way) => placesOfAll(way, { kind, order })),
  })),
);

/** Where some of them stood in another span, and with how much; those that were not played in it are left out. */
export async function findPlaces(
  db: Queries,
  listener: Listener,
  span: Days,
  { kind, order, ids }: TopOf & { ids: readonly string[] },
): Promise<Map<string, TopPlace>> {
  if (ids.length === 0) return new Map();
  const rows = await db.many<TopPlace>(PLACES[kind][order][wayOfDays(kind, span)], [
    ...periodValues(listener, span),
    ids,
  ]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** SQL: the cards of the ids in `top`, with the other columns of it, of which `place` is one. */
export function topCards(kind: TopKind): string {
  if (kind === 'tracks')
    return `SELECT ${TRACK_CARD}, CASE WHEN place = 1 THEN raw_json #>> '{album,images,0,url}' END AS art_url, top.*
    FROM top ${joinByKey('tracks', 'top.id')}`;
  if (kind === 'artists')
    return `SELECT artist_id, name, artists.thumbnail_url AS image_url, top.*
    FROM top JOIN artists ON artists.artist_id = top.id`;
  return `
    SELECT top.id AS album_id, tracks.album_name AS name,
      COALESCE(raw_json #>> '{album,artists,0,name}', tracks.artist_name) AS artist_name,
      tracks.cover_seed, tracks.thumbnail_url, top.*
    FROM top
    CROSS JOIN LATERAL (
      SELECT own.track_id FROM library_tracks AS own LEFT JOIN played_tracks USING (user_id, track_id)
      WHERE own.user_id = $1 AND own.album_id = top.id AND NOT own.hidden
      ORDER BY plays DESC NULLS LAST, own.track_id LIMIT 1
    ) AS best JOIN tracks USING (track_id)`;
}

const IDS = everyWay((way) =>
  each(TOP_ORDERS, (order) =>
    hotQuery(
      `playlist builder: tracks by ${order}${WAY_WORDS[way]}`,
      `WITH ${bestTables(way, { kind: 'tracks', order })} SELECT id FROM best ORDER BY ${IN_ORDER[order]}`,
      { ...READS_ALL_TALLIES, plannedEachTime: true },
    ),
  ),
);

/** The ids of the first tracks alone. */
export async function listTopTrackIds(
  db: Queries,
  listener: Listener,
  span: Period,
  { order, limit }: { order: TopOrder; limit: number },
): Promise<string[]> {
  const { way, values } = wayOf('tracks', listener, span);
  const rows = await db.many<{ id: string }>(IDS[way][order], [...values, limit]);
  return rows.map(({ id }) => id);
}
