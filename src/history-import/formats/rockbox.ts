import {
  instantSince1970,
  keyOf,
  noTrack,
  playStartingAt,
  textOf,
  trackLengthOf,
  type RowFormat,
} from './values.ts';

/** The log that Rockbox players write for Last.fm. */
export const rockbox: RowFormat = {
  name: 'rockbox',
  isRow: (row) => 'rating' in row && 'time' in row,
  judge(row, { now }) {
    if (row.rating === 'S') return { bucket: 'not a play', reason: 'the player says it was skipped' };
    const [artistName, trackName] = [textOf(row.artist), textOf(row.track)];
    if (artistName === null || trackName === null) return noTrack();
    const startedAt = instantSince1970(row.time, 1000, now);
    return playStartingAt(startedAt, {
      precision: 'second',
      lengthMs: trackLengthOf(row.length, 1000),
      trackName,
      artistName,
      albumName: textOf(row.album),
      key: keyOf('rockbox', startedAt / 1000, artistName, trackName),
    });
  },
};
