import {
  instantOf,
  keyOf,
  noTrack,
  objectOf,
  playStartingAt,
  textOf,
  textsOf,
  trackLengthOf,
  type RowFormat,
} from './values.ts';

export const koito: RowFormat = {
  name: 'koito',
  isRow: (row) => 'listened_at' in row && Array.isArray(objectOf(row.track)?.aliases),
  judge(row, { now }) {
    const track = objectOf(row.track);
    const artists = Array.isArray(row.artists) ? row.artists.map((artist) => nameOf(artist)) : [];
    const [artistName, trackName] = [textsOf(artists), nameOf(track)];
    if (artistName === null || trackName === null) return noTrack();
    const startedAt = instantOf(row.listened_at, now);
    return playStartingAt(startedAt, {
      precision: 'second',
      lengthMs: trackLengthOf(track?.duration, 1000),
      trackName,
      artistName,
      albumName: nameOf(row.album),
      key: keyOf('koito', startedAt / 1000, artistName, trackName),
    });
  },
};

function nameOf(thing: unknown): string | null {
  const given = objectOf(thing)?.aliases;
  const aliases = Array.isArray(given) ? given.map((alias) => objectOf(alias)) : [];
  const main = aliases.find((alias) => alias?.is_primary === true) ?? aliases[0];
  return textOf(main?.alias);
}
