import { ask, question } from '../database/ask-together.ts';
import type { PlayTally } from '../catalogue/play-tally.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { isEver, periodValues, type Listener, type Period } from '../ranges/period.ts';
import type { Days } from '../ranges/range.ts';
import {
  keptAs,
  PLAYED_EVER,
  playedInKept,
  playedInPeriod,
  TOP_KINDS,
  type TopKind,
} from './played-in-period.ts';

/** What was played most in any span of days: the plays that count, of tracks that are not hidden. */

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

export const IN_ORDER: Readonly<Record<TopOrder, string>> = {
  plays: 'plays DESC, ms_played + about_ms DESC, id',
  minutes: 'ms_played + about_ms DESC, plays DESC, id',
};

/** How a span is read: all time and the months and years of the calendar are kept as they are. */
export const WAYS = ['ever', 'kept', 'period'] as const;
export type Way = (typeof WAYS)[number];

/** SQL of each way; what follows its own values is the value `next`. */
export const PLAYED: Readonly<
  Record<Way, { readonly next: string; readonly of: (kind: TopKind) => string }>
> = {
  ever: { next: '$2', of: (kind) => PLAYED_EVER[kind] },
  kept: { next: '$4', of: playedInKept },
  period: { next: '$5', of: playedInPeriod },
};

/** @returns the way, and the values it needs */
export function wayOf(listener: Listener, span: Period): { way: Way; values: readonly unknown[] } {
  const kept = keptAs(span);
  if (kept !== null) return { way: 'kept', values: [listener.user_id, kept.months, kept.startsOn] };
  return isEver(span)
    ? { way: 'ever', values: [listener.user_id] }
    : { way: 'period', values: periodValues(listener, span) };
}

const each = <Key extends string, Value>(keys: readonly Key[], value: (key: Key) => Value) =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Readonly<Record<Key, Value>>;

/** Something for each way, kind and order. */
export const everyTop = <Value>(make: (way: Way, of: TopOf) => Value) =>
  each(WAYS, (way) => each(TOP_KINDS, (kind) => each(TOP_ORDERS, (order) => make(way, { kind, order }))));

/** SQL: the first of a span, in order; how many is the value after the way's own. */
const topSql = (way: Way, { kind, order }: TopOf): string => `
  WITH best AS (
    SELECT * FROM (${PLAYED[way].of(kind)}) AS played ORDER BY ${IN_ORDER[order]} LIMIT ${PLAYED[way].next}
  ), top AS (
    SELECT *, (row_number() OVER (ORDER BY ${IN_ORDER[order]}))::int AS place FROM best
  )`;

const WAY_WORDS: Readonly<Record<Way, string>> = {
  ever: ' of all time',
  kept: ' of a month or year',
  period: '',
};

export const MAY_SCAN = {
  mayScan:
    'every track played in the range is credited: where those are much of the catalogue, so are their credits',
};

/** The first of a span, in order, each with its card. */
export const TOP = everyTop((way, of) =>
  question<readonly unknown[], readonly TopPlace[]>(
    hotQuery(
      `top lists: ${of.kind} by ${of.order}${WAY_WORDS[way]}`,
      `${topSql(way, of)} ${topCards(of.kind)} ORDER BY place`,
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
  const { way, values } = wayOf(listener, span);
  const top = await ask(db, TOP[way][kind][order], ...values, limit);
  return top as readonly (TopPlace & Cards[Kind])[];
}

/** (Nothing comes before all time.) */
const PLACES = everyTop((way, { kind, order }) =>
  way === 'ever'
    ? ''
    : hotQuery(
        `top lists: places of ${kind} by ${order}${WAY_WORDS[way]}`,
        `
  SELECT * FROM (
    SELECT *, (row_number() OVER (ORDER BY ${IN_ORDER[order]}))::int AS place FROM (${PLAYED[way].of(kind)}) AS played
  ) AS placed
  WHERE id = ANY (${PLAYED[way].next}::text[])`,
        MAY_SCAN,
      ),
);

/** Where some of them stood in another span, and with how much; those that were not played in it are left out. */
export async function findPlaces(
  db: Queries,
  listener: Listener,
  span: Days,
  { kind, order, ids }: TopOf & { ids: readonly string[] },
): Promise<Map<string, TopPlace>> {
  const { way, values } = wayOf(listener, span);
  const rows = await db.many<TopPlace>(PLACES[way][kind][order], [...values, ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** SQL: the cards of the ids in `top`, with the other columns of it, of which `place` is one. */
export function topCards(kind: TopKind): string {
  if (kind === 'tracks')
    return `SELECT ${TRACK_CARD}, CASE WHEN place = 1 THEN raw_json #>> '{album,images,0,url}' END AS art_url, top.*
    FROM top JOIN tracks ON tracks.track_id = top.id`;
  if (kind === 'artists')
    return `SELECT artist_id, name, raw_json #>> '{images,-1,url}' AS image_url, top.*
    FROM top JOIN artists ON artists.artist_id = top.id`;
  return `
    SELECT top.id AS album_id, tracks.album_name AS name,
      COALESCE(raw_json #>> '{album,artists,0,name}', tracks.artist_name) AS artist_name,
      COALESCE(raw_json #>> '{album,id}', tracks.album_name, tracks.track_id) AS cover_seed,
      raw_json #>> '{album,images,-1,url}' AS thumbnail_url, top.*
    FROM top
    CROSS JOIN LATERAL (
      SELECT own.track_id FROM library_tracks AS own LEFT JOIN played_tracks USING (user_id, track_id)
      WHERE own.user_id = $1 AND own.album_id = top.id AND NOT own.hidden
      ORDER BY plays DESC NULLS LAST, own.track_id LIMIT 1
    ) AS best JOIN tracks USING (track_id)`;
}

const IDS = each(WAYS, (way) =>
  each(TOP_ORDERS, (order) =>
    hotQuery(
      `playlist builder: tracks by ${order}${WAY_WORDS[way]}`,
      `SELECT id FROM (${PLAYED[way].of('tracks')}) AS played ORDER BY ${IN_ORDER[order]} LIMIT ${PLAYED[way].next}`,
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
  const { way, values } = wayOf(listener, span);
  const rows = await db.many<{ id: string }>(IDS[way][order], [...values, limit]);
  return rows.map(({ id }) => id);
}
