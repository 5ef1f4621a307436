import { instantOf, keyOf, lengthOf, noTrack, playEndingAt, textOf, type RowFormat } from './values.ts';

/** Of the last twelve months. Until 2023 a podcast is an artist and a track here, and looks like music. */
export const spotifyAccount: RowFormat = {
  name: 'spotify account',
  isRow: (row) =>
    'endTime' in row &&
    'msPlayed' in row &&
    ['trackName', 'episodeName', 'chapterName'].some((key) => key in row),
  judge(row, { now }) {
    if ('episodeName' in row) return { bucket: 'podcast', reason: 'it is an episode of a podcast' };
    if ('chapterName' in row) return { bucket: 'audiobook', reason: 'it is a chapter of an audiobook' };
    const [artistName, trackName] = [known(row.artistName), known(row.trackName)];
    if (artistName === null || trackName === null) return noTrack();
    const endedAt = instantOf(row.endTime, now);
    const msPlayed = lengthOf(row.msPlayed, 'msPlayed');
    return playEndingAt(endedAt, {
      precision: 'minute',
      msPlayed,
      trackName,
      artistName,
      albumArtistName: artistName,
      key: keyOf('spotify account', endedAt / 1000, msPlayed, artistName, trackName),
    });
  },
};

/** Spotify's names for a local file or a withdrawn track. */
function known(name: unknown): string | null {
  const text = textOf(name);
  return text === 'Unknown Artist' || text === 'Unknown Track' ? null : text;
}
