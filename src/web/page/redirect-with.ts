import { promisify } from 'node:util';
import type { Request, Response } from 'express';
import { log } from '../../log.ts';
import type { Flash } from '../types.d.ts';

/**
 * Leads on from a form to a page that shows a message. The session is saved before the answer: express-session saves
 * after the headers are out, and a browser that follows them at once would be there before its message.
 */
export async function redirectWith(req: Request, res: Response, path: string, flash: Flash): Promise<void> {
  req.session.flash = flash;
  // What the form asked for is done: a message that cannot be kept is no reason to say that it failed.
  await promisify(req.session.save.bind(req.session))().catch((error: unknown) =>
    log.warn({ err: error, request: req.id }, 'a message could not be kept for the next page'),
  );
  res.redirect(303, path);
}
