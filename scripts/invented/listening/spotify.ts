import { integerBetween, pick, randomFor, spotifyId, type Random } from '../random.ts';
import type { InventedPlay } from './plays.ts';

type Row = Record<string, unknown>;

/** What a row of Spotify's extended history must end in; `again`: a play that stands there a second time. */
export type Fate = 'play' | 'again' | 'podcast' | 'audiobook' | 'no track' | 'unreadable';

export interface InventedRow {
  readonly fate: Fate;
  readonly row: Row;
}

/** One in so many rows; the rest are plays. */
const ODDITIES: readonly (readonly [number, Fate, (row: Row, random: Random) => Row])[] = [
  [25, 'podcast', podcast],
  [150, 'audiobook', audiobook],
  [400, 'no track', nobody],
  [5000, 'unreadable', (row) => ({ ...row, ts: '1970-01-01T00:00:00Z' })],
  [5000, 'unreadable', (row) => ({ ...row, ts: '2096-07-01T12:00:00Z' })],
  [5000, 'unreadable', (row) => ({ ...row, ms_played: -1 })],
  [5000, 'unreadable', (row) => ({ ...row, ms_played: 999_999_999_999 })],
  [50, 'play', (row) => ({ ...row, incognito_mode: true })],
  [
    60,
    'play',
    (row) => ({ ...row, skipped: null, shuffle: null, offline: null, platform: null, conn_country: 'ZZ' }),
  ],
  [200, 'play', (row) => ({ ...row, ms_played: 0, reason_end: 'fwdbtn', skipped: true })],
  [300, 'play', offline],
];
const AGAIN_ONE_IN = 800;

/** Rows of the extended history, with odd ones among them, and now and then one that stands there twice. */
export function* extendedRows(seed: number, plays: Iterable<InventedPlay>): Generator<InventedRow> {
  const random = randomFor(seed, 'rows of the extended history');
  for (const play of plays) {
    const plain = extendedRow(play, random);
    const odd = ODDITIES.find(([oneIn]) => random() * oneIn < 1);
    const row = odd === undefined ? plain : odd[2](plain, random);
    const fate = odd === undefined ? 'play' : odd[1];
    yield { fate, row };
    if (fate === 'play' && random() * AGAIN_ONE_IN < 1) yield { fate: 'again', row };
  }
}

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000', '');

function extendedRow({ track, end, msPlayed }: InventedPlay, random: Random): Row {
  const isWhole = msPlayed > track.durationMs * 0.95;
  return {
    ts: timeOf(end),
    platform: pick(random, ['android', 'ios', 'osx', 'web_player']),
    ms_played: msPlayed,
    conn_country: pick(random, ['SE', 'NO', 'DE']),
    ip_addr: `192.0.2.${integerBetween(random, 1, 254)}`,
    master_metadata_track_name: track.name,
    master_metadata_album_artist_name: track.album.artist.name,
    master_metadata_album_album_name: track.album.name,
    spotify_track_uri: `spotify:track:${track.id}`,
    episode_name: null,
    episode_show_name: null,
    spotify_episode_uri: null,
    audiobook_title: null,
    audiobook_uri: null,
    audiobook_chapter_uri: null,
    audiobook_chapter_title: null,
    reason_start: pick(random, ['trackdone', 'clickrow', 'fwdbtn']),
    reason_end: isWhole ? 'trackdone' : 'fwdbtn',
    shuffle: random() < 0.3,
    skipped: !isWhole,
    offline: false,
    offline_timestamp: end - Math.round(msPlayed / 1000),
    incognito_mode: false,
  };
}

const NAMELESS = {
  master_metadata_track_name: null,
  master_metadata_album_artist_name: null,
  master_metadata_album_album_name: null,
  spotify_track_uri: null,
};

function nobody(row: Row): Row {
  return { ...row, ...NAMELESS };
}

function podcast(row: Row, random: Random): Row {
  const episode = integerBetween(random, 1, 300);
  return {
    ...row,
    ...NAMELESS,
    episode_name: `Episode ${episode}: Slow Trains`,
    episode_show_name: 'Timetables, Explained',
    spotify_episode_uri: `spotify:episode:${spotifyId(random)}`,
  };
}

function audiobook(row: Row, random: Random): Row {
  return {
    ...row,
    ...NAMELESS,
    audiobook_title: 'The Lighthouse Ledger',
    audiobook_chapter_title: `Chapter ${integerBetween(random, 1, 40)}`,
    audiobook_chapter_uri: `spotify:episode:${spotifyId(random)}`,
  };
}

/** Played offline, told at the next sync up to three hours later, by a clock that counts milliseconds. */
function offline(row: Row, random: Random): Row {
  const start = (row.offline_timestamp as number) * 1000 + integerBetween(random, 0, 999);
  const synced = Date.parse(row.ts as string) / 1000 + integerBetween(random, 0, 10_800);
  return { ...row, ts: timeOf(synced), offline: true, offline_timestamp: start };
}

/** The same plays as Spotify's account data has them. */
export const accountRow = ({ track, end, msPlayed }: InventedPlay): Row => ({
  endTime: new Date(end * 1000).toISOString().slice(0, 16).replace('T', ' '),
  artistName: track.album.artist.name,
  trackName: track.name,
  msPlayed,
});
