import { Router } from 'express';
import { z } from 'zod';
import { claimArchive, listUnclaimedArchives } from '../../archives/unclaimed.ts';
import { notFound } from '../../errors.ts';
import { mayClaim } from './claimable.ts';
import type { WebContext } from '../context.ts';
import { requireSignIn, userIdOf } from '../sign-in/sign-in.ts';
import { readParams } from '../page/read-params.ts';
import { renderPage } from '../page/render.ts';

const archiveId = z.object({
  archiveId: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .transform(Number),
});
const confirmation = z.object({
  confirm: z.literal('yes', 'must be ticked: an archive cannot be handed on once it is yours'),
});

/** Archives moved from SQLite that wait for their owner. */
export function archiveRoutes(context: WebContext): Router {
  const { db } = context;
  return Router()
    .get('/archives/unclaimed', requireSignIn, async (req, res) => {
      const archives = mayClaim(context, req.user as Express.User) ? await listUnclaimedArchives(db) : [];
      renderPage(res, 'archives/unclaimed', { title: 'Archives waiting for their owner' }, { archives });
    })
    .post('/archives/:archiveId/claim', requireSignIn, async (req, res) => {
      const id = archiveId.safeParse(req.params);
      if (!id.success || !mayClaim(context, req.user as Express.User)) throw notFound();
      readParams(confirmation, req.body);
      await claimArchive(db, userIdOf(req), id.data.archiveId);
      req.session.flash = { kind: 'info', text: 'The archive is part of yours now.' };
      res.redirect(303, '/dashboard');
    });
}
