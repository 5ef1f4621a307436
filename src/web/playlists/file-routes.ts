import { Router } from 'express';
import type { Db } from '../../db.ts';
import { streamFileTracks } from '../../playlists/files.ts';
import { getPlaylist, listPlaylistTrackIds, type Playlist } from '../../playlists/playlists.ts';
import type { WebContext } from '../context.ts';
import { userIdOf } from '../sign-in/sign-in.ts';
import { fileNameOf, PLAYLIST_FORMATS, type PlaylistFormat } from './files.ts';
import { sendLines } from '../page/send-stream.ts';
import { playlistIdOf } from './id.ts';

export function playlistFileRoutes({ db }: WebContext): Router {
  const router = Router();
  for (const [extension, format] of Object.entries(PLAYLIST_FORMATS)) {
    router.get(`/playlists/:playlistId/tracks.${extension}`, async (req, res) => {
      const playlist = await getPlaylist(db, userIdOf(req), playlistIdOf(req));
      const trackIds = await listPlaylistTrackIds(db, userIdOf(req), playlist.playlist_id);
      res.attachment(fileNameOf(playlist, extension));
      await sendLines(req, res, format.contentType, piecesOf(db, format, playlist, trackIds));
    });
  }
  return router;
}

async function* piecesOf(
  db: Db,
  format: PlaylistFormat,
  playlist: Playlist,
  trackIds: readonly string[],
): AsyncGenerator<string> {
  yield format.head(playlist);
  let place = 0;
  for await (const track of streamFileTracks(db, trackIds)) {
    place += 1;
    yield format.track(track, place);
  }
  if (format.foot !== '') yield format.foot;
}
