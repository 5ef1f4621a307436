import { setTimeout as sleep } from 'node:timers/promises';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { takeImport } from '../../history-import/hold.ts';
import {
  discardHistoryImport,
  findImportProgress,
  getHistoryImport,
  listHistoryImports,
  type ImportProgress,
} from '../../history-import/imports.ts';
import { streamRows } from '../../history-import/rows.ts';
import type { Staged } from '../../history-import/stage.ts';
import { compareAgain, importRows, undoRows } from '../../history-import/work.ts';
import type { WebContext } from '../context.ts';
import { COUNTING_RULES } from '../page/play-words.ts';
import { readNumberId, readParams } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { renderPage } from '../page/render.ts';
import { sendEvents, type Seen } from '../page/send-events.ts';
import { sendLines } from '../page/send-stream.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { describeImport } from './account.ts';
import { csvOfRows } from './rows-csv.ts';
import { takeUpload } from './upload.ts';
import * as words from './words.ts';
import { ALL_BUCKETS, filesName, isUnderWay, progressWords, shownState } from './words.ts';

const PAGE = '/history/import';
const ONE = `${PAGE}/:historyImportId`;
const pathOf = ({ importId }: Pick<Staged, 'importId'>): string => `${PAGE}/${importId}`;
const stagedOf = (req: Request): Staged => ({
  userId: userIdOf(req),
  importId: readNumberId(req.params.historyImportId),
});

const privateForm = z.object({ private: z.enum(['in', 'out'], 'must be in or out') });
const rowsParams = z.object({
  bucket: z.enum(ALL_BUCKETS, 'must name a kind of rows').default('added'),
});

/** `/history/import`: listening history from files. */
export function historyImportRoutes(context: WebContext): Router {
  const { db, unhurried, readiness } = context;
  return Router()
    .get(PAGE, (req, res) => showAll(context, req, res))
    .post(PAGE, (req, res) => upload(context, req, res))
    .get(ONE, (req, res) => showOne(context, req, res))
    .get(`${ONE}/progress`, async (req, res) => {
      const staged = stagedOf(req);
      await getHistoryImport(db, staged);
      await sendEvents(req, res, readiness, async () => seenOf(await findImportProgress(db, staged)));
    })
    .get(`${ONE}/rows.csv`, async (req, res) => {
      const staged = stagedOf(req);
      const { bucket } = readParams(rowsParams, req.query);
      const { files } = await getHistoryImport(db, staged);
      res.attachment(`import-${staged.importId}-${bucket.replaceAll(' ', '-')}.csv`);
      await sendLines(req, res, 'text/csv; charset=utf-8', csvOfRows(files, streamRows(db, staged, bucket)));
    })
    .post(`${ONE}/private`, async (req, res) => {
      const leavesOutPrivate = readParams(privateForm, req.body).private === 'out';
      const hold = await takeImport(db, stagedOf(req), 'read', 'compare');
      await aMoment(compareAgain(unhurried, hold, { leavesOutPrivate }));
      res.redirect(303, pathOf(hold.staged));
    })
    .post(`${ONE}/confirm`, async (req, res) => {
      const staged = stagedOf(req);
      const { leaves_out_private: leavesOutPrivate } = await getHistoryImport(db, staged);
      await aMoment(
        importRows(unhurried, await takeImport(db, staged, 'read', 'import'), { leavesOutPrivate }),
      );
      res.redirect(303, pathOf(staged));
    })
    .post(`${ONE}/cancel`, async (req, res) => {
      await discardHistoryImport(db, stagedOf(req));
      await redirectWith(req, res, PAGE, {
        kind: 'info',
        text: 'Cancelled. Nothing from these files was saved.',
      });
    })
    .post(`${ONE}/undo`, async (req, res) => {
      await aMoment(undoRows(unhurried, await takeImport(db, stagedOf(req), 'done', 'undo')));
      res.redirect(303, `${PAGE}#imports`);
    });
}

async function showAll({ db }: WebContext, req: Request, res: Response): Promise<void> {
  const imports = await listHistoryImports(db, userIdOf(req));
  const isMoving = imports.some(isUnderWay);
  renderPage(
    res,
    'history-import/index',
    {
      title: 'Import your history',
      words,
      scripts: ['pages/history-import.js'],
      ...(isMoving && { refresh: { seconds: 5, path: PAGE } }),
    },
    { imports, timezone: listenerOf(req).timezone },
  );
}

async function showOne({ db }: WebContext, req: Request, res: Response): Promise<void> {
  const staged = stagedOf(req);
  const found = await getHistoryImport(db, staged);
  const isMoving = isUnderWay(found);
  renderPage(
    res,
    'history-import/import',
    {
      title: filesName(found),
      words,
      scripts: ['pages/history-import.js'],
      ...(isMoving && { refresh: { seconds: 3, path: pathOf(staged) } }),
    },
    {
      found,
      path: pathOf(staged),
      isMoving,
      described: describeImport(found),
      timezone: listenerOf(req).timezone,
      countingRule: COUNTING_RULES[listenerOf(req).counted_plays],
    },
  );
}

/** A page's script is told where to go on; a browser without it is led there. */
async function upload(context: WebContext, req: Request, res: Response): Promise<void> {
  const byScript = req.accepts(['html', 'json']) === 'json';
  try {
    const { importId, work } = await takeUpload(context, req);
    await aMoment(work);
    const path = pathOf({ importId });
    if (byScript) res.status(201).json({ path });
    else res.redirect(303, path);
  } catch (error) {
    if (!(error instanceof AppError) || res.destroyed) throw error;
    if (byScript) res.status(error.status).json({ error: error.message });
    else await redirectWith(req, res, PAGE, { kind: 'error', text: error.message });
  }
}

/** What is done in a moment needs no page that says it is under way. */
const A_MOMENT_MS = 1_000;

async function aMoment(work: Promise<void>): Promise<void> {
  const waiting = new AbortController();
  await Promise.race([
    work,
    sleep(A_MOMENT_MS, undefined, { signal: waiting.signal }).catch(() => undefined),
  ]);
  waiting.abort();
}

const LOOK_MS = 500;

function seenOf(progress: ImportProgress | null): Seen {
  if (progress === null) return { data: null, lookAgainMs: null };
  const data = {
    state: shownState(progress),
    words: progressWords(progress),
    handled: progress.share_done,
    total: 1,
  };
  return { data, lookAgainMs: isUnderWay(progress) ? LOOK_MS : null };
}
