import { BELONGS_TO_ARTIST_PAGE } from './shown.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { AVERAGE_FEATURES, type AudioFeatures } from './audio-features.ts';
import { TRACK_CARD, type TrackCard } from './track-card.ts';

/** Counted over the tracks in the listener's library; none if only Spotify's lists have the artist. */
export interface ListenerArtist {
  readonly artist_id: string;
  readonly name: string | null;
  readonly image_url: string | null;
  /** Without hidden ones, unless all are hidden. */
  readonly tracks: number;
  readonly hidden_tracks: number;
  readonly all_hidden: boolean;
  readonly hidden_at: Date | null;
  readonly listings: number;
  readonly best_rank: number | null;
  readonly first_listed_date: string | null;
  readonly last_listed_date: string | null;
  readonly with_features: number;
  readonly average: AudioFeatures;
}

/** Null unless the library or a list of artists has them. */
export async function findArtist(
  db: Queries,
  userId: number,
  artistId: string,
): Promise<ListenerArtist | null> {
  const row = await db.maybeOne<Omit<ListenerArtist, 'average'> & AudioFeatures>(ARTIST, [userId, artistId]);
  if (row === null) return null;
  const { energy, valence, danceability, acousticness, instrumentalness, speechiness, liveness } = row;
  return {
    ...row,
    average: { energy, valence, danceability, acousticness, instrumentalness, speechiness, liveness },
  };
}

const ARTIST = hotQuery(
  'artist: as the listener has them',
  `
  SELECT artists.artist_id, artists.name, raw_json #>> '{images,0,url}' AS image_url, own.*, (
      SELECT count(*)::int FROM track_artists JOIN library_tracks USING (track_id)
      WHERE user_id = $1 AND track_artists.artist_id = $2 AND hidden) AS hidden_tracks,
    (SELECT hidden_at FROM hidden_artists AS h WHERE h.user_id = $1 AND h.artist_id = $2) AS hidden_at
  FROM artists
  CROSS JOIN LATERAL (
    SELECT
      count(*)::int AS tracks, COALESCE(bool_and(hidden), false) AS all_hidden,
      COALESCE(sum(listings), 0)::int AS listings, min(best_rank) AS best_rank,
      min(first_listed_date) AS first_listed_date, max(last_listed_date) AS last_listed_date,
      (count(*) FILTER (WHERE has_features))::int AS with_features,
      ${AVERAGE_FEATURES}
    FROM (
      SELECT library_tracks.*, bool_and(hidden) OVER () AS are_all_hidden
      FROM track_artists JOIN library_tracks USING (track_id)
      WHERE user_id = $1 AND track_artists.artist_id = $2
    ) AS credited
    WHERE NOT hidden OR are_all_hidden
  ) AS own
  WHERE artists.artist_id = $2
    AND (own.tracks > 0 OR EXISTS (SELECT FROM artist_snapshots WHERE user_id = $1 AND artist_id = $2))`,
);

export interface ArtistTrack extends TrackCard {
  readonly listings: number;
  readonly best_rank: number | null;
  readonly plays: number;
}

export const ARTIST_TRACKS_PER_PAGE = 40;

/** @param page from 1 */
export const listArtistTracks = (
  db: Queries,
  userId: number,
  artistId: string,
  page: number,
): Promise<ArtistTrack[]> =>
  db.many<ArtistTrack>(ARTIST_TRACKS, [
    userId,
    artistId,
    ARTIST_TRACKS_PER_PAGE,
    (page - 1) * ARTIST_TRACKS_PER_PAGE,
  ]);

const IN_ORDER = 'listings DESC, best_rank, plays DESC, own.name, track_id';

const ARTIST_TRACKS = hotQuery(
  'artist: tracks',
  `
  SELECT ${TRACK_CARD}, listings, best_rank, plays
  FROM (
    SELECT track_id, own.name, listings, best_rank, COALESCE(plays, 0) AS plays
    FROM track_artists JOIN library_tracks AS own USING (track_id) LEFT JOIN played_tracks USING (user_id, track_id)
    WHERE user_id = $1 AND artist_id = $2 AND ${BELONGS_TO_ARTIST_PAGE}
    ORDER BY ${IN_ORDER} LIMIT $3 OFFSET $4
  ) AS own
  JOIN tracks USING (track_id)
  ORDER BY ${IN_ORDER}`,
);

export interface ArtistTrackPlace {
  readonly listings: number;
  readonly best_rank: number | null;
  readonly track_id: string;
}

export const listArtistTracksAfter = (
  db: Queries,
  userId: number,
  artistId: string,
  { after, limit }: { after: ArtistTrackPlace | null; limit: number },
): Promise<ArtistTrack[]> =>
  db.many<ArtistTrack>(NEXT_ARTIST_TRACKS, [
    userId,
    artistId,
    after?.listings ?? null,
    after?.best_rank ?? null,
    after?.track_id ?? '',
    limit,
  ]);

const NEXT_ARTIST_TRACKS = hotQuery(
  'api: the tracks of an artist',
  `
  SELECT ${TRACK_CARD}, listings, best_rank, plays
  FROM (
    SELECT track_id, listings, best_rank, COALESCE(best_rank, 2147483647) AS rank_or_last, COALESCE(plays, 0) AS plays
    FROM track_artists JOIN library_tracks AS own USING (track_id) LEFT JOIN played_tracks USING (user_id, track_id)
    WHERE user_id = $1 AND artist_id = $2 AND NOT hidden
      AND ($3::int IS NULL OR (-listings, COALESCE(best_rank, 2147483647), track_id)
        > (-$3::int, COALESCE($4::int, 2147483647), $5::text))
    ORDER BY listings DESC, rank_or_last, track_id LIMIT $6
  ) AS own
  JOIN tracks USING (track_id)
  ORDER BY listings DESC, rank_or_last, track_id`,
);
