import {
  instantSince1970,
  keyOf,
  lengthOf,
  noTrack,
  objectOf,
  playStartingAt,
  textOf,
  trackIdOf,
  trackLengthOf,
  type RowFormat,
} from './values.ts';

export const listenbrainz: RowFormat = {
  name: 'listenbrainz',
  isRow: (row) => 'listened_at' in row && 'track_metadata' in row,
  judge(row, { now }) {
    const told = objectOf(row.track_metadata);
    const info = objectOf(told?.additional_info) ?? {};
    const [artistName, trackName] = [textOf(told?.artist_name), textOf(told?.track_name)];
    const trackId = trackIdOf(info.spotify_id) ?? trackIdOf(info.origin_url);
    if (trackId === null && (artistName === null || trackName === null)) return noTrack();
    const startedAt = instantSince1970(row.listened_at, 1000, now);
    return playStartingAt(startedAt, {
      precision: 'second',
      msPlayed: lengthOf(info.ms_played, 'ms_played'),
      lengthMs: trackLengthOf(info.duration_ms) ?? trackLengthOf(info.duration, 1000),
      trackId,
      trackName,
      artistName,
      albumName: textOf(told?.release_name),
      isrc: textOf(info.isrc),
      key: keyOf('listenbrainz', startedAt / 1000, artistName, trackName),
    });
  },
};
