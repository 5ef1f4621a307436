// What every view may call besides `asset`; what only one room says reaches its views as `words`.
import { isSpotifyId } from '../../catalogue/spotify-id.ts';

export { readTime } from '../../snapshots/chosen-time.ts';
export * from './ending-words.ts';
export * from './findings.ts';
export * from './format.ts';
export * from './movement-words.ts';
export * from './play-words.ts';
export { rangeLabel } from './time-ranges.ts';
export { awayWords, timeName, timePath } from './times.ts';

/** For `<script type="application/json">`: it ends neither the element nor a line. */
export function jsonForScript(data: unknown): string {
  return (JSON.stringify(data) ?? 'null').replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A local file's id is its URI. */
export const trackPath = (trackId: string): string => `/tracks/${encodeURIComponent(trackId)}`;

export const artistPath = (artistId: string): string => `/artists/${encodeURIComponent(artistId)}`;

/** @param albumId Spotify's, or the library's own, made of its name */
export const albumPath = (albumId: string): string => `/albums/${encodeURIComponent(albumId)}`;

/** Null: the artist is known by name only. */
export const topArtistPath = ({ artist_id: id }: { artist_id: string }): string | null =>
  id.startsWith('name:') ? null : artistPath(id);
/** Ids of an old app may hold anything, so odd ones are encoded, and "new", which is a page. */
export const playlistPath = (playlistId: string): string =>
  /^[\w-]{1,200}$/.test(playlistId) && playlistId.toLowerCase() !== 'new'
    ? `/playlists/${playlistId}`
    : `/playlists/~${Buffer.from(playlistId).toString('base64url')}`;

/** Null if the address leads elsewhere. */
export function spotifyLink(url: unknown): string | null {
  return safeAddress(url, (host) => host === 'open.spotify.com');
}

/** Null for a local file. */
export const spotifyTrackLink = (track: { spotify_url: unknown; track_id: string }): string | null =>
  spotifyLink(track.spotify_url) ??
  (isSpotifyId(track.track_id) ? `https://open.spotify.com/track/${track.track_id}` : null);

export const spotifyArtistLink = (artistId: string): string | null =>
  isSpotifyId(artistId) ? `https://open.spotify.com/artist/${artistId}` : null;

/** Null if only the album's name is known. */
export const spotifyAlbumLink = (albumId: string): string | null =>
  isSpotifyId(albumId) ? `https://open.spotify.com/album/${albumId}` : null;

/** As a Content-Security-Policy names hosts. */
export const ART_HOSTS = ['i.scdn.co', 'mosaic.scdn.co', '*.spotifycdn.com'] as const;

/** Null for any other host: the page may not load from it. */
export function artUrl(url: unknown): string | null {
  return safeAddress(url, (host) =>
    ART_HOSTS.some((known) => (known.startsWith('*') ? host.endsWith(known.slice(1)) : host === known)),
  );
}

function safeAddress(url: unknown, isAllowed: (host: string) => boolean): string | null {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const { protocol, hostname, port, username, password, href } = new URL(url);
  if (protocol !== 'https:' || port !== '' || username !== '' || password !== '') return null;
  return isAllowed(hostname) ? href : null;
}

/** With a stand-in's pictures instead of Spotify's. */
export const artUrlAt =
  (standIn: string | null) =>
  (url: unknown): string | null => {
    const address = artUrl(url);
    return address === null || standIn === null ? address : standIn + new URL(address).pathname;
  };

const LONGEST_SEED = 200;

/** @param seed an album's id or name, with any characters */
export function coverUrl(seed: unknown): string {
  const text = typeof seed === 'string' && seed !== '' ? seed : 'untitled';
  const wellFormed = Buffer.from(text.slice(0, LONGEST_SEED)).toString().slice(0, LONGEST_SEED);
  return `/covers/${encodeURIComponent(wellFormed)}.svg`;
}
