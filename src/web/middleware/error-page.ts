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
        : { href: '/', label: 'Back to the start page' }),
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
  400: 'That isn’t valid',
  401: 'Please sign in',
  403: 'Not allowed',
  404: 'Nothing here',
  409: 'That can’t be done now',
  410: 'No longer here',
  413: 'Too large',
  429: 'Please wait a moment',
  502: 'Spotify had a problem',
  503: 'Please wait a moment',
};

/** Errors of our own speak for themselves; those of Express and its parsers by status; all others say nothing. */
function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  if (status === 413)
    return new AppError(413, 'What you sent is larger than this form accepts.', { cause: error });
  if (status >= 400 && status < 500)
    return new AppError(status, 'This request could not be understood.', { cause: error });
  return new AppError(
    500,
    'Something failed on this server. Nothing of yours is lost. If it keeps happening, report it with the reference below.',
    { cause: error },
  );
}

function statusOf(error: unknown): number {
  if (error instanceof URIError) return 400;
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
}
