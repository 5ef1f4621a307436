import { setTimeout as sleep } from 'node:timers/promises';
import { Router, type Request, type Response } from 'express';
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
import { isWorthWatching, progressWords, shownState } from './sending-view.ts';

const sendForm = z.object({
  visibility: z.enum(['private', 'public'], 'must be private or public').default('private'),
  anew: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
});

/** Sends a playlist to Spotify, or goes on with it, and says how far it is. */
export function playlistSendingRoutes(context: WebContext): Router {
  return Router()
    .post('/playlists/:playlistId/send', async (req, res) => {
      const { playlist_id: playlistId } = await getPlaylist(context.db, userIdOf(req), playlistIdOf(req));
      const form = readParams(sendForm, req.body);
      const path = `${playlistPath(playlistId)}#spotify`;
      try {
        await beginSending(context, userIdOf(req), playlistId, {
          isPublic: form.visibility === 'public',
          anew: form.anew === 'yes',
        });
        res.redirect(303, path);
      } catch (error) {
        if (!(error instanceof AppError) || error.status >= 500) throw error;
        await redirectWith(req, res, path, { kind: 'error', text: error.message });
      }
    })
    .get('/playlists/:playlistId/progress', async (req, res) => {
      const { playlist_id: playlistId } = await getPlaylist(context.db, userIdOf(req), playlistIdOf(req));
      await streamProgress(context, req, res, playlistId);
    });
}

const LOOK_MS = 400;
const IDLE_LOOK_MS = 2_000;
/** The browser comes back by itself after that, and shows anew who it is. */
const LONGEST_MS = 30_000;

/** Server-sent events, one each time something has changed; `end` when nothing moves any more. */
async function streamProgress(
  { db, readiness }: WebContext,
  req: Request,
  res: Response,
  playlistId: string,
): Promise<void> {
  res.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    // no-transform: compressed, the events would wait for each other.
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  if (req.method === 'HEAD') return void res.end();
  res.write('retry: 1000\n\n');
  const until = Date.now() + LONGEST_MS;
  let said = '';
  while (!res.destroyed && !readiness.isDraining && Date.now() < until) {
    const sending = await findSending(db, userIdOf(req), playlistId);
    const event = eventOf(sending);
    if (event !== said) res.write(event);
    said = event;
    if (sending === null || !isWorthWatching(sending)) break;
    await sleep(sending.state === 'sending' ? LOOK_MS : IDLE_LOOK_MS);
  }
  res.end();
}

function eventOf(sending: Sending | null): string {
  const name = sending && isWorthWatching(sending) ? 'progress' : 'end';
  const data = sending && {
    state: shownState(sending),
    words: progressWords(sending),
    handled: sending.handled,
    total: sending.total,
  };
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
