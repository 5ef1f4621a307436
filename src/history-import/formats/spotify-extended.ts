import type { JsonObject } from '../read/parse-row.ts';
import {
  booleanOf,
  instantOf,
  keyOf,
  lengthOf,
  noTrack,
  playEndingAt,
  textOf,
  trackIdOf,
  type Circumstances,
  type Judged,
  type RowFormat,
} from './values.ts';

/** In all sets of keys since 2016. */
export const spotifyExtended: RowFormat = {
  name: 'spotify extended',
  isRow: (row) => 'ts' in row && ('ms_played' in row || 'spotify_track_uri' in row),
  judge(row, circumstances) {
    const trackId = trackIdOf(row.spotify_track_uri);
    const other = trackId === null ? otherThan(row, circumstances) : null;
    return other ?? judgePlay(row, trackId, circumstances.now);
  },
};

const OF_AN_EPISODE = ['spotify_episode_uri', 'episode_name', 'episode_show_name'];
const OF_A_BOOK = ['audiobook_uri', 'audiobook_chapter_uri', 'audiobook_title', 'audiobook_chapter_title'];
const says = (row: JsonObject, keys: readonly string[]): boolean =>
  keys.some((key) => textOf(row[key]) !== null);

/** Of a row without a track's id. (A music video has one: it is a play of that track.) */
function otherThan(row: JsonObject, { isVideoFile }: Circumstances): Judged | null {
  if (says(row, OF_AN_EPISODE)) return { bucket: 'podcast', reason: 'it is an episode of a podcast' };
  if (says(row, OF_A_BOOK)) return { bucket: 'audiobook', reason: 'it is a chapter of an audiobook' };
  if (isVideoFile) return { bucket: 'video', reason: 'it is a video' };
  return null;
}

function judgePlay(row: JsonObject, trackId: string | null, now: number): Judged {
  const trackName = textOf(row.master_metadata_track_name);
  const artistName = textOf(row.master_metadata_album_artist_name);
  if (trackId === null && (trackName === null || artistName === null)) return noTrack();
  const statedAt = instantOf(row.ts, now);
  const msPlayed = lengthOf(row.ms_played, 'ms_played');
  const startedAt = startOf(row.offline_timestamp, statedAt);
  const offline = booleanOf(row.offline);
  // Dozens of rows played offline have the second of the sync: only the client's clock tells them apart.
  const ownStart = offline === true ? startedAt : null;
  return playEndingAt(ownStart === null ? statedAt : Math.min(ownStart + (msPlayed ?? 0), statedAt), {
    statedAt,
    startedAt,
    precision: 'second',
    msPlayed,
    trackId,
    trackName,
    artistName,
    albumName: textOf(row.master_metadata_album_album_name),
    albumArtistName: artistName,
    reasonStart: textOf(row.reason_start),
    reasonEnd: textOf(row.reason_end),
    skipped: booleanOf(row.skipped),
    shuffle: booleanOf(row.shuffle),
    offline,
    incognito: booleanOf(row.incognito_mode),
    key: keyOf(
      'spotify',
      statedAt / 1000,
      msPlayed,
      trackId ?? keyOf(artistName, trackName),
      ownStart && ownStart / 1000,
    ),
  });
}

const HOUR = 60 * 60 * 1000;
const MOST_BEFORE = 30 * 24 * HOUR;
/** From here on a number counts milliseconds. */
const LEAST_MS = 100_000_000_000;

/** To the second; packages have seconds or milliseconds. Null: the client's clock was wrong. */
function startOf(stamp: unknown, statedAt: number): number | null {
  if (typeof stamp !== 'number' || stamp <= 0) return null;
  const start = Math.floor(stamp > LEAST_MS ? stamp / 1000 : stamp) * 1000;
  return start <= statedAt + HOUR && start >= statedAt - MOST_BEFORE ? start : null;
}
