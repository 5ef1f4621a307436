import { Router, type Request } from 'express';
import { z } from 'zod';
import { findAlbum, listAlbumTracks, type ListenerAlbum } from '../../catalogue/listener-album.ts';
import { notFound } from '../../errors.ts';
import { findAlbumTotals } from '../../plays/played-totals.ts';
import type { WebContext } from '../context.ts';
import { albumPath, titleOf } from '../page/helpers.ts';
import { countPages, linkPages, pageNumber } from '../page/page-links.ts';
import { readId, readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import * as words from './words.ts';

const pageParams = z.object({ page: pageNumber });

const TRACKS_PER_PAGE = 60;

type Db = WebContext['db'];

/** `/albums/:albumId`: the listener's tracks of an album, how often they were played, and their places in the lists. */
export function albumRoutes({ db }: WebContext): Router {
  return Router().get('/albums/:albumId', async (req, res) => {
    const { page } = readParams(pageParams, req.query);
    const album = await albumOf(db, req);
    const { timezone } = listenerOf(req);
    const shown = { ...(await readAlbumPage(db, userIdOf(req), album, page)), timezone };
    renderPage(res, 'albums/album', { title: titleOf(album.name), words }, { shown });
  });
}

/** @throws AppError 404 where no track of it stands in the listener's library */
async function albumOf(db: Db, req: Request): Promise<ListenerAlbum> {
  const album = await findAlbum(db, userIdOf(req), readId(req.params.albumId));
  if (album === null) throw notFound();
  return album;
}

async function readAlbumPage(db: Db, userId: number, album: ListenerAlbum, page: number) {
  const { album_id: albumId } = album;
  const pages = countPages(album.tracks, TRACKS_PER_PAGE);
  if (page > pages) throw notFound();
  const [tracks, played] = await Promise.all([
    listAlbumTracks(db, userId, albumId, { offset: (page - 1) * TRACKS_PER_PAGE, limit: TRACKS_PER_PAGE }),
    findAlbumTotals(db, userId, albumId),
  ]);
  return {
    album,
    tracks,
    played,
    links: linkPages(page, pages, (number) => `${albumPath(albumId)}?page=${number}#tracks`),
  };
}
