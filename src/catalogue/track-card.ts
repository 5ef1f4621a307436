export interface TrackCard {
  readonly track_id: string;
  readonly name: string | null;
  /** All artists in one line, as received. */
  readonly artist_name: string | null;
  /** Artists with a page, in order; empty if only a name is known. */
  readonly artists: readonly { readonly artist_id: string; readonly name: string | null }[];
  readonly album_name: string | null;
  readonly spotify_url: string | null;
  readonly cover_seed: string;
  readonly thumbnail_url: string | null;
}

/** Needs `tracks` in the FROM. Join it last, to the rows shown, since it looks up the artists of each. */
export const TRACK_CARD = `
  tracks.track_id, tracks.name, tracks.artist_name, tracks.album_name, tracks.spotify_url,
  COALESCE((
    SELECT json_agg(credit) FROM (
      SELECT artist_id, artists.name FROM track_artists JOIN artists USING (artist_id)
      WHERE track_artists.track_id = tracks.track_id ORDER BY position) AS credit), '[]') AS artists,
  tracks.cover_seed, tracks.thumbnail_url`;

/** Joins by key, row by row: OFFSET 0 keeps the planner, which overestimates lists, from reading the catalogue. */
export const joinByKey = (table: 'tracks' | 'track_artists', trackId: string): string =>
  `CROSS JOIN LATERAL (SELECT * FROM ${table} WHERE track_id = ${trackId} OFFSET 0) AS ${table}`;
