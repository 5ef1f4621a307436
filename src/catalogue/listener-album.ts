import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { joinPlayed, TALLY_OR_NONE, type PlayTally } from './play-tally.ts';
import type { ReleaseDatePrecision } from './release-date.ts';
import { TRACK_CARD, type TrackCard } from './track-card.ts';

/** Counted over the tracks in the listener's library that are not hidden. */
export interface ListenerAlbum {
  /** Spotify's; album_key() of name and artist if that is unknown. */
  readonly album_id: string;
  /** What follows comes from its tracks: null if all are hidden. */
  readonly name: string | null;
  /** Of the album; with an id if the library has a track of theirs. */
  readonly artists: readonly { readonly artist_id: string | null; readonly name: string }[];
  readonly cover_seed: string | null;
  readonly art_url: string | null;
  readonly album_type: string | null;
  readonly release_date: string | null;
  readonly release_date_precision: ReleaseDatePrecision | null;
  /** By Spotify's count. */
  readonly total_tracks: number | null;
  readonly tracks: number;
  readonly hidden_tracks: number;
  readonly length_ms: number;
  readonly timed_tracks: number;
  readonly listings: number;
  readonly best_rank: number | null;
  readonly first_listed_date: string | null;
  readonly last_listed_date: string | null;
}

export const findAlbum = (db: Queries, userId: number, albumId: string): Promise<ListenerAlbum | null> =>
  db.maybeOne<ListenerAlbum>(ALBUM, [userId, albumId]);

/** A payload may hold anything. */
const smallNumber = (path: string): string =>
  `CASE WHEN raw_json #>> '${path}' ~ '^\\d{1,4}$' THEN (raw_json #>> '${path}')::int END`;

export const ALBUM_PLACE = `${smallNumber('{disc_number}')} AS disc_number, ${smallNumber('{track_number}')} AS track_number`;

/** A track with a payload, if there is one, says what all share. */
const ALBUM = hotQuery(
  'album: as the listener has it',
  `
  WITH own AS MATERIALIZED (
    SELECT * FROM library_tracks WHERE user_id = $1 AND album_id = $2
  ), shown AS (
    SELECT * FROM own WHERE NOT hidden
  ), sample AS MATERIALIZED (
    SELECT raw_json, shown.album_name AS name, artist_name, album_type, shown.release_date, shown.release_date_precision
    FROM shown JOIN tracks USING (track_id) ORDER BY raw_json IS NULL, track_id LIMIT 1
  ), names AS (
    SELECT told #>> '{}' AS name, place
    FROM sample, jsonb_path_query(raw_json, '$.album.artists[*].name') WITH ORDINALITY AS each (told, place)
    WHERE jsonb_typeof(told) = 'string'
  ), credited AS (
    SELECT name, min(artist_id) AS artist_id FROM (
      SELECT DISTINCT artist_id FROM shown JOIN track_artists USING (track_id)
    ) AS credit JOIN artists USING (artist_id) GROUP BY name
  )
  SELECT $2 AS album_id, sample.name,
    COALESCE((
      SELECT json_agg(json_build_object('artist_id', artist_id, 'name', name) ORDER BY place)
      FROM (
        SELECT name, place FROM names
        UNION ALL SELECT artist_name, 1 FROM sample WHERE artist_name <> '' AND NOT EXISTS (SELECT FROM names)
      ) AS told LEFT JOIN credited USING (name)), '[]') AS artists,
    COALESCE(raw_json #>> '{album,id}', sample.name) AS cover_seed,
    raw_json #>> '{album,images,0,url}' AS art_url, album_type, release_date, release_date_precision,
    ${smallNumber('{album,total_tracks}')} AS total_tracks, sums.*
  FROM (
    SELECT (count(*) FILTER (WHERE NOT hidden))::int AS tracks, (count(*) FILTER (WHERE hidden))::int AS hidden_tracks
    FROM own HAVING count(*) > 0
  ) AS counted
  CROSS JOIN LATERAL (
    SELECT counted.*, COALESCE(sum(duration_ms), 0)::bigint AS length_ms, count(duration_ms)::int AS timed_tracks,
      COALESCE(sum(listings), 0)::int AS listings, min(best_rank) AS best_rank,
      min(first_listed_date) AS first_listed_date, max(last_listed_date) AS last_listed_date
    FROM shown
  ) AS sums
  LEFT JOIN sample ON true`,
);

export interface AlbumTrack extends TrackCard, PlayTally {
  readonly disc_number: number | null;
  readonly track_number: number | null;
  readonly duration_ms: number | null;
  readonly listings: number;
  readonly best_rank: number | null;
}

export const listAlbumTracks = (
  db: Queries,
  userId: number,
  albumId: string,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<AlbumTrack[]> => db.many<AlbumTrack>(ALBUM_TRACKS, [userId, albumId, limit, offset]);

/** SQL over the library's row `own` and ALBUM_PLACE. */
export const IN_ALBUM_ORDER = 'disc_number NULLS LAST, track_number NULLS LAST, own.name, track_id';

const ALBUM_TRACKS = hotQuery(
  'album: tracks',
  `
  WITH own AS MATERIALIZED (
    SELECT track_id, own.name, own.duration_ms, listings, best_rank, ${ALBUM_PLACE}
    FROM library_tracks AS own JOIN tracks USING (track_id)
    WHERE user_id = $1 AND album_id = $2 AND NOT hidden
    ORDER BY ${IN_ALBUM_ORDER} LIMIT $3 OFFSET $4
  )
  SELECT ${TRACK_CARD}, disc_number, track_number, own.duration_ms, listings, best_rank, ${TALLY_OR_NONE}
  FROM own JOIN tracks USING (track_id) ${joinPlayed('own.track_id')}
  ORDER BY ${IN_ALBUM_ORDER}`,
);
