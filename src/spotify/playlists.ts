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

/**
 * An empty playlist in the listener's library. Tried once: after `unreachable` it may exist all the same. What
 * Spotify says of `public` afterwards is not dependable and not handed on.
 */
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

/** The most items one call takes. */
export const ITEMS_PER_CALL = 100;

export interface PlaylistItems {
  readonly spotifyPlaylistId: string;
  /** 1 to 100 `spotify:track:` uris. */
  readonly uris: readonly string[];
  /** How many items stand before the first of them. Without it they go to the end. */
  readonly position?: number;
}

/**
 * Adds items, in order: all of them or none. Tried once. `refused` with `spotifyStatus` 400 where one of them is
 * no track Spotify has, with 404 where the playlist is gone. Answers the playlist's new snapshot id.
 */
export async function addPlaylistItems(
  settings: SpotifySettings,
  accessToken: string,
  { spotifyPlaylistId, uris, position }: PlaylistItems,
): Promise<{ snapshotId: string | null }> {
  const body = { uris: callful(uris), ...(position === undefined ? {} : { position }) };
  const text = await post(openSession(settings, accessToken), itemsPath(spotifyPlaylistId), body);
  return { snapshotId: readShape(snapshotShape, text).snapshot_id };
}

/** Puts items in the place of all there are: however often it is called, the outcome is the same. Errors as above. */
export async function replacePlaylistItems(
  settings: SpotifySettings,
  accessToken: string,
  { spotifyPlaylistId, uris }: PlaylistItems,
): Promise<{ snapshotId: string | null }> {
  const body = { uris: callful(uris) };
  const text = await put(openSession(settings, accessToken), itemsPath(spotifyPlaylistId), body);
  return { snapshotId: readShape(snapshotShape, text).snapshot_id };
}

/**
 * How many items a playlist of the listener's has. Spotify's reference asks for `playlist-read-private`, a right we do
 * not ask for: be ready for `scope-missing` or `refused`.
 */
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
