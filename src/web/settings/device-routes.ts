import { Router } from 'express';
import { z } from 'zod';
import { log } from '../../log.ts';
import { listDevices, signOutDevice, signOutEverywhere } from '../../users/devices.ts';
import type { WebContext } from '../context.ts';
import { endSession } from '../sign-in/session.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { readParams } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { renderPage } from '../page/render.ts';
import * as words from './device-words.ts';

const signOutForm = z.object({
  device: z.union(
    [z.literal('everywhere'), z.string().regex(/^[0-9a-f]{64}$/)],
    'must be one of the devices listed, or everywhere',
  ),
});

export function deviceRoutes({ db, config }: WebContext): Router {
  return Router()
    .get('/settings/devices', async (req, res) => {
      const devices = await listDevices(db, userIdOf(req), req.sessionID);
      const timezone = listenerOf(req).timezone;
      renderPage(res, 'settings/devices', { title: 'Signed-in devices', words }, { devices, timezone });
    })
    .post('/settings/devices/sign-out', async (req, res) => {
      const { device } = readParams(signOutForm, req.body);
      if (device === 'everywhere') {
        await signOutEverywhere(db, userIdOf(req));
        await endSession(req, res, config.baseUrl);
        log.info({ request: req.id }, 'signed out everywhere');
        return res.redirect(303, '/');
      }
      // Another listener's device counts as signed out already.
      const ended = await signOutDevice(db, userIdOf(req), device);
      return redirectWith(req, res, '/settings/devices', {
        kind: 'info',
        text: ended ? 'That device is signed out.' : 'That device was already signed out.',
      });
    });
}
