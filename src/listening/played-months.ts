import { ask, question } from '../database/ask-together.ts';
import type { PlayTally } from '../catalogue/play-tally.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { inPeriod, isEver, periodValues, type Listener, type Period } from '../ranges/period.ts';
import { KEPT } from './played-in-period.ts';

/** Plays of an artist or an album are those of their tracks that are not hidden. */
export type Played = 'track' | 'artist' | 'album';

/** SQL: which tracks of listener $1 are meant by the id $5. */
export const TRACKS_OF: Readonly<Record<Played, string>> = {
  track: 'track_id = $5',
  artist: 'NOT hidden AND track_id IN (SELECT track_id FROM track_artists WHERE artist_id = $5)',
  album: `NOT hidden
    AND track_id IN (SELECT track_id FROM library_tracks AS own WHERE own.user_id = $1 AND own.album_id = $5)`,
};

export interface PlayedMonth extends PlayTally {
  /** `YYYY-MM` on the listener's calendar. */
  readonly month: string;
}

/** $1 to $5 of a question about the plays of something in a period. */
export type AskedOf = readonly [
  userId: number,
  from: string | null,
  to: string | null,
  zone: string,
  id: string,
];
export const askedOf = (listener: Listener, id: string, period: Period = EVER): AskedOf =>
  [...periodValues(listener, period), id] as unknown as AskedOf;
const EVER: Period = { from: null, to: null };

const KIND = { track: 'tracks', artist: 'artists', album: 'albums' } as const;

const monthsEver = (played: Played) => {
  const { table, id } = KEPT[KIND[played]];
  const since = (column: string): string => `q.${column} - q.${column}_before AS ${column}`;
  return question<[userId: number, id: string], PlayedMonth[]>(
    hotQuery(
      `${played}: plays by month, of all time`,
      `
  SELECT to_char(q.month, 'YYYY-MM') AS month, ${['plays', 'timed_plays', 'ms_played', 'about_ms'].map(since).join(', ')}
  FROM ${table} CROSS JOIN LATERAL unnest(months, plays_until, 0 || plays_until, timed_until, 0 || timed_until,
    ms_until, 0::bigint || ms_until, about_until, 0::bigint || about_until
  ) AS q (month, plays, plays_before, timed_plays, timed_plays_before, ms_played, ms_played_before, about_ms, about_ms_before)
  WHERE user_id = $1 AND ${id} = $2 AND q.month IS NOT NULL ORDER BY q.month`,
    ),
    (rows: readonly PlayedMonth[]) => [...rows],
  );
};

/** The months with plays, oldest first, as they are kept. */
export const MONTHS_EVER = {
  track: monthsEver('track'),
  artist: monthsEver('artist'),
  album: monthsEver('album'),
};

/**
 * A plan that is kept knows no period: it would rather read all plays in it than those of some tracks. Behind OFFSET 0
 * each track's own are found by the track.
 */
const monthsOf = (played: Played) =>
  question<AskedOf, PlayedMonth[]>(
    hotQuery(
      `${played}: plays by month`,
      `
  SELECT to_char(month, 'YYYY-MM') AS month, count(*)::int AS plays, count(COALESCE(ms_played, about_ms))::int AS timed_plays,
    COALESCE(sum(ms_played), 0)::bigint AS ms_played, COALESCE(sum(about_ms), 0)::bigint AS about_ms
  FROM (
    SELECT date_trunc('month', played_at AT TIME ZONE $4) AS month, ms_played, about_ms
    FROM (SELECT track_id FROM library_tracks WHERE user_id = $1 AND ${TRACKS_OF[played]} OFFSET 0) AS own
    CROSS JOIN LATERAL (
      SELECT played_at, ms_played, about_ms FROM counted_plays
      WHERE user_id = $1 AND track_id = own.track_id AND ${inPeriod('played_at')} OFFSET 0) AS p
  ) AS p
  GROUP BY p.month ORDER BY p.month`,
    ),
    (rows: readonly PlayedMonth[]) => [...rows],
  );

const MONTHS_IN_PERIOD = {
  track: monthsOf('track'),
  artist: monthsOf('artist'),
  album: monthsOf('album'),
};

/** The months with plays, oldest first. */
export const listPlayedMonths = (
  db: Queries,
  listener: Listener,
  played: Played,
  { id, ...period }: { readonly id: string } & Period,
): Promise<PlayedMonth[]> =>
  isEver(period)
    ? ask(db, MONTHS_EVER[played], listener.user_id, id)
    : ask(db, MONTHS_IN_PERIOD[played], ...askedOf(listener, id, period));
