import { Router } from 'express';
import { captureSnapshots } from '../../snapshots/capture.ts';
import type { WebContext } from '../context.ts';
import { userIdOf } from '../sign-in/sign-in.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { captureFlash } from './capture-flash.ts';

/** `POST /snapshots`: keep today's lists now. */
export function snapshotRoutes({ db, access }: WebContext): Router {
  return Router().post('/snapshots', async (req, res) => {
    await redirectWith(
      req,
      res,
      '/dashboard',
      captureFlash(await captureSnapshots(db, userIdOf(req), access), req.user?.timezone),
    );
  });
}
