import { promisify } from 'node:util';
import type { Request, Response } from 'express';
import { log } from '../../log.ts';
import type { Flash } from '../types.d.ts';

/** express-session saves after the headers, and a browser may follow them sooner: so it is saved before. */
export async function redirectWith(req: Request, res: Response, path: string, flash: Flash): Promise<void> {
  req.session.flash = flash;
  // The form's work is done: a lost message must not make it look failed.
  await promisify(req.session.save.bind(req.session))().catch((error: unknown) =>
    log.warn({ err: error, request: req.id }, 'a message could not be kept for the next page'),
  );
  res.redirect(303, path);
}
