import { Router, type Request } from 'express';
import { z } from 'zod';
import {
  getImport,
  listImports,
  listRejectReasons,
  listRejects,
  REJECTS_PER_PAGE,
  streamRejects,
} from '../../archives/imports.ts';
import { notFound } from '../../errors.ts';
import type { WebContext } from '../context.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { countPages, linkPages, pageNumber } from '../page/page-links.ts';
import { readNumberId, readParams } from '../page/read-params.ts';
import { REJECT_FORMATS, type RejectFormat } from './reject-files.ts';
import { renderPage } from '../page/render.ts';
import { sendLines } from '../page/send-stream.ts';

const pageParams = z.object({ page: pageNumber });

export function importRoutes({ db }: WebContext): Router {
  const router = Router()
    .get('/settings/imports', async (req, res) => {
      const imports = await listImports(db, userIdOf(req));
      renderPage(res, 'settings/imports', { title: 'Imports' }, { imports, timezone: timezoneOf(req) });
    })
    .get('/settings/imports/:importId', async (req, res) => {
      const shown = await readImport(db, req);
      renderPage(
        res,
        'settings/import',
        { title: shown.found.source_name },
        { ...shown, timezone: timezoneOf(req) },
      );
    });
  for (const [extension, format] of Object.entries(REJECT_FORMATS)) {
    router.get(`/settings/imports/:importId/rejects.${extension}`, async (req, res) => {
      const found = await getImport(db, userIdOf(req), readNumberId(req.params.importId));
      res.attachment(`rejects-of-import-${found.import_id}.${extension}`);
      const rejects = streamRejects(db, userIdOf(req), found.import_id);
      await sendLines(req, res, format.contentType, linesOf(format, rejects));
    });
  }
  return router;
}

async function readImport(db: WebContext['db'], req: Request) {
  const [userId, importId] = [userIdOf(req), readNumberId(req.params.importId)];
  const found = await getImport(db, userId, importId);
  const { page } = readParams(pageParams, req.query);
  const pages = countPages(found.rejects, REJECTS_PER_PAGE);
  if (page > pages) throw notFound();
  const [reasons, rejects] = await Promise.all([
    listRejectReasons(db, userId, importId),
    listRejects(db, userId, importId, page),
  ]);
  const firstPlace = (page - 1) * REJECTS_PER_PAGE + 1;
  const links = linkPages(page, pages, (number) => `/settings/imports/${importId}?page=${number}#list`);
  return { found, reasons, rejects, firstPlace, links };
}

const timezoneOf = (req: Request): string => listenerOf(req).timezone;

async function* linesOf(
  { header, line }: Pick<RejectFormat, 'header' | 'line'>,
  rejects: ReturnType<typeof streamRejects>,
): AsyncGenerator<string> {
  if (header !== '') yield header;
  for await (const reject of rejects) yield line(reject);
}
