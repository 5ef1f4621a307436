import type { Transaction } from '../../../src/db.ts';
import { copyLine, copyLines } from '../../../src/database/copy-lines.ts';
import { dateBack } from '../../invented/large-catalogue.ts';

/** One playlist for each so many tracks of an archive. */
const TRACKS_PER_PLAYLIST = 200;
const PLAYLIST_LENGTH = 40;

export interface Owner {
  readonly userId: number;
  readonly library: readonly string[];
}

/** Playlists as an old archive kept them: each a stretch of the library, made when its tracks were new. */
export async function fillPlaylists(tx: Transaction, owners: readonly Owner[]): Promise<void> {
  const playlists = owners.flatMap(({ userId, library }) =>
    Array.from({ length: Math.ceil(library.length / TRACKS_PER_PLAYLIST) }, (_, n) => {
      const first = n * TRACKS_PER_PLAYLIST;
      const made = `${dateBack(library.length - first)}T12:00:00Z`;
      return {
        key: [String(userId), `playlist-${n + 1}`],
        made,
        tracks: library.slice(first, first + PLAYLIST_LENGTH),
      };
    }),
  );
  await copyLines(
    tx,
    'playlists',
    ['user_id', 'playlist_id', 'name', 'origin', 'created_at'],
    playlists.map(({ key, made }) =>
      copyLine([...key, `Playlist of ${made.slice(0, 10)}`, 'old-archive', made]),
    ),
  );
  await copyLines(
    tx,
    'playlist_tracks',
    ['user_id', 'playlist_id', 'track_id', 'position', 'created_at'],
    playlists.flatMap(({ key, made, tracks }) =>
      tracks.map((trackId, index) => copyLine([...key, trackId, String(index + 1), made])),
    ),
  );
}
