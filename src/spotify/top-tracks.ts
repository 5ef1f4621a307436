import { readTrack, type SpotifyTrack } from './schemas.ts';
import type { SpotifySettings } from './settings.ts';
import { listTop, type TimeRange, type TopKind, type TopList } from './top-list.ts';

export { TIME_RANGES, type TimeRange } from './top-list.ts';

const TRACKS: TopKind<SpotifyTrack> = {
  path: '/v1/me/top/tracks',
  read: readTrack,
  idOf: ({ trackId }) => trackId,
};

export const listTopTracks = (
  settings: SpotifySettings,
  accessToken: string,
  timeRange: TimeRange,
): Promise<TopList<SpotifyTrack>> => listTop(settings, accessToken, timeRange, TRACKS);
