import {
  instantSince1970,
  keyOf,
  lengthOf,
  noTrack,
  objectOf,
  playStartingAt,
  textOf,
  textsOf,
  trackLengthOf,
  type RowFormat,
} from './values.ts';

export const maloja: RowFormat = {
  name: 'maloja',
  isRow: (row) => 'time' in row && objectOf(row.track) !== null && 'title' in (objectOf(row.track) ?? {}),
  judge(row, { now }) {
    const track = objectOf(row.track);
    const album = objectOf(track?.album);
    const [artistName, trackName] = [textsOf(track?.artists), textOf(track?.title)];
    if (artistName === null || trackName === null) return noTrack();
    const startedAt = instantSince1970(row.time, 1000, now);
    return playStartingAt(startedAt, {
      precision: 'second',
      msPlayed: lengthOf(row.duration, 'duration', 1000),
      lengthMs: trackLengthOf(track?.length, 1000),
      trackName,
      artistName,
      albumName: textOf(album?.albumtitle),
      albumArtistName: textsOf(album?.artists),
      key: keyOf('maloja', startedAt / 1000, artistName, trackName),
    });
  },
};
