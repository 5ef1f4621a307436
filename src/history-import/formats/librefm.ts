import { instantSince1970, keyOf, noTrack, playStartingAt, textOf, type RowFormat } from './values.ts';

export const librefm: RowFormat = {
  name: 'libre.fm',
  isRow: (row) => ['artist', 'track', 'time'].every((column) => column in row),
  judge(row, { now }) {
    const [artistName, trackName] = [textOf(row.artist), textOf(row.track)];
    if (artistName === null || trackName === null) return noTrack();
    const startedAt = instantSince1970(row.time, 1000, now);
    return playStartingAt(startedAt, {
      precision: 'second',
      trackName,
      artistName,
      albumName: textOf(row.album),
      key: keyOf('libre.fm', startedAt / 1000, artistName, trackName),
    });
  },
};
