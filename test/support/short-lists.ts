import { TIME_RANGES, type TimeRange } from '../../src/spotify/top-tracks.ts';
import { sum } from '../../src/sum.ts';
import { standInListeners, type StandInListener } from '../../scripts/spotify-stand-in/listeners.ts';
import { drilled } from './drill.ts';

/** Drills look at lists as long as Spotify's. */
const PLACES = drilled(12, Infinity);

/** Alice and Bob with a dozen tracks in each list: each capture of 225 takes a quarter of a second. */
export const shortListed = (): StandInListener[] =>
  standInListeners().map(({ topTracks, ...listener }) => ({
    ...listener,
    topTracks: {
      short_term: topTracks.short_term.slice(0, PLACES),
      medium_term: topTracks.medium_term.slice(0, PLACES),
      long_term: topTracks.long_term.slice(0, PLACES),
    },
  }));

/** So many places Alice has in these lists. */
export const countListed = (ranges: readonly TimeRange[] = TIME_RANGES): number =>
  sum(ranges.map((range) => shortListed()[0]?.topTracks[range].length ?? 0));
