import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { AppError, notFound } from '../../errors.ts';
import { log } from '../../log.ts';
import { renderPage } from '../page/render.ts';
import { wantsJson } from '../sign-in/sign-in.ts';

/** The same 404 as for another listener's thing. */
export const noSuchPage: RequestHandler = (_req, _res, next) => next(notFound());

export const errorPage: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const shown = asAppError(error);
  if (shown.status >= 500) log.error({ err: error, request: req.id, status: shown.status }, 'request failed');
  if (res.headersSent) return next(error);
  res.status(shown.status).set('Cache-Control', 'no-store');
  if (shown.retryAfterSeconds !== undefined)
    res.set('Retry-After', String(Math.ceil(shown.retryAfterSeconds)));
  if (wantsJson(req)) return res.json({ error: shown.message, request: req.id });
  return renderErrorPage(req, res, shown);
};

function renderErrorPage(req: Request, res: Response, shown: AppError): void {
  const heading = HEADINGS[shown.status] ?? 'Something went wrong';
  const error = {
    status: shown.status,
    heading,
    message: shown.message,
    reference: shown.status >= 500 ? (res.get('X-Request-Id') ?? null) : null,
    action:
      res.locals.errorAction ??
      (req.user
        ? { href: '/dashboard', label: 'Back to the dashboard' }
        : { href: '/', label: 'Back to the start' }),
  };
  Object.assign(res.locals, {
    currentUser: null,
    csrfToken: null,
    flash: null,
    path: req.path,
    ...res.locals,
  });
  renderPage(res, 'errors/error', { title: heading }, { error });
}

const HEADINGS: Readonly<Record<number, string>> = {
  400: 'That does not fit',
  401: 'Please sign in',
  403: 'Not this way',
  404: 'Nothing here',
  409: 'Spotify needs you',
  410: 'No longer here',
  413: 'That is too much at once',
  429: 'One moment',
  502: 'Spotify did not answer well',
  503: 'One moment',
};

/** Errors of our own speak for themselves; those of Express and its parsers by status; all others say nothing. */
function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  if (status === 413)
    return new AppError(413, 'What was sent is larger than any form of ours.', { cause: error });
  if (status >= 400 && status < 500)
    return new AppError(status, 'The request could not be read.', { cause: error });
  return new AppError(
    500,
    'Something failed on our side. Nothing of yours is lost. If it keeps happening, quote the reference below.',
    { cause: error },
  );
}

function statusOf(error: unknown): number {
  if (error instanceof URIError) return 400;
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
}
