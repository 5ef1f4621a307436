import {
  instantOf,
  keyOf,
  noTrack,
  objectOf,
  playEndingAt,
  trackIdOf,
  trackLengthOf,
  type RowFormat,
} from './values.ts';

/** your_spotify's collection `infos`, by mongoexport: it copies the end of a play from Spotify's API. */
export const yourSpotify: RowFormat = {
  name: 'your_spotify',
  isRow: (row) => 'played_at' in row && 'id' in row && ('owner' in row || 'primaryArtistId' in row),
  judge(row, { now }) {
    const trackId = trackIdOf(row.id);
    if (trackId === null) return noTrack('its id is not one of a track at Spotify');
    const endedAt = instantOf(objectOf(row.played_at)?.$date ?? row.played_at, now);
    return playEndingAt(endedAt, {
      precision: 'ms',
      lengthMs: trackLengthOf(row.durationMs),
      trackId,
      key: keyOf('your_spotify', endedAt, trackId),
    });
  },
};
