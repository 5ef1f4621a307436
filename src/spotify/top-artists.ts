import { readArtist, type SpotifyArtist } from './schemas.ts';
import type { SpotifySettings } from './settings.ts';
import { listTop, type TimeRange, type TopKind, type TopList } from './top-list.ts';

const ARTISTS: TopKind<SpotifyArtist> = {
  path: '/v1/me/top/artists',
  read: readArtist,
  idOf: ({ artistId }) => artistId,
};

export const listTopArtists = (
  settings: SpotifySettings,
  accessToken: string,
  timeRange: TimeRange,
): Promise<TopList<SpotifyArtist>> => listTop(settings, accessToken, timeRange, ARTISTS);
