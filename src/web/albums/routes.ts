import { Router, type Request } from 'express';
import { z } from 'zod';
import { together } from '../../database/ask-together.ts';
import { findAlbum, listAlbumTracks, type ListenerAlbum } from '../../catalogue/listener-album.ts';
import { notFound } from '../../errors.ts';
import { ENDINGS } from '../../listening/endings.ts';
import type { Listener } from '../../ranges/period.ts';
import { PLAYED_FROM } from '../../listening/played-from.ts';
import { askedOf, listPlayedMonths, MONTHS_EVER } from '../../listening/played-months.ts';
import { ALBUM_TOTALS } from '../../listening/played-totals.ts';
import type { WebContext } from '../context.ts';
import type { ChartAnswers } from '../page/chart-answers.ts';
import { albumPath, titleOf } from '../page/helpers.ts';
import { countPages, linkPages, pageNumber } from '../page/page-links.ts';
import { readId, readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { drawMonths, playsChart } from '../tracks/play-charts.ts';
import { placesOf } from '../tracks/played-places.ts';
import * as words from './words.ts';

const pageParams = z.object({ page: pageNumber });

const TRACKS_PER_PAGE = 60;

type Db = WebContext['db'];

export function albumRoutes({ db }: WebContext): Router {
  return Router().get('/albums/:albumId', async (req, res) => {
    const { page } = readParams(pageParams, req.query);
    const album = await albumOf(db, req);
    const shown = await readAlbumPage(db, listenerOf(req), album, page);
    const title = titleOf(album.name);
    renderPage(res, 'albums/album', { title, words, scripts: ['pages/album.js'] }, { shown });
  });
}

/** @throws AppError 404 if the listener's library has no track of it */
async function albumOf(db: Db, req: Request): Promise<ListenerAlbum> {
  const album = await findAlbum(db, userIdOf(req), readId(req.params.albumId));
  if (album === null) throw notFound();
  return album;
}

const askAboutAlbum = together('album: in the history', {
  played: ALBUM_TOTALS,
  months: MONTHS_EVER.album,
  from: PLAYED_FROM.album,
  endings: ENDINGS.album,
});

async function readAlbumPage(db: Db, listener: Listener, album: ListenerAlbum, page: number) {
  const { user_id: userId, timezone } = listener;
  const { album_id: albumId } = album;
  const pages = countPages(album.tracks, TRACKS_PER_PAGE);
  if (page > pages) throw notFound();
  const plays = askedOf(listener, albumId);
  const ofAlbum: [number, string] = [userId, albumId];
  const [tracks, { played, months, from, endings }] = await Promise.all([
    listAlbumTracks(db, userId, albumId, { offset: (page - 1) * TRACKS_PER_PAGE, limit: TRACKS_PER_PAGE }),
    askAboutAlbum(db, { played: ofAlbum, months: ofAlbum, from: plays, endings: ofAlbum }),
  ]);
  return {
    album,
    tracks,
    timezone,
    played,
    playsChart: playsChart(months),
    from: placesOf(from),
    endings,
    links: linkPages(page, pages, (number) => `${albumPath(albumId)}?page=${number}#tracks`),
  };
}

export const albumCharts: ChartAnswers = {
  'albums/:albumId/plays-by-month': async ({ db }, req) => {
    const { album_id: id } = await albumOf(db, req);
    return drawMonths(await listPlayedMonths(db, listenerOf(req), 'album', { id, from: null, to: null }));
  },
};
