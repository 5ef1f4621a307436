import { Router, type Request } from 'express';
import { z } from 'zod';
import { getArchiveSummary } from '../../figures/summary.ts';
import { notFound } from '../../errors.ts';
import { askAboutTracks, computeProfile, PLAYLIST_CHARTS } from '../../playlists/profile.ts';
import { DESCRIPTION_LIMIT, NAME_LIMIT, oneLine } from '../../playlists/proposals.ts';
import {
  countPlaylists,
  deletePlaylist,
  getPlaylist,
  listPlaylists,
  listPlaylistTrackIds,
  PLAYLISTS_PER_PAGE,
  renamePlaylist,
} from '../../playlists/playlists.ts';
import type { WebContext } from '../context.ts';
import { formatNumber, playlistPath } from '../page/helpers.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { linkPages } from '../page/page-links.ts';
import { soundCharts } from './charts.ts';
import { playlistIdOf } from './id.ts';
import { drawnFrom } from '../page/chart-answers.ts';
import { readParams } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { renderPage } from '../page/render.ts';
import { readSendingView } from './sending-view.ts';
import * as words from './words.ts';

const TRACKS_PER_PAGE = 100;

const pageParams = z.object({
  page: z
    .string('must be given once')
    .regex(/^[1-9]\d{0,6}$/, 'must be the number of a page')
    .transform(Number)
    .default(1),
});

const line = (limit: number) =>
  z
    .string('must be given once')
    .transform(oneLine)
    .refine(({ length }) => length <= limit, {
      error: ({ input }) =>
        `can have at most ${limit} characters; yours has ${formatNumber(String(input).length)}`,
    });
const renameForm = z.object({
  name: line(NAME_LIMIT).refine((name) => name !== '', 'must not be empty'),
  description: line(DESCRIPTION_LIMIT).default(''),
});

export function playlistRoutes(context: WebContext): Router {
  const { db } = context;
  return Router()
    .get('/playlists', async (req, res) => {
      const { page } = readParams(pageParams, req.query);
      const total = await countPlaylists(db, userIdOf(req));
      const pages = Math.max(1, Math.ceil(total / PLAYLISTS_PER_PAGE));
      if (page > pages) throw notFound();
      const playlists = await listPlaylists(db, userIdOf(req), page);
      const pager = linkPages(page, pages, (number) => `/playlists?page=${number}`);
      renderPage(res, 'playlists/index', { title: 'Playlists' }, { playlists, total, pager });
    })
    .get('/playlists/:playlistId', async (req, res) => {
      const shown = await readPlaylist(context, req);
      const page = {
        title: shown.playlist.name,
        words,
        scripts: ['pages/playlist.js'],
        ...(shown.sending.isWatched
          ? {
              refresh: {
                seconds: shown.sending.isMoving ? 3 : 15,
                path: playlistPath(shown.playlist.playlist_id),
              },
            }
          : {}),
      };
      renderPage(res, 'playlists/playlist', page, shown);
    })
    .post('/playlists/:playlistId/rename', async (req, res) => {
      const { playlist_id: playlistId } = await getPlaylist(db, userIdOf(req), playlistIdOf(req));
      await renamePlaylist(db, userIdOf(req), playlistId, readParams(renameForm, req.body));
      await redirectWith(req, res, playlistPath(playlistId), {
        kind: 'info',
        text: 'The playlist is renamed. A copy on Spotify keeps its name.',
      });
    })
    .get('/playlists/:playlistId/delete', async (req, res) => {
      const playlist = await getPlaylist(db, userIdOf(req), playlistIdOf(req));
      renderPage(res, 'playlists/delete', { title: `Delete ${playlist.name}` }, { playlist });
    })
    .post('/playlists/:playlistId/delete', async (req, res) => {
      await deletePlaylist(db, userIdOf(req), playlistIdOf(req));
      await redirectWith(req, res, '/playlists', {
        kind: 'info',
        text: 'The playlist is deleted. A copy on Spotify stays there.',
      });
    });
}

export const playlistCharts = drawnFrom('playlists/:playlistId/', PLAYLIST_CHARTS, async ({ db }, req) => {
  const { playlist_id: playlistId } = await getPlaylist(db, userIdOf(req), playlistIdOf(req));
  return computeProfile(db, userIdOf(req), await listPlaylistTrackIds(db, userIdOf(req), playlistId));
});

async function readPlaylist({ db }: WebContext, req: Request) {
  const user = listenerOf(req);
  const playlist = await getPlaylist(db, user.user_id, playlistIdOf(req));
  const { page } = readParams(pageParams, req.query);
  const trackIds = await listPlaylistTrackIds(db, user.user_id, playlist.playlist_id);
  const pages = Math.max(1, Math.ceil(trackIds.length / TRACKS_PER_PAGE));
  if (page > pages) throw notFound();
  const first = (page - 1) * TRACKS_PER_PAGE;
  const [{ cards, profile }, summary, sending] = await Promise.all([
    askAboutTracks(db, {
      cards: [trackIds.slice(first, first + TRACKS_PER_PAGE)],
      profile: [user.user_id, trackIds],
    }),
    getArchiveSummary(db, user.user_id),
    readSendingView(db, user, playlist),
  ]);
  return {
    playlist,
    cards,
    firstPlace: first + 1,
    pager: linkPages(page, pages, (number) => `${playlistPath(playlist.playlist_id)}?page=${number}#tracks`),
    profile,
    archive: summary.figures,
    ...soundCharts(profile, summary.figures),
    sending,
    timezone: user.timezone,
  };
}
