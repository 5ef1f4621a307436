import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import { log } from '../../log.ts';
import { routeOf } from './route-of.ts';

const QUIET = /^\/(livez|readyz|metrics|assets|covers)(\/|$)/;

/** By allow-list: neither address nor query, headers, cookies or body can reach the log. */
export function requestLog(): RequestHandler {
  return pinoHttp<Request>({
    logger: log,
    wrapSerializers: false,
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
    genReqId: takeRequestId,
    autoLogging: { ignore: (req) => QUIET.test(req.path) },
    customLogLevel: (_req, res) => (res.statusCode >= 500 ? 'error' : 'info'),
    customSuccessObject: (req, res, given) => ({ ...describeRequest(req, res), ms: msOf(given) }),
    customErrorObject: (req, res, _error, given) => ({ ...describeRequest(req, res), ms: msOf(given) }),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request failed',
    customAttributeKeys: { reqId: 'request', responseTime: 'ms' },
    quietReqLogger: true,
  });
}

const describeRequest = (req: Request, res: ServerResponse) => ({
  method: req.method,
  route: routeOf(req),
  status: res.statusCode,
});

const msOf = (given: { ms?: number }): number | undefined => given.ms;

/** The platform's id if it looks like one; sent back, so that a listener can quote it. */
function takeRequestId(req: IncomingMessage, res: ServerResponse): string {
  const given = req.headers['x-railway-request-id'] ?? req.headers['x-request-id'];
  const id = typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
  res.setHeader('X-Request-Id', id);
  return id;
}
