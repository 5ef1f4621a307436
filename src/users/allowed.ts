/** ALLOWED_SPOTIFY_IDS. Empty: everybody Spotify lets in. */
export type AllowedIds = readonly string[];

export const isAllowed = (allowed: AllowedIds, spotifyId: string): boolean =>
  allowed.length === 0 || allowed.includes(spotifyId);

/** SQL for a row of `users`; `parameter` is the list as text[], such as `$1`. */
export const IS_ALLOWED = (parameter: string): string =>
  `(cardinality(${parameter}::text[]) = 0 OR spotify_id = ANY(${parameter}::text[]))`;
