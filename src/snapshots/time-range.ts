/** Spotify's three lists: about the last four weeks, six months and one year. */
export const TIME_RANGES = ['short_term', 'medium_term', 'long_term'] as const;
export type TimeRange = (typeof TIME_RANGES)[number];
