import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import { TALLY, type PlayTally } from '../catalogue/play-tally.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { periodValues, type Listener, type Period } from '../ranges/period.ts';
import { PLAYED_IN_PERIOD } from './played-in-period.ts';
import type { Days } from '../ranges/range.ts';
import { TALLY_SUM } from './tally.ts';

/** What was played most in any span of days: the plays that count, of tracks that are not hidden. */

export const TOP_KINDS = ['tracks', 'artists', 'albums'] as const;
export type TopKind = (typeof TOP_KINDS)[number];

type Way = 'ever' | 'period';

const isEver = ({ from, to }: Period): boolean => from === null && to === null;

/** By plays; of those played as often the one played longer. By minutes: the other way round. */
export const TOP_ORDERS = ['plays', 'minutes'] as const;
export type TopOrder = (typeof TOP_ORDERS)[number];

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

/** What is shown of each. */
export interface Cards {
  readonly tracks: TrackCard;
  readonly artists: TopArtistCard;
  readonly albums: TopAlbumCard;
}

/** The first of a span, in order. */
export function listTop<Kind extends TopKind>(
  db: Queries,
  listener: Listener,
  span: Period,
  { kind, order, limit }: { kind: Kind; order: TopOrder; limit: number },
): Promise<(TopPlace & Cards[Kind])[]> {
  const [sql, values] = isEver(span)
    ? [LISTS.ever, [listener.user_id, limit]]
    : [LISTS.period, [...periodValues(listener, span), limit]];
  return db.many<TopPlace & Cards[Kind]>(sql[kind][order], values);
}

/** Where some of them stood in another span, and with how much; those that were not played in it are left out. */
export async function findPlaces(
  db: Queries,
  listener: Listener,
  span: Days,
  { kind, order, ids }: TopOf & { ids: readonly string[] },
): Promise<Map<string, TopPlace>> {
  const rows = await db.many<TopPlace>(PLACES[kind][order], [...periodValues(listener, span), ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

const IN_ORDER: Readonly<Record<TopOrder, string>> = {
  plays: 'plays DESC, ms_played + about_ms DESC, id',
  minutes: 'ms_played + about_ms DESC, plays DESC, id',
};

/** What the rows of tracks are added up by. */
const JOINED: Readonly<Record<TopKind, { readonly id: string; readonly join: string }>> = {
  tracks: { id: 'track_id', join: '' },
  artists: { id: 'artist_id', join: 'JOIN track_artists USING (track_id)' },
  albums: {
    id: 'album_id',
    join: `JOIN (SELECT track_id, album_id FROM library_tracks WHERE user_id = $1) AS own USING (track_id)`,
  },
};

const KEPT: Readonly<Record<TopKind, string>> = {
  tracks: `SELECT track_id AS id, ${TALLY} FROM played_tracks WHERE user_id = $1 AND ${isShown('played_tracks.track_id')}`,
  artists: `SELECT artist_id AS id, ${TALLY} FROM played_artists WHERE user_id = $1`,
  albums: `SELECT album_id AS id, ${TALLY} FROM played_albums WHERE user_id = $1`,
};

function added(way: Way, kind: TopKind): string {
  if (way === 'ever') return KEPT[kind];
  const tracks = `
    SELECT track_id, ${TALLY_SUM} FROM (${PLAYED_IN_PERIOD}) AS parts GROUP BY track_id`;
  const { id, join } = JOINED[kind];
  const shown = `played.plays > 0 AND ${isShown('played.track_id')} AND ${id} IS NOT NULL`;
  return kind === 'tracks'
    ? `SELECT track_id AS id, ${TALLY} FROM (${tracks}) AS played WHERE ${shown}`
    : `SELECT ${id} AS id, ${TALLY_SUM} FROM (${tracks}) AS played ${join} WHERE ${shown} GROUP BY 1`;
}

/** SQL: the cards of the ids in `top`, with the other columns of it. */
export const topCards = (kind: TopKind): string => CARDS[kind];

const CARDS: Readonly<Record<TopKind, string>> = {
  tracks: `SELECT ${TRACK_CARD}, top.* FROM top JOIN tracks ON tracks.track_id = top.id`,
  artists: `
    SELECT artist_id, name, raw_json #>> '{images,-1,url}' AS image_url, top.*
    FROM top JOIN artists ON artists.artist_id = top.id`,
  albums: `
    SELECT top.id AS album_id, tracks.album_name AS name,
      COALESCE(raw_json #>> '{album,artists,0,name}', tracks.artist_name) AS artist_name,
      COALESCE(raw_json #>> '{album,id}', tracks.album_name, tracks.track_id) AS cover_seed,
      raw_json #>> '{album,images,-1,url}' AS thumbnail_url, top.*
    FROM top
    CROSS JOIN LATERAL (
      SELECT own.track_id FROM library_tracks AS own LEFT JOIN played_tracks USING (user_id, track_id)
      WHERE own.user_id = $1 AND own.album_id = top.id AND NOT own.hidden
      ORDER BY plays DESC NULLS LAST, own.track_id LIMIT 1
    ) AS best JOIN tracks USING (track_id)`,
};

const listSql = (way: Way, { kind, order }: TopOf): string => `
  WITH best AS (
    SELECT * FROM (${added(way, kind)}) AS played
    ORDER BY ${IN_ORDER[order]} LIMIT ${way === 'ever' ? '$2' : '$5'}
  ), top AS (
    SELECT *, (row_number() OVER (ORDER BY ${IN_ORDER[order]}))::int AS place FROM best
  )
  ${topCards(kind)} ORDER BY place`;

const placesSql = ({ kind, order }: TopOf): string => `
  SELECT * FROM (
    SELECT *, (row_number() OVER (ORDER BY ${IN_ORDER[order]}))::int AS place FROM (${added('period', kind)}) AS played
  ) AS placed
  WHERE id = ANY ($5::text[])`;

const each = <Key extends string, Value>(keys: readonly Key[], value: (key: Key) => Value) =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Readonly<Record<Key, Value>>;

const everyTop = (ask: (of: TopOf) => string) =>
  each(TOP_KINDS, (kind) => each(TOP_ORDERS, (order) => ask({ kind, order })));

const MAY_SCAN = {
  mayScan:
    'every track played in the range is credited: where those are much of the catalogue, so are their credits',
};

const LISTS = {
  ever: everyTop((of) => hotQuery(`top lists: ${of.kind} by ${of.order} of all time`, listSql('ever', of))),
  period: everyTop((of) => hotQuery(`top lists: ${of.kind} by ${of.order}`, listSql('period', of), MAY_SCAN)),
};

const PLACES = everyTop((of) =>
  hotQuery(`top lists: places of ${of.kind} by ${of.order}`, placesSql(of), MAY_SCAN),
);
