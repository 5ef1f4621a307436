import { Router, type Request } from 'express';
import { z } from 'zod';
import { setHidden, type Hideable } from '../../hidden/hide.ts';
import { countHidden, HIDDEN_PER_PAGE, listHidden } from '../../hidden/hidden-things.ts';
import { notFound } from '../../errors.ts';
import type { WebContext } from '../context.ts';
import { artistPath, trackPath } from '../page/helpers.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { countPages, linkPages, pageNumber } from '../page/page-links.ts';
import { readId, readParams, safeReturnTo } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { renderPage } from '../page/render.ts';
import * as words from './hidden-words.ts';

const pageParams = z.object({ page: pageNumber });

const PAGES: Readonly<Record<Hideable, (id: string) => string>> = { track: trackPath, artist: artistPath };

/** Things are hidden and shown again on their own pages. */
export function hiddenRoutes({ db, config }: WebContext): Router {
  const router = Router().get('/settings/hidden', async (req, res) => {
    const { page } = readParams(pageParams, req.query);
    const counts = await countHidden(db, userIdOf(req));
    const pages = countPages(counts.tracks + counts.artists, HIDDEN_PER_PAGE);
    if (page > pages) throw notFound();
    const things = await listHidden(db, userIdOf(req), page);
    const links = linkPages(page, pages, (number) => `/settings/hidden?page=${number}`);
    const timezone = listenerOf(req).timezone;
    renderPage(res, 'settings/hidden', { title: 'Hidden', words }, { counts, things, links, timezone });
  });
  for (const kind of ['track', 'artist'] as const) {
    for (const verb of ['hide', 'show'] as const) {
      router.post(`/${kind}s/:${kind}Id/${verb}`, async (req: Request, res) => {
        const id = readId(req.params[`${kind}Id`]);
        const hidden = verb === 'hide';
        const name = await setHidden(db, userIdOf(req), { kind, id, hidden });
        const path = PAGES[kind](id);
        const { return_to: returnTo } = (req.body ?? {}) as { return_to?: unknown };
        await redirectWith(req, res, safeReturnTo(returnTo, config.baseUrl, path), {
          kind: 'info',
          text: hidden ? hiddenWords(kind, name) : `${quoted(kind, name)} is no longer hidden.`,
          ...(hidden ? { undo: { action: `${path}/show`, words: 'Undo' } } : {}),
        });
      });
    }
  }
  return router;
}

const UNNAMED = { track: 'The track without a name', artist: 'The artist without a name' } as const;

const quoted = (kind: Hideable, name: string | null): string => (name === null ? UNNAMED[kind] : `“${name}”`);

const hiddenWords = (kind: Hideable, name: string | null): string =>
  kind === 'track'
    ? `${quoted(kind, name)} is hidden. It stays in your archive; only its own page shows it.`
    : `${quoted(kind, name)} and all their tracks are hidden. They stay in your archive; only their own pages show them.`;
