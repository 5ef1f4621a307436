import { get, getOnce, openSession } from './api-request.ts';
import { SpotifyError } from './errors.ts';
import { idInPath, parseJson, readShape } from './read-shape.ts';
import {
  playsPage,
  profileShape,
  readPlay,
  readPlayedAt,
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
  /** When the items that are no track were played, in Unix milliseconds; null for one that does not say. */
  readonly skippedAt: readonly (number | null)[];
  /** Nothing more would have fitted: there may be plays before the oldest of the page that it does not hold. */
  readonly full: boolean;
}

const MAX_PLAYS = 50;

/**
 * The last plays, 50 at most, as they are. Spotify adds plays later under their own times (a phone that was offline), so
 * that asking for those after the newest one known would never bring these. Throws SpotifyError.
 */
export async function fetchRecentlyPlayed(
  settings: SpotifySettings,
  accessToken: string,
): Promise<RecentlyPlayed> {
  const query = { limit: String(MAX_PLAYS) };
  const text = await get(openSession(settings, accessToken), '/v1/me/player/recently-played', query);
  const { items } = readShape(playsPage, text);
  const read = items.map((item) => ({ item, play: readPlay(item) }));
  return {
    plays: read.flatMap(({ play }) => play ?? []),
    skippedAt: read.filter(({ play }) => play === null).map(({ item }) => readPlayedAt(item)),
    full: items.length >= MAX_PLAYS,
  };
}

/** One track by its Spotify id, asked for once. Throws SpotifyError; `refused` with `spotifyStatus` 404 where there is none. */
export async function fetchTrack(
  settings: SpotifySettings,
  accessToken: string,
  trackId: string,
): Promise<SpotifyTrack> {
  const text = await getOnce(openSession(settings, accessToken), `/v1/tracks/${idInPath(trackId)}`);
  const track = readTrack(parseJson(text));
  if (track === null) throw new SpotifyError('unreadable');
  return track;
}
