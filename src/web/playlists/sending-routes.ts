import { Router } from 'express';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { beginSending } from '../../playlists/begin-sending.ts';
import { findSending, type Sending } from '../../playlists/sendings.ts';
import { getPlaylist } from '../../playlists/playlists.ts';
import type { WebContext } from '../context.ts';
import { playlistPath } from '../page/helpers.ts';
import { userIdOf } from '../sign-in/sign-in.ts';
import { playlistIdOf } from './id.ts';
import { readParams } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { sendEvents, type Seen } from '../page/send-events.ts';
import { isWorthWatching, progressWords, shownState } from './sending-view.ts';

const sendForm = z.object({
  visibility: z.enum(['private', 'public'], 'must be private or public').default('private'),
  as_new: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
});

export function playlistSendingRoutes(context: WebContext): Router {
  return Router()
    .post('/playlists/:playlistId/send', async (req, res) => {
      const { playlist_id: playlistId } = await getPlaylist(context.db, userIdOf(req), playlistIdOf(req));
      const form = readParams(sendForm, req.body);
      const path = `${playlistPath(playlistId)}#spotify`;
      try {
        await beginSending(context, userIdOf(req), playlistId, {
          isPublic: form.visibility === 'public',
          asNew: form.as_new === 'yes',
        });
        res.redirect(303, path);
      } catch (error) {
        if (!(error instanceof AppError) || error.status >= 500) throw error;
        await redirectWith(req, res, path, { kind: 'error', text: error.message });
      }
    })
    .get('/playlists/:playlistId/progress', async (req, res) => {
      const { playlist_id: playlistId } = await getPlaylist(context.db, userIdOf(req), playlistIdOf(req));
      await sendEvents(req, res, context.readiness, async () =>
        seenOf(await findSending(context.db, userIdOf(req), playlistId)),
      );
    });
}

const LOOK_MS = 400;
const IDLE_LOOK_MS = 2_000;

function seenOf(sending: Sending | null): Seen {
  if (sending === null) return { data: null, lookAgainMs: null };
  const data = {
    state: shownState(sending),
    words: progressWords(sending),
    handled: sending.handled,
    total: sending.total,
  };
  if (!isWorthWatching(sending)) return { data, lookAgainMs: null };
  return { data, lookAgainMs: sending.state === 'sending' ? LOOK_MS : IDLE_LOOK_MS };
}
