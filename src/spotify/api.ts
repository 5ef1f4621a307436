import { badInput } from '../errors.ts';
import { get, openSession, post } from './api-request.ts';
import { SpotifyError } from './errors.ts';
import { parseJson, readShape } from './read-shape.ts';
import {
  playlistShape,
  playsPage,
  profileShape,
  readPlay,
  readPlayedAt,
  readTrack,
  snapshotShape,
  type RecentPlay,
  type SpotifyProfile,
  type SpotifyTrack,
} from './schemas.ts';
import type { SpotifySettings } from './settings.ts';

/** Who the token belongs to. Throws SpotifyError; `not-allowed` where they are not on the app's list. */
export async function fetchProfile(settings: SpotifySettings, accessToken: string): Promise<SpotifyProfile> {
  const profile = readShape(profileShape, await get(openSession(settings, accessToken), '/v1/me'));
  return {
    id: profile.id,
    accountId: profile.account_id,
    displayName: profile.display_name,
    imageUrl: profile.images.find((image) => image.url !== null)?.url ?? null,
  };
}

export interface RecentlyPlayed {
  /** Newest first. */
  readonly plays: RecentPlay[];
  readonly skipped: number;
  /** Nothing more would have fitted: there may be plays between the oldest of the page and whatever was asked for. */
  readonly full: boolean;
  /** The earliest instant in the page, skipped items included, in Unix milliseconds; null where it names none. */
  readonly oldestAt: number | null;
}

const MAX_PLAYS = 50;

/** The last plays, 50 at most; with `after` (Unix milliseconds) only those later. Throws SpotifyError. */
export async function fetchRecentlyPlayed(
  settings: SpotifySettings,
  accessToken: string,
  options: { readonly after?: number } = {},
): Promise<RecentlyPlayed> {
  const since = options.after === undefined ? {} : { after: String(Math.trunc(options.after)) };
  const query = { limit: String(MAX_PLAYS), ...since };
  const text = await get(openSession(settings, accessToken), '/v1/me/player/recently-played', query);
  const { items } = readShape(playsPage, text);
  const plays = items.map(readPlay).filter((play) => play !== null);
  const instants = items.map(readPlayedAt).filter((instant) => instant !== null);
  return {
    plays,
    skipped: items.length - plays.length,
    full: items.length >= MAX_PLAYS,
    oldestAt: instants.length === 0 ? null : Math.min(...instants),
  };
}

/** One track by its Spotify id. Throws SpotifyError; `refused` with `spotifyStatus` 404 where there is none. */
export async function fetchTrack(
  settings: SpotifySettings,
  accessToken: string,
  trackId: string,
): Promise<SpotifyTrack> {
  const text = await get(openSession(settings, accessToken), `/v1/tracks/${idInPath(trackId)}`);
  const track = readTrack(parseJson(text));
  if (track === null) throw new SpotifyError('unreadable');
  return track;
}

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

const MAX_URIS = 100;

/** Appends 1 to 100 `spotify:track:` uris, in order. Tried once. Answers the playlist's new snapshot id. */
export async function addPlaylistItems(
  settings: SpotifySettings,
  accessToken: string,
  spotifyPlaylistId: string,
  uris: readonly string[],
): Promise<{ snapshotId: string | null }> {
  if (uris.length === 0 || uris.length > MAX_URIS) {
    throw new RangeError(`a call adds 1 to ${MAX_URIS} items, not ${uris.length}`);
  }
  const path = `/v1/playlists/${idInPath(spotifyPlaylistId)}/items`;
  const text = await post(openSession(settings, accessToken), path, { uris });
  return { snapshotId: readShape(snapshotShape, text).snapshot_id };
}

/** An id goes into an address of ours only if it cannot change that address. */
function idInPath(id: string): string {
  if (!/^[A-Za-z0-9]{1,64}$/.test(id)) throw badInput('That is not a Spotify id.');
  return id;
}
