import { get, openSession, type ApiSession } from './api-request.ts';
import { readShape } from './read-shape.ts';
import { readTrack, trackPage, type SpotifyTrack } from './schemas.ts';
import type { SpotifySettings } from './settings.ts';

/** About 4 weeks, 6 months, 1 year. */
export const TIME_RANGES = ['short_term', 'medium_term', 'long_term'] as const;
export type TimeRange = (typeof TIME_RANGES)[number];

/** `rank` is Spotify's own, from 1: an item that could not be read leaves a gap rather than move the others up. */
export type RankedTrack = SpotifyTrack & { readonly rank: number };

export interface TopTracks {
  readonly tracks: RankedTrack[];
  /** Items that were no usable track, or a track already listed (the list can move between two pages). */
  readonly skipped: number;
}

const PAGE_SIZE = 50;
const MAX_PAGES = 10;

/**
 * A listener's whole top list, best first. Spotify's `total` promises more than it serves, so paging ends at an
 * empty page or where there is no `next`; the addresses are our own, so that a token never follows a foreign one.
 * All or nothing: a page that fails throws its SpotifyError.
 */
export async function listTopTracks(
  settings: SpotifySettings,
  accessToken: string,
  timeRange: TimeRange,
): Promise<TopTracks> {
  const session = openSession(settings, accessToken);
  const byId = new Map<string, RankedTrack>();
  let received = 0;
  for (let page = 1, offset = 0; page <= MAX_PAGES; page += 1) {
    const { items, next, limit } = await fetchPage(session, timeRange, offset);
    received += items.length;
    for (const track of rankedTracks(items, offset)) {
      if (!byId.has(track.trackId)) byId.set(track.trackId, track);
    }
    if (items.length === 0 || next === null) break;
    offset += limit;
  }
  return { tracks: [...byId.values()], skipped: received - byId.size };
}

async function fetchPage(session: ApiSession, timeRange: TimeRange, offset: number) {
  const query = { time_range: timeRange, limit: String(PAGE_SIZE), offset: String(offset) };
  return readShape(trackPage, await get(session, '/v1/me/top/tracks', query));
}

const rankedTracks = (items: readonly unknown[], offset: number): RankedTrack[] =>
  items.flatMap((item, index) => {
    const track = readTrack(item);
    return track === null ? [] : [{ ...track, rank: offset + index + 1 }];
  });
