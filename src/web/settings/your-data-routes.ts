import { Router } from 'express';
import { z } from 'zod';
import { countHoldings, deleteListener } from '../../archives/delete-listener.ts';
import { streamArchive } from '../../exports/stream-archive.ts';
import { log } from '../../log.ts';
import { deleteConnection, findConnection } from '../../users/connections.ts';
import type { WebContext } from '../context.ts';
import { endSession } from '../sign-in/session.ts';
import { userIdOf } from '../sign-in/sign-in.ts';
import { readParams } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { renderPage } from '../page/render.ts';
import { sendStream } from '../page/send-stream.ts';

/** To be typed before everything is deleted. */
const WORD = 'delete';
const deleteForm = z.object({ word: z.string('must be typed').max(100, 'is too long') });

export function yourDataRoutes({ db, config }: WebContext): Router {
  return Router()
    .get('/settings/export', async (req, res) => {
      const holdings = await countHoldings(db, userIdOf(req));
      renderPage(res, 'settings/export', { title: 'Export everything' }, { holdings });
    })
    .get('/settings/export/archive.zip', async (req, res) => {
      const name = `music-time-machine-${new Date().toISOString().slice(0, 10)}.zip`;
      await sendStream(req, res, { name, contentType: 'application/zip' }, () =>
        streamArchive(db, userIdOf(req)),
      );
    })
    .get('/settings/disconnect', async (req, res) => {
      const connection = await findConnection(db, userIdOf(req));
      const connected = connection?.connected ?? false;
      renderPage(res, 'settings/disconnect', { title: 'Disconnect Spotify' }, { connected, word: WORD });
    })
    .post('/settings/disconnect', async (req, res) => {
      await deleteConnection(db, userIdOf(req));
      await redirectWith(req, res, '/settings', {
        kind: 'info',
        text: 'Disconnected. Spotify’s access keys were deleted; your archive is unchanged.',
      });
    })
    .get('/settings/delete', async (req, res) => {
      const holdings = await countHoldings(db, userIdOf(req));
      renderPage(res, 'settings/delete', { title: 'Delete my archive' }, { holdings, word: WORD });
    })
    .post('/settings/delete', async (req, res) => {
      const { word } = readParams(deleteForm, req.body);
      if (word.trim().toLowerCase() !== WORD) {
        return redirectWith(req, res, '/settings/delete', {
          kind: 'error',
          text: `Nothing was deleted. Type the word “${WORD}” to confirm.`,
        });
      }
      await deleteListener(db, userIdOf(req));
      log.info({ request: req.id }, 'a listener deleted their archive');
      await endSession(req, res, config.baseUrl);
      return res.redirect(303, '/');
    });
}
