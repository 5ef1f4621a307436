import { get, openSession, post, put } from './api-request.ts';
import { idInPath, readShape } from './read-shape.ts';
import { itemsPage, playlistShape, snapshotShape } from './schemas.ts';
import type { SpotifySettings } from './settings.ts';

export interface NewPlaylist {
  readonly name: string;
  readonly description: string;
  readonly isPublic: boolean;
}

export interface CreatedPlaylist {
  readonly spotifyPlaylistId: string;
  readonly url: string | null;
}

/** Tried once: after `unreachable` it may exist. Spotify's answer for `public` is not reliable. */
export async function createPlaylist(
  settings: SpotifySettings,
  accessToken: string,
  { name, description, isPublic }: NewPlaylist,
): Promise<CreatedPlaylist> {
  const body = { name, description, public: isPublic, collaborative: false };
  const text = await post(openSession(settings, accessToken), '/v1/me/playlists', body);
  const playlist = readShape(playlistShape, text);
  return { spotifyPlaylistId: playlist.id, url: playlist.external_urls.spotify };
}

export const ITEMS_PER_CALL = 100;

export interface PlaylistItems {
  readonly spotifyPlaylistId: string;
  readonly uris: readonly string[];
  readonly position?: number;
}

/** Adds all or none. Tried once. @throws SpotifyError `refused`: 400 unknown track, 404 missing playlist */
export async function addPlaylistItems(
  settings: SpotifySettings,
  accessToken: string,
  { spotifyPlaylistId, uris, position }: PlaylistItems,
): Promise<{ snapshotId: string | null }> {
  const body = { uris: callful(uris), ...(position === undefined ? {} : { position }) };
  const text = await post(openSession(settings, accessToken), itemsPath(spotifyPlaylistId), body);
  return { snapshotId: readShape(snapshotShape, text).snapshot_id };
}

/** Repeating it changes nothing. @throws as above */
export async function replacePlaylistItems(
  settings: SpotifySettings,
  accessToken: string,
  { spotifyPlaylistId, uris }: PlaylistItems,
): Promise<{ snapshotId: string | null }> {
  const body = { uris: callful(uris) };
  const text = await put(openSession(settings, accessToken), itemsPath(spotifyPlaylistId), body);
  return { snapshotId: readShape(snapshotShape, text).snapshot_id };
}

/** Spotify requires `playlist-read-private` (not asked for): expect `scope-missing` or `refused`. */
export async function countPlaylistItems(
  settings: SpotifySettings,
  accessToken: string,
  spotifyPlaylistId: string,
): Promise<number> {
  const session = openSession(settings, accessToken);
  return readShape(itemsPage, await get(session, itemsPath(spotifyPlaylistId), { limit: '1' })).total;
}

const itemsPath = (spotifyPlaylistId: string): string => `/v1/playlists/${idInPath(spotifyPlaylistId)}/items`;

function callful(uris: readonly string[]): readonly string[] {
  if (uris.length === 0 || uris.length > ITEMS_PER_CALL) {
    throw new RangeError(`a call takes 1 to ${ITEMS_PER_CALL} items, not ${uris.length}`);
  }
  return uris;
}
