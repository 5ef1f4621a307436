/** A local file has its URI in its place, an old archive whatever it called a track. */
export const SPOTIFY_ID = '[0-9A-Za-z]{22}';

const WHOLE = new RegExp(`^${SPOTIFY_ID}$`);
export const isSpotifyId = (id: string): boolean => WHOLE.test(id);

/** SQL: whether it is one. @param trackId a column */
export const IS_SPOTIFY_ID = (trackId: string): string => `${trackId} ~ '^${SPOTIFY_ID}$'`;
