import { Router } from 'express';
import { z } from 'zod';
import { claimArchive, listUnclaimedArchives } from '../../archives/unclaimed.ts';
import { notFound } from '../../errors.ts';
import { mayClaim } from './claimable.ts';
import type { WebContext } from '../context.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { readNumberId, readParams } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { renderPage } from '../page/render.ts';

const confirmation = z.object({
  confirm: z.literal('yes', 'must be ticked: you cannot undo a claim'),
});

/** For archives moved from SQLite that wait for their owner. */
export function archiveRoutes(context: WebContext): Router {
  const { db } = context;
  return Router()
    .get('/archives/unclaimed', async (req, res) => {
      const archives = mayClaim(context, listenerOf(req)) ? await listUnclaimedArchives(db) : [];
      renderPage(res, 'archives/unclaimed', { title: 'Archives without an owner' }, { archives });
    })
    .post('/archives/:archiveId/claim', async (req, res) => {
      const archiveId = readNumberId(req.params.archiveId);
      if (!mayClaim(context, listenerOf(req))) throw notFound();
      readParams(confirmation, req.body);
      await claimArchive(db, userIdOf(req), archiveId);
      await redirectWith(req, res, '/dashboard', {
        kind: 'info',
        text: 'You claimed the archive. It is now part of yours.',
      });
    });
}
