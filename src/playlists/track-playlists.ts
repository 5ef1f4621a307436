import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';

export interface TrackPlaylist {
  readonly playlist_id: string;
  readonly name: string;
  readonly position: number | null;
}

export const listPlaylistsOf = (db: Queries, userId: number, trackId: string): Promise<TrackPlaylist[]> =>
  db.many<TrackPlaylist>(PLAYLISTS_OF, [userId, trackId]);

const PLAYLISTS_OF = hotQuery(
  'track: its playlists',
  `
  SELECT playlist_id, name, position
  FROM playlist_tracks JOIN playlists USING (user_id, playlist_id)
  WHERE user_id = $1 AND track_id = $2
  ORDER BY name, playlist_id`,
);
