// What every view may call besides `asset`: words and numbers, checked addresses, and the one way to put JSON into a page.
// What only one room says is in that room's words.ts, and reaches its views as `words`.
import { isSpotifyId } from '../../catalogue/spotify-id.ts';

export { readTime } from '../../snapshots/chosen-time.ts';
export * from './ending-words.ts';
export * from './findings.ts';
export * from './format.ts';
export * from './movement-words.ts';
export * from './play-words.ts';
export { rangeLabel } from './time-ranges.ts';
export { awayWords, timeName, timePath } from './times.ts';

/** JSON that may stand inside `<script type="application/json">`: it can neither end the element nor a line. */
export function jsonForScript(data: unknown): string {
  return (JSON.stringify(data) ?? 'null').replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A track's page here; a local file's id is its URI. */
export const trackPath = (trackId: string): string => `/tracks/${encodeURIComponent(trackId)}`;

export const artistPath = (artistId: string): string => `/artists/${encodeURIComponent(artistId)}`;

/** @param albumId as the library has it: Spotify's, or one made of its name */
export const albumPath = (albumId: string): string => `/albums/${encodeURIComponent(albumId)}`;

/** The page of one of the artists in figures; null for one who is known by name only, and so has none. */
export const topArtistPath = ({ artist_id: id }: { artist_id: string }): string | null =>
  id.startsWith('name:') ? null : artistPath(id);
/**
 * A playlist's page here. Ids of the old app may hold anything: what is no plain word travels encoded, which also
 * keeps a playlist called "new" apart from the page of that name.
 */
export const playlistPath = (playlistId: string): string =>
  /^[\w-]{1,200}$/.test(playlistId) && playlistId.toLowerCase() !== 'new'
    ? `/playlists/${playlistId}`
    : `/playlists/~${Buffer.from(playlistId).toString('base64url')}`;

/** The address where it leads to Spotify; null otherwise. */
export function spotifyLink(url: unknown): string | null {
  return safeAddress(url, (host) => host === 'open.spotify.com');
}

/** A track at Spotify: where the archive says, or by its id; null for a local file. */
export const spotifyTrackLink = (track: { spotify_url: unknown; track_id: string }): string | null =>
  spotifyLink(track.spotify_url) ??
  (isSpotifyId(track.track_id) ? `https://open.spotify.com/track/${track.track_id}` : null);

/** An artist at Spotify; null where the id is none of theirs. */
export const spotifyArtistLink = (artistId: string): string | null =>
  isSpotifyId(artistId) ? `https://open.spotify.com/artist/${artistId}` : null;

/** An album at Spotify; null where only its name is known. */
export const spotifyAlbumLink = (albumId: string): string | null =>
  isSpotifyId(albumId) ? `https://open.spotify.com/album/${albumId}` : null;

/** Where Spotify keeps its pictures, as a Content-Security-Policy names hosts. */
export const ART_HOSTS = ['i.scdn.co', 'mosaic.scdn.co', '*.spotifycdn.com'] as const;

/** The address where it is one of Spotify's picture hosts, which are the only ones the page may load from. */
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

/** The same where a stand-in has the pictures instead of Spotify: their address there. */
export const artUrlAt =
  (standIn: string | null) =>
  (url: unknown): string | null => {
    const address = artUrl(url);
    return address === null || standIn === null ? address : standIn + new URL(address).pathname;
  };

const LONGEST_SEED = 200;

/** The address of the cover drawn from a seed (an album's id or name, whatever its characters). */
export function coverUrl(seed: unknown): string {
  const text = typeof seed === 'string' && seed !== '' ? seed : 'untitled';
  const wellFormed = Buffer.from(text.slice(0, LONGEST_SEED)).toString().slice(0, LONGEST_SEED);
  return `/covers/${encodeURIComponent(wellFormed)}.svg`;
}
