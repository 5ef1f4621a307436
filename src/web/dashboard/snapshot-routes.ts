import { Router } from 'express';
import { captureSnapshots, type CaptureResult } from '../../snapshots/capture.ts';
import { AppError } from '../../errors.ts';
import type { Flash } from '../types.d.ts';
import type { WebContext } from '../context.ts';
import { userIdOf } from '../sign-in/sign-in.ts';
import { redirectWith } from '../page/redirect-with.ts';

/** `POST /snapshots`: keep today's lists now. */
export function snapshotRoutes({ db, access }: WebContext): Router {
  return Router().post('/snapshots', async (req, res) => {
    const flash = await captureSnapshots(db, userIdOf(req), access).then(
      describe,
      (error: unknown): Flash => {
        if (error instanceof AppError) return { kind: 'error', text: error.message };
        throw error;
      },
    );
    await redirectWith(req, res, '/dashboard', flash);
  });
}

function describe({ date, captured, places, skipped }: CaptureResult): Flash {
  if (captured.length === 0 && places === 0 && skipped === 0) {
    return {
      kind: 'info',
      text: `Nothing new to keep for ${date}: today’s lists are kept already, or Spotify has none for you yet.`,
    };
  }
  const left = skipped > 0 ? ` ${skipped} items of Spotify’s answer were no tracks and were left out.` : '';
  return {
    kind: 'info',
    text: `Kept ${places} ranked places in ${captured.length} lists for ${date}.${left}`,
  };
}
