import { createHash } from 'node:crypto';
import { INVENTED_ALBUMS, type InventedAlbum } from './invented-albums.ts';

/**
 * An invented catalogue: no name, id or code in it belongs to anybody. Shaped like a track as an app in development
 * mode receives it. No artwork, so that nothing points at an image that does not exist.
 */
export interface InventedTrack extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly uri: string;
}

/** How many tracks have names of their own; beyond that names come round again with a number. */
export const CATALOGUE_SIZE = 120;

const year = (album: InventedAlbum): string => album.releaseDate.slice(0, 4);
const PRECISIONS: Readonly<Record<number, string>> = { 4: 'year', 7: 'month', 10: 'day' };

/** The nth invented track, from 0: the same n is always the same track. */
export function inventTrack(n: number): InventedTrack {
  const album = albumOf(n);
  const id = inventId(`track ${n}`);
  const round = Math.floor(n / CATALOGUE_SIZE);
  const name = album.tracks[n % 5] ?? '';
  return {
    album: albumPayload(album),
    artists: artistsOf(n, album).map(artistPayload),
    disc_number: 1,
    duration_ms: 121_000 + ((n * 7919) % 240_000),
    explicit: n % 11 === 0,
    external_ids: { isrc: `ZZSTN${year(album).slice(2)}${String(n).padStart(5, '0')}` },
    ...addresses('track', id),
    id,
    is_local: false,
    is_playable: true,
    name: round === 0 ? name : `${name} (Take ${round + 1})`,
    preview_url: null,
    track_number: (n % 5) + 1,
    type: 'track',
  };
}

/** A file of the listener's own: no id, no links, only its local uri. */
export function inventLocalTrack(n: number): Record<string, unknown> {
  const name = `Demo tape, side ${n + 1}`;
  return {
    album: { name: 'Shoebox', artists: [], images: [], id: null, type: 'album', uri: null },
    artists: [{ external_urls: {}, href: null, id: null, name: 'Cousin Ruth', type: 'artist', uri: null }],
    duration_ms: 187_000,
    explicit: false,
    external_ids: {},
    external_urls: {},
    href: null,
    id: null,
    is_local: true,
    name,
    preview_url: null,
    type: 'track',
    uri: `spotify:local:Cousin+Ruth:Shoebox:${name.replaceAll(' ', '+')}:187`,
  };
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** An id that looks like one of Spotify's: 22 characters of base 62, always the same for the same seed. */
export function inventId(seed: string): string {
  const digest = createHash('sha256').update(seed).digest();
  return Array.from(digest.subarray(0, 22), (byte) => BASE62[byte % 62]).join('');
}

function albumOf(n: number): InventedAlbum {
  const album = INVENTED_ALBUMS[Math.floor(n / 5) % INVENTED_ALBUMS.length];
  if (album === undefined) throw new RangeError(`there is no invented track ${n}`);
  return album;
}

/** Every eighth track has a guest, so that tracks with several artists are met. */
function artistsOf(n: number, album: InventedAlbum): string[] {
  return n % 8 === 3 ? [album.artist, albumOf(n + 35).artist] : [album.artist];
}

function albumPayload(album: InventedAlbum): Record<string, unknown> {
  const id = inventId(`album ${album.album}`);
  return {
    album_type: 'album',
    artists: [artistPayload(album.artist)],
    ...addresses('album', id),
    id,
    images: [],
    is_playable: true,
    name: album.album,
    release_date: album.releaseDate,
    release_date_precision: PRECISIONS[album.releaseDate.length],
    total_tracks: album.tracks.length,
    type: 'album',
  };
}

function artistPayload(name: string): Record<string, unknown> {
  const id = inventId(`artist ${name}`);
  return { ...addresses('artist', id), id, name, type: 'artist' };
}

const addresses = (type: string, id: string) => ({
  external_urls: { spotify: `https://open.spotify.com/${type}/${id}` },
  href: `https://api.spotify.com/v1/${type}s/${id}`,
  uri: `spotify:${type}:${id}`,
});
