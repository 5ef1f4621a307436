import { Router } from 'express';
import { z } from 'zod';
import { notFound } from '../../errors.ts';
import { oneLine } from '../../playlists/proposals.ts';
import { createApiToken, deleteApiToken, listApiTokens, SCOPES } from '../../users/api-tokens.ts';
import type { WebContext } from '../context.ts';
import { readNumberId, readParams } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { renderPage } from '../page/render.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import * as words from './token-words.ts';
import { ENDS, NAME_LIMIT } from './token-words.ts';

const scope = z.enum(SCOPES, `must be one of ${SCOPES.join(', ')}`);
const tokenForm = z.object({
  name: z
    .string('must be given once')
    .transform(oneLine)
    .refine(({ length }) => length > 0 && length <= NAME_LIMIT, `must have 1 to ${NAME_LIMIT} characters`),
  scope: z.union([z.array(scope), scope.transform((one) => [one])], 'must be chosen'),
  days: z.enum(Object.keys(ENDS), 'must be one of those offered').transform(Number),
});

const PAGE = '/settings/tokens';

export function tokenRoutes({ db, config }: WebContext): Router {
  return (
    Router()
      .get(PAGE, async (req, res) => {
        const tokens = await listApiTokens(db, userIdOf(req));
        const timezone = listenerOf(req).timezone;
        renderPage(res, 'settings/tokens', { title: 'API tokens', words }, { tokens, timezone });
      })
      // Answered with the page itself: a redirect would have to keep the secret somewhere.
      .post(PAGE, async (req, res) => {
        const { name, scope: scopes, days } = readParams(tokenForm, req.body);
        const secret = await createApiToken(db, userIdOf(req), { name, scopes: [...new Set(scopes)], days });
        const page = { title: 'Your new token', scripts: ['behaviours/copy.js'] };
        renderPage(res, 'settings/token-made', page, {
          name,
          secret,
          address: config.baseUrl,
          path: PAGE,
        });
      })
      .post(`${PAGE}/:tokenId/delete`, async (req, res) => {
        const deleted = await deleteApiToken(db, userIdOf(req), readNumberId(req.params.tokenId));
        if (!deleted) throw notFound();
        await redirectWith(req, res, PAGE, {
          kind: 'info',
          text: 'The token is deleted. Programs can no longer use it.',
        });
      })
  );
}
