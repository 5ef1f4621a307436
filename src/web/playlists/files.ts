import { isSpotifyId } from '../../catalogue/spotify-id.ts';
import type { FileTrack } from '../../playlists/files.ts';
import { oneLine } from '../../playlists/proposals.ts';
import type { Playlist } from '../../playlists/playlists.ts';
import { spotifyLink } from '../page/helpers.ts';
import { csvHead, csvLine } from '../../csv.ts';
import { titleOf } from '../page/format.ts';

export interface PlaylistFormat {
  readonly contentType: string;
  head(playlist: Playlist): string;
  /** `place` counts from 1. */
  track(track: FileTrack, place: number): string;
  readonly foot: string;
}

const COLUMNS = [
  'position',
  'track_id',
  'name',
  'artists',
  'album',
  'release_date',
  'duration_ms',
  'spotify_url',
];

const csv: PlaylistFormat = {
  contentType: 'text/csv; charset=utf-8',
  head: () => csvHead(COLUMNS),
  track: (track, place) =>
    csvLine([
      String(place),
      track.track_id,
      track.name ?? '',
      track.artist_names ?? '',
      track.album_name ?? '',
      track.release_date ?? '',
      track.duration_ms === null ? '' : String(track.duration_ms),
      addressOf(track) ?? '',
    ]),
  foot: '',
};

/** As in RFC 8216; -1: the length is unknown. */
const m3u8: PlaylistFormat = {
  contentType: 'application/vnd.apple.mpegurl; charset=utf-8',
  head: ({ name }) => `#EXTM3U\n#PLAYLIST:${oneLine(name)}\n`,
  track: (track) => {
    const seconds = track.duration_ms === null ? -1 : Math.round(track.duration_ms / 1000);
    const title = oneLine(`${track.artist_names ?? 'Unknown artist'} - ${titleOf(track.name)}`);
    return `#EXTINF:${seconds},${title}\n${addressOf(track) ?? '# no address is known for this track'}\n`;
  },
  foot: '',
};

/** https://www.xspf.org/jspf */
const jspf: PlaylistFormat = {
  contentType: 'application/jspf+json; charset=utf-8',
  head: ({ name, description, created_at: created, spotify_playlist_id: id }) => {
    const about = {
      title: name,
      ...(description === null ? {} : { annotation: description }),
      ...(id === null ? {} : { location: `https://open.spotify.com/playlist/${id}` }),
      date: created.toISOString(),
    };
    return `{"playlist":${JSON.stringify(about).slice(0, -1)},"track":[`;
  },
  track: (track, place) => {
    const address = addressOf(track);
    const about = {
      ...(address === null ? {} : { location: [address] }),
      identifier: [isSpotifyId(track.track_id) ? `spotify:track:${track.track_id}` : track.track_id],
      ...(track.name === null ? {} : { title: track.name }),
      ...(track.artist_names === null ? {} : { creator: track.artist_names }),
      ...(track.album_name === null ? {} : { album: track.album_name }),
      ...(track.duration_ms === null ? {} : { duration: track.duration_ms }),
    };
    return `${place > 1 ? ',' : ''}\n${JSON.stringify(about)}`;
  },
  foot: '\n]}}\n',
};

export const PLAYLIST_FORMATS: Readonly<Record<'csv' | 'm3u8' | 'jspf', PlaylistFormat>> = {
  csv,
  m3u8,
  jspf,
};

function addressOf({ track_id: id, spotify_url: url }: FileTrack): string | null {
  if (isSpotifyId(id)) return spotifyLink(url) ?? `https://open.spotify.com/track/${id}`;
  return /^spotify:local:[\x21-\x7e]*$/.test(id) ? id : null;
}

/** Allowed on any system. */
export function fileNameOf({ name }: Playlist, extension: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N},._-]+/gu, ' ').trim();
  return `${Array.from(plain).slice(0, 80).join('').trim() || 'playlist'}.${extension}`;
}
