import { ask, question } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';

export interface TrackPlaylist {
  readonly playlist_id: string;
  readonly name: string;
  readonly position: number | null;
}

export const listPlaylistsOf = (
  db: Queries,
  ...values: [userId: number, trackId: string]
): Promise<readonly TrackPlaylist[]> => ask(db, PLAYLISTS_OF, ...values);

export const PLAYLISTS_OF = question<[userId: number, trackId: string], readonly TrackPlaylist[]>(
  `
  SELECT playlist_id, name, position
  FROM playlist_tracks JOIN playlists USING (user_id, playlist_id)
  WHERE user_id = $1 AND track_id = $2
  ORDER BY name, playlist_id`,
  (rows: readonly TrackPlaylist[]) => rows,
);
