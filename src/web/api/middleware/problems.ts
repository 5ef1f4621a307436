import type { ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { log } from '../../../log.ts';
import { API_ROOT } from '../endpoint.ts';

/** By the name at the end of `type`. A name never changes nor gets another meaning. */
export const PROBLEMS = {
  'bad-input': { status: 400, title: 'A parameter is not valid' },
  'not-authorized': { status: 401, title: 'A valid token is needed' },
  'scope-missing': { status: 403, title: 'The token may not do this' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'This address has no such method' },
  'not-acceptable': { status: 406, title: 'The answer is not available in this media type' },
  conflict: { status: 409, title: 'It cannot be done now' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'limit-reached': { status: 429, title: 'The token has reached its limit' },
  fault: { status: 500, title: 'Something failed on this server' },
  'spotify-failed': { status: 502, title: 'Spotify had a problem' },
  unavailable: { status: 503, title: 'The archive cannot answer right now' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;
export type ProblemKind = keyof typeof PROBLEMS;

/** RFC 9457 */
export const problemSchema = z.strictObject({
  type: z.url().describe('What kind of problem it is, for programs: stable, and an address people can read'),
  title: z.string().describe('The kind in words'),
  status: z.int().describe('The HTTP status'),
  detail: z.string().describe('What happened this time, in words'),
  request: z.string().describe('Also in the log of the app: quote it when you ask for help'),
  errors: z
    .array(z.strictObject({ parameter: z.string(), message: z.string() }))
    .optional()
    .describe('Each parameter that is not valid, and why (400 only)'),
});

export interface ParameterFault {
  readonly parameter: string;
  readonly message: string;
}

/** Has headers, and messages by parameter. */
export class Problem extends AppError {
  override readonly name = 'Problem';
  readonly headers: Readonly<Record<string, string>>;
  readonly faults: readonly ParameterFault[];

  constructor(
    kind: ProblemKind,
    detail: string,
    {
      headers = {},
      faults = [],
      ...options
    }: {
      headers?: Readonly<Record<string, string>>;
      faults?: readonly ParameterFault[];
      retryAfterSeconds?: number;
    } = {},
  ) {
    super(PROBLEMS[kind].status, detail, options);
    this.headers = headers;
    this.faults = faults;
  }
}

export const badParameters = (faults: readonly ParameterFault[]): Problem =>
  new Problem('bad-input', faults.map(({ parameter, message }) => `“${parameter}” ${message}.`).join(' '), {
    faults,
  });

export function faultsOf({ issues }: z.ZodError): ParameterFault[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((parameter) => ({ parameter, message: 'is no parameter of this endpoint' }))
      : [{ parameter: issue.path.map(String).join('.') || 'body', message: issue.message }],
  );
}

/** An anchor of the page for people, which explains it. */
const problemType = (baseUrl: string, kind: ProblemKind): string => `${baseUrl}${API_ROOT}#problem-${kind}`;

/** The router ignores case, too. */
export const isApiAddress = (path: string): boolean => new RegExp(`^${API_ROOT}/.`, 'i').test(path);

/** Other addresses are left to the error page. */
export function problemAnswer(baseUrl: string): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (!isApiAddress(req.path) || res.headersSent) return next(error);
    const kind = kindOf(statusOf(error));
    const { status, title } = PROBLEMS[kind];
    if (status >= 500) log.error({ err: error, request: req.id, status }, 'request failed');
    const known = error instanceof AppError ? error : null;
    if (error instanceof Problem) res.set(error.headers);
    if (known?.retryAfterSeconds !== undefined)
      res.set('Retry-After', String(Math.ceil(known.retryAfterSeconds)));
    res.removeHeader('ETag');
    res.removeHeader('Content-Disposition');
    res
      .status(status)
      .set('Cache-Control', 'no-store')
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: problemType(baseUrl, kind),
          title,
          status,
          detail: known?.message ?? `${title}.`,
          request: req.id,
          ...(error instanceof Problem && error.faults.length > 0 && { errors: error.faults }),
        }),
      );
  };
}

function statusOf(error: unknown): number {
  if (error instanceof URIError) return 404;
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
}

function kindOf(status: number): ProblemKind {
  const kinds = Object.entries(PROBLEMS) as [ProblemKind, { status: number }][];
  const known = kinds.find(([, problem]) => problem.status === status);
  return known?.[0] ?? (status >= 400 && status < 500 ? 'bad-input' : 'fault');
}
