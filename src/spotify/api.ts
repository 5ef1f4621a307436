import { get, openSession } from './api-request.ts';
import { SpotifyError } from './errors.ts';
import { idInPath, parseJson, readShape } from './read-shape.ts';
import {
  playsPage,
  profileShape,
  readPlay,
  readTrack,
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
  /** Items in the page, skipped ones included. A full page of 50 new ones means plays may have been missed. */
  readonly received: number;
  /** Where to go on from next time, in Unix milliseconds; null where the page was empty. */
  readonly after: number | null;
}

const MAX_PLAYS = 50;

/** The last plays, 50 at most; with `after` (Unix milliseconds) only those since. Throws SpotifyError. */
export async function fetchRecentlyPlayed(
  settings: SpotifySettings,
  accessToken: string,
  options: { readonly after?: number } = {},
): Promise<RecentlyPlayed> {
  const since = options.after === undefined ? {} : { after: String(Math.trunc(options.after)) };
  const query = { limit: String(MAX_PLAYS), ...since };
  const text = await get(openSession(settings, accessToken), '/v1/me/player/recently-played', query);
  const { items, cursors } = readShape(playsPage, text);
  const plays = items.map(readPlay).filter((play) => play !== null);
  return { plays, skipped: items.length - plays.length, received: items.length, after: cursors.after };
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
