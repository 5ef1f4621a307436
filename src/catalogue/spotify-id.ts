/** Local files have a URI instead, old archives any text. */
export const SPOTIFY_ID = '[0-9A-Za-z]{22}';

const WHOLE = new RegExp(`^${SPOTIFY_ID}$`);
export const isSpotifyId = (id: string): boolean => WHOLE.test(id);

export const IS_SPOTIFY_ID = (trackId: string): string => `${trackId} ~ '^${SPOTIFY_ID}$'`;
