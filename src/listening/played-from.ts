import { ask, question } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { daysValues, isDayInPeriod, type DaysValues, type Period } from '../ranges/period.ts';
import { TRACKS_OF, type AskedOf, type Played } from './played-months.ts';

/** Spotify's API says this of captured plays; files of history do not. */
export interface PlayedFrom {
  readonly kind: 'playlist' | 'album' | 'artist' | 'collection' | null;
  /** Spotify's; null for saved tracks and other places. */
  readonly id: string | null;
  /** In the archive, if it is there. */
  readonly name: string | null;
  readonly own_id: string | null;
  readonly plays: number;
}

export interface PlayedFromMost {
  /** Plays with a known place. */
  readonly known: number;
  readonly places: readonly PlayedFrom[];
}

const MOST_PLACES = 12;

/**
 * (Addresses once contained a playlist's owner. Patterns that take an address apart took 80 µs for each.)
 * @param addresses SQL for each `uri` of Spotify's with its `plays`
 */
const fromOf = <Values extends readonly unknown[]>(name: string, addresses: string) =>
  question<Values, PlayedFromMost>(
    hotQuery(
      name,
      `
  WITH addresses AS MATERIALIZED (${addresses} GROUP BY uri), split AS (
    SELECT CASE WHEN parts[1] = 'spotify' THEN CASE parts[2] WHEN 'user' THEN parts[4:] ELSE parts[2:] END END AS parts, plays
    FROM (SELECT plays, string_to_array(uri, ':') AS parts FROM addresses) AS address OFFSET 0
  ), told AS (
    SELECT CASE WHEN parts[1] IN ('playlist', 'album', 'artist', 'collection') THEN parts[1] END AS kind,
      CASE WHEN parts[1] IN ('playlist', 'album', 'artist') AND cardinality(parts) = 2 AND parts[2] ~ '^[0-9A-Za-z]{1,64}$'
        THEN parts[2] END AS id, plays
    FROM split
  ), places AS (
    SELECT kind, id, sum(plays)::int AS plays, (sum(sum(plays)) OVER ())::int AS known
    FROM told GROUP BY kind, id ORDER BY plays DESC, kind, id LIMIT ${MOST_PLACES}
  )
  SELECT kind, places.id, plays, known, own.name, own.id AS own_id
  FROM places LEFT JOIN LATERAL (
    (SELECT playlist_id AS id, name FROM playlists
     WHERE kind = 'playlist' AND user_id = $1 AND spotify_playlist_id = places.id ORDER BY created_at LIMIT 1)
    UNION ALL
    (SELECT album_id, album_name FROM library_tracks
     WHERE kind = 'album' AND user_id = $1 AND album_id = places.id AND NOT hidden LIMIT 1)
    UNION ALL
    (SELECT artist_id, artists.name FROM artists JOIN track_artists USING (artist_id) JOIN library_tracks USING (track_id)
     WHERE kind = 'artist' AND artist_id = places.id AND user_id = $1 AND NOT hidden LIMIT 1)
  ) AS own ON true
  ORDER BY plays DESC, kind, places.id`,
    ),
    (rows: readonly (PlayedFrom & { readonly known: number })[]) => ({
      known: rows[0]?.known ?? 0,
      places: rows.map(({ known: _known, ...place }) => place),
    }),
  );

/** Found by its tracks: few of their plays have a context. */
const fromOfThing = (played: Played) =>
  fromOf<AskedOf>(
    `${played}: where it was played from`,
    `SELECT context ->> 'uri' AS uri, count(*)::int AS plays
    FROM users JOIN plays USING (user_id) JOIN library_tracks AS track USING (user_id, track_id)
    WHERE ${TRACKS_OF[played]} AND user_id = $1 AND context IS NOT NULL
      AND ($2::date IS NULL OR (played_at AT TIME ZONE $4)::date >= $2) AND ($3::date IS NULL OR (played_at AT TIME ZONE $4)::date <= $3)
      AND counts_as_play(counted_plays, ms_played, reached_end, track.duration_ms)`,
  );

export const PLAYED_FROM = {
  track: fromOfThing('track'),
  artist: fromOfThing('artist'),
  album: fromOfThing('album'),
};

/** Of all plays in a period, as the database keeps it by day. */
export const FROM_IN_PERIOD = fromOf<DaysValues>(
  'when: where plays came from',
  `SELECT address AS uri, sum(plays)::int AS plays FROM played_from WHERE user_id = $1 AND ${isDayInPeriod('day')}`,
);

export const findPlayedFrom = (db: Queries, userId: number, period: Period): Promise<PlayedFromMost> =>
  ask(db, FROM_IN_PERIOD, ...daysValues(userId, period));
