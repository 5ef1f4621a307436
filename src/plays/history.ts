import { ask, question } from '../database/ask-together.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import {
  dayOf,
  inPeriod,
  notAfter,
  notBefore,
  periodValues,
  type Listener,
  type Period,
  type PeriodValues,
} from '../ranges/period.ts';

export interface Play extends TrackCard {
  readonly played_at: Date;
  /** The listener's, `YYYY-MM-DD`. */
  readonly day: string;
  /** Microseconds since 1970, as stored: for the address of the next page. */
  readonly played_us: number;
  /** Tells plays with the same end and track apart. */
  readonly nth: number;
  /** Listened; null: not known. */
  readonly ms_played: number | null;
  /** `capture`, or the kind of file it came from. */
  readonly source: string;
}

/** The last play of the page before. */
export interface PlayKey {
  readonly playedUs: number;
  readonly nth: number;
  readonly trackId: string;
}

export interface PlayFilter extends Period {
  /** In the names of track, artists or album; null: any. */
  readonly words: string | null;
  readonly after: PlayKey | null;
}

/** Only plays that count by the listener's rule. Each page costs the same, however old. */
export async function listPlays(
  db: Queries,
  listener: Listener,
  filter: PlayFilter,
  limit: number,
): Promise<Play[]> {
  const { words, after } = filter;
  const values = [
    ...periodValues(listener, filter),
    after?.playedUs ?? null,
    after?.trackId ?? '',
    after?.nth ?? 0,
    limit,
  ];
  if (words === null) return db.many<Play>(PLAYS, values);
  const trigrams = trigramsWithin(words);
  const by = trigrams.length > 0 ? BY_TRIGRAMS : BY_TEXT;
  const asked = trigrams.length > 0 ? [words, trigrams] : [words];
  const { found } = await db.one<{ found: number }>(by.count, [listener.user_id, FEW_TRACKS + 1, ...asked]);
  return found > FEW_TRACKS
    ? db.many<Play>(PLAYS_THAT_MATCH, [...values, words])
    : db.many<Play>(by.plays, [...values, ...asked]);
}

/** If more match, so does nearly every play: the newest plays are then read in order. */
const FEW_TRACKS = 500;

/** Those of every name with these words. A letter before a mark is another one together with it. */
const trigramsWithin = (words: string): string[] => {
  const runs = [...words.matchAll(/[A-Za-z\d]{3,}(?!\p{M})/gu)].map(([run]) => run.toLowerCase());
  return [
    ...new Set(
      runs.flatMap((run) => Array.from({ length: run.length - 2 }, (_, at) => run.slice(at, at + 3))),
    ),
  ];
};

const matching = (words: string): string =>
  `NOT hidden AND search_text LIKE '%' || regexp_replace(search_form(${words}), '([\\\\%_])', '\\\\\\1', 'g') || '%'`;

/** Names that may contain the words, by an index. */
const holding = (trigrams: string): string => `library_trigrams(user_id, search_text) @@ (
  SELECT string_agg(quote_literal(library_mark($1) || trigram), ' & ')::tsquery FROM unnest(${trigrams}::text[]) AS trigram)`;

const countSql = (condition: string): string => `
  SELECT count(*)::int AS found
  FROM (SELECT FROM library_tracks WHERE user_id = $1 AND ${condition} LIMIT $2) AS found_tracks`;

const BEFORE_KEY = `(played_at, track_id, nth) <
  (COALESCE('epoch'::timestamptz + $5::bigint * interval '1 microsecond', 'infinity'::timestamptz), $6::text, $7::int)`;

/** LATERAL keeps the order: plays look up their tracks from the newest on, until enough are found. */
const whereTrack = (condition: string): string => `
  CROSS JOIN LATERAL (
    SELECT FROM library_tracks AS own
    WHERE own.user_id = $1 AND own.track_id = plays.track_id AND ${condition} AND ${COUNTS}
    LIMIT 1
  ) AS counting`;

const COUNTS = `counts_as_play(
  (SELECT counted_plays FROM users WHERE user_id = $1), plays.ms_played, plays.reached_end, own.duration_ms)`;

const SHOWN = `
  SELECT ${TRACK_CARD}, played_at, ${dayOf('played_at')} AS day,
    (extract(epoch FROM played_at) * 1000000)::bigint AS played_us, nth, ms_played, source
  FROM page JOIN tracks USING (track_id)
  ORDER BY played_at DESC, track_id DESC, nth DESC`;

const PLAYS = hotQuery(
  'history: a page of plays',
  `
  WITH page AS (
    SELECT played_at, track_id, nth, ms_played, source FROM plays ${whereTrack('NOT hidden')}
    WHERE user_id = $1 AND ${inPeriod('played_at')} AND ${BEFORE_KEY}
    ORDER BY played_at DESC, track_id DESC, nth DESC
    LIMIT $8
  )
  ${SHOWN}`,
);

/** The newest few of each track, then the newest of all: no page reads a listener's whole history. */
const playsOfTracksSql = (condition: string): string => `
  WITH found AS MATERIALIZED (
    SELECT track_id, duration_ms FROM library_tracks WHERE user_id = $1 AND ${condition}
  ), page AS (
    SELECT newest.*, own.track_id
    FROM found AS own JOIN played_tracks ON (played_tracks.user_id, played_tracks.track_id) = ($1, own.track_id)
    CROSS JOIN LATERAL (
      SELECT played_at, nth, ms_played, source FROM plays
      WHERE user_id = $1 AND track_id = own.track_id AND ${inPeriod('played_at')} AND ${BEFORE_KEY} AND ${COUNTS}
      ORDER BY played_at DESC, nth DESC
      LIMIT $8
    ) AS newest
    ORDER BY played_at DESC, track_id DESC, nth DESC
    LIMIT $8
  )
  ${SHOWN}`;

const BY_TRIGRAMS = {
  count: hotQuery(
    'history: how many tracks are found by name',
    countSql(`${matching('$3')} AND ${holding('$4')}`),
  ),
  plays: hotQuery(
    'history: plays of tracks found by name',
    playsOfTracksSql(`${matching('$9')} AND ${holding('$10')}`),
    { plannedEachTime: true },
  ),
};

const BY_TEXT = {
  count: hotQuery('history: how many tracks are found by one or two characters', countSql(matching('$3'))),
  plays: hotQuery(
    'history: plays of tracks found by one or two characters',
    playsOfTracksSql(matching('$9')),
    { plannedEachTime: true },
  ),
};

const PLAYS_THAT_MATCH = hotQuery(
  'history: plays by a common word',
  `
  WITH page AS (
    SELECT played_at, track_id, nth, ms_played, source FROM plays ${whereTrack(matching('$9'))}
    WHERE user_id = $1 AND ${inPeriod('played_at')} AND ${BEFORE_KEY}
    ORDER BY played_at DESC, track_id DESC, nth DESC
    LIMIT $8
  )
  ${SHOWN}`,
);

/** More may have been played between the two than Spotify still knew; no file has closed the gap. */
export interface PlayGap {
  readonly after_played_at: Date;
  readonly before_played_at: Date;
}

/** The newest hundred that touch the period. */
export const GAPS = question<PeriodValues, PlayGap[]>(
  hotQuery(
    'history: possible gaps',
    `
  SELECT after_played_at, before_played_at FROM play_gaps
  WHERE user_id = $1 AND history_import_id IS NULL AND ${notBefore('before_played_at')} AND ${notAfter('after_played_at')}
  ORDER BY after_played_at DESC
  LIMIT 100`,
  ),
  (rows: readonly Record<keyof PlayGap, string | Date>[]) =>
    rows.map((gap) => ({
      after_played_at: new Date(gap.after_played_at),
      before_played_at: new Date(gap.before_played_at),
    })),
);

export const listPlayGaps = (db: Queries, listener: Listener, period: Period): Promise<PlayGap[]> =>
  ask(db, GAPS, ...periodValues(listener, period));
