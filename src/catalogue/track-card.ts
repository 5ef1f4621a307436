/** A track as every list shows it: what it is called, who it is by, and what its cover is made from. */
export interface TrackCard {
  readonly track_id: string;
  readonly name: string | null;
  /** All its artists in one line, as the provider or the old archive wrote it. */
  readonly artist_name: string | null;
  /** Those that have a page, in the order of the credits; empty where only a name is known. */
  readonly artists: readonly { readonly artist_id: string; readonly name: string | null }[];
  readonly album_name: string | null;
  readonly spotify_url: string | null;
  /** What a cover is drawn from where art is missing. */
  readonly cover_seed: string;
  readonly thumbnail_url: string | null;
}

/**
 * The columns of a card, for a SELECT whose FROM has the table `tracks` by that name. Join it last, to the rows that
 * are shown: it opens a payload per row.
 */
export const TRACK_CARD = `
  tracks.track_id, tracks.name, tracks.artist_name, tracks.album_name, tracks.spotify_url,
  COALESCE((
    SELECT jsonb_agg(jsonb_build_object('artist_id', artists.artist_id, 'name', artists.name) ORDER BY position)
    FROM track_artists JOIN artists USING (artist_id)
    WHERE track_artists.track_id = tracks.track_id), '[]') AS artists,
  COALESCE(tracks.raw_json #>> '{album,id}', tracks.album_name, tracks.track_id) AS cover_seed,
  tracks.raw_json #>> '{album,images,-1,url}' AS thumbnail_url`;

/**
 * A table joined row by row through its key. A planner that thinks a list longer than it is (the newest day has lists
 * of every listener) would read the whole catalogue instead of fifty rows; behind OFFSET 0 it cannot.
 */
export const joinByKey = (table: 'tracks' | 'track_artists', trackId: string): string =>
  `CROSS JOIN LATERAL (SELECT * FROM ${table} WHERE track_id = ${trackId} OFFSET 0) AS ${table}`;
