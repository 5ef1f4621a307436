import type { Request, RequestHandler, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { dayIn } from '../calendar.ts';
import type { WebContext } from './context.ts';
import { countClaimable } from './home/claimable.ts';
import { onceRendered, sendBody, type Page } from './page/render.ts';
import { connectionOf } from './sign-in/connection-banner.ts';
import { visitorOf } from './sign-in/session-store.ts';
import { listenerOf } from './sign-in/sign-in.ts';

/** Pages that say what the archive says and nothing else. */
export const KEPT_PAGES = [
  '/dashboard',
  '/explore',
  '/mood',
  '/mood/:quadrant',
  '/search',
  '/tracks/:trackId',
  '/artists/:artistId',
  '/albums/:albumId',
  '/time-machine',
  '/time-machine/:year',
  '/time-machine/:year/:month',
  '/time-machine/:year/:month/:day',
  '/history',
  '/history/top',
  '/history/when',
  '/history/skips',
];

interface KeptPage {
  readonly page: Page;
  /** The body, parted where a form's token stands: that is another in each answer. */
  readonly pieces: readonly string[];
}

/** Of two bytes at most: room for a hundred pages in 16 MB. */
const MOST_CHARACTERS = 8 * 1024 * 1024;
/** Nobody's pages stay here long after them. */
const LONGEST_KEPT_MS = 60 * 60 * 1000;

/**
 * The body of a page is rendered once for each listener, version of their archive, day and address, while there is
 * room. What stands around it (messages, the connection, the theme) is rendered for each answer.
 */
export function keptPages(context: WebContext): RequestHandler {
  if (!context.config.keepViews) return (_req, _res, next) => next();
  const kept = new LRUCache<string, KeptPage>({
    maxSize: MOST_CHARACTERS,
    sizeCalculation: ({ pieces }, key) => pieces.reduce((size, piece) => size + piece.length, key.length),
    ttl: LONGEST_KEPT_MS,
    ttlAutopurge: true,
  });
  return async (req, res, next) => {
    const key = await keyOf(context, req, res);
    const known = kept.get(key);
    if (known) return sendBody(res, known.page, known.pieces.join(tokenOf(res)));
    onceRendered(res, (page, body) => {
      if (res.statusCode === 200) kept.set(key, { page, pieces: body.split(tokenOf(res)) });
    });
    return next();
  };
}

const tokenOf = (res: Response): string => res.locals.csrfToken as string;

/**
 * All that a page is made of. The day by both clocks, the database's and ours: by one of them alone, a page of the last
 * second before midnight could be kept as the new day's.
 */
async function keyOf(context: WebContext, req: Request, res: Response): Promise<string> {
  const listener = listenerOf(req);
  const visitor = visitorOf(req);
  return JSON.stringify([
    listener,
    visitor?.archiveVersion,
    dayIn(listener.timezone, visitor?.connection.now),
    dayIn(listener.timezone),
    connectionOf(res),
    req.path === '/dashboard' && (await countClaimable(context, listener)),
    req.originalUrl,
  ]);
}
