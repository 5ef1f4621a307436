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
