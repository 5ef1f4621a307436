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

/** @throws SpotifyError `not-allowed` if they are not on the app's list */
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
  readonly plays: RecentPlay[];
  /** When items that are not tracks were played, in Unix milliseconds; null if unknown. */
  readonly skippedAt: readonly (number | null)[];
  readonly full: boolean;
}

const MAX_PLAYS = 50;

/** Always all 50: a phone that was offline adds plays later under their own times. */
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

/** Tried once. @throws SpotifyError `refused` with 404 for an unknown track */
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
