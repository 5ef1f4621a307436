import { Router } from 'express';
import { z } from 'zod';
import { updatePaused } from '../../users/connection-health.ts';
import { describeConnection } from '../sign-in/connection-banner.ts';
import type { WebContext } from '../context.ts';
import { userIdOf } from '../sign-in/sign-in.ts';
import { readParams } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';

const pauseForm = z.object({ fetching: z.enum(['on', 'off'], 'must be on or off') });

export function connectionRoutes({ db }: WebContext): Router {
  return Router()
    .get('/api/connection', (req, res) => void res.json(describeConnection(req)))
    .post('/settings/fetching', async (req, res) => {
      const { fetching } = readParams(pauseForm, req.body);
      await updatePaused(db, userIdOf(req), fetching === 'off');
      await redirectWith(req, res, '/settings', {
        kind: 'info',
        text:
          fetching === 'off'
            ? 'Paused. Nothing is fetched from Spotify until you resume.'
            : 'Resumed. Your lists and plays are fetched again.',
      });
    });
}
