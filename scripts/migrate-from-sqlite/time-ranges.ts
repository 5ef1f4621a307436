/** The three lists Spotify keeps: about four weeks, six months, one year. */
export const TIME_RANGES: ReadonlySet<string> = new Set(['short_term', 'medium_term', 'long_term']);
