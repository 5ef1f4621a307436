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
