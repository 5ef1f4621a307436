import {
  instantSince1970,
  keyOf,
  noTrack,
  playStartingAt,
  textOf,
  trackLengthOf,
  type RowFormat,
} from './values.ts';

/** Scrobbles among other events. */
export const pano: RowFormat = {
  name: 'pano scrobbler',
  isRow: (row) => 'timeMs' in row && 'track' in row,
  judge(row, { now }) {
    const event = textOf(row.event) ?? 'scrobble';
    if (event !== 'scrobble')
      return { bucket: 'not a play', reason: `it is a “${event.slice(0, 40)}”, not a play` };
    const [artistName, trackName] = [textOf(row.artist), textOf(row.track)];
    if (artistName === null || trackName === null) return noTrack();
    const startedAt = instantSince1970(row.timeMs, 1, now);
    return playStartingAt(startedAt, {
      precision: 'ms',
      lengthMs: trackLengthOf(row.durationMs),
      trackName,
      artistName,
      albumName: textOf(row.album),
      albumArtistName: textOf(row.albumArtist),
      key: keyOf('pano', startedAt, artistName, trackName),
    });
  },
};
