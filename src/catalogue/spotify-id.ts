/** SQL: a Spotify id; a local file has its URI, an old archive whatever it called a track. @param trackId a column */
export const IS_SPOTIFY_ID = (trackId: string): string => `${trackId} ~ '^[0-9A-Za-z]{22}$'`;
