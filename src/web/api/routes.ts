import express, { Router, type Request, type RequestHandler } from 'express';
import { notFound } from '../../errors.ts';
import type { WebContext } from '../context.ts';
import { listenerOf } from '../sign-in/sign-in.ts';
import { authenticated } from './middleware/authenticate.ts';
import { API_ROOT, type Endpoint, type Given } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';
import { inTurn, leaveTurn } from './middleware/limits.ts';
import { archiveUnchanged, contentUnchanged } from './middleware/unchanged.ts';
import { openApiDocument } from './openapi.ts';
import {
  badParameters,
  faultsOf,
  isApiAddress,
  Problem,
  type ParameterFault,
} from './middleware/problems.ts';

const BODY_BYTES = '100kb';

/** By token alone: it comes before the session, which it neither reads nor sets. */
export function apiRoutes(context: WebContext, endpoints: readonly Endpoint[] = ENDPOINTS): Router {
  const router = Router().get(`${API_ROOT}/openapi.json`, servedDocument(context, endpoints));
  const turn = inTurn();
  for (const endpoint of endpoints) {
    const method = endpoint.method.toLowerCase() as 'get' | 'post' | 'delete';
    router[method](
      API_ROOT + endpoint.path,
      acceptable(endpoint),
      turn,
      authenticated(context, endpoint),
      ...(endpoint.body === null ? [] : [jsonBody, express.json({ limit: BODY_BYTES, strict: false })]),
      answered(context, endpoint),
    );
  }
  return router.use(noSuchEndpoint(endpoints));
}

/** For everybody: it contains nothing personal. */
function servedDocument({ config }: WebContext, endpoints: readonly Endpoint[]): RequestHandler {
  let document: string | undefined;
  return (_req, res) => {
    document ??= JSON.stringify(openApiDocument(endpoints, config.baseUrl));
    res.set('Cache-Control', 'no-cache').type('application/json').send(document);
  };
}

const mediaTypeOf = ({ answer }: Endpoint): string => ('file' in answer ? answer.file : 'application/json');

function acceptable(endpoint: Endpoint): RequestHandler {
  const offered = mediaTypeOf(endpoint);
  return (req, res, next) => {
    res.vary('Accept').vary('Authorization');
    if (!req.accepts(offered)) throw new Problem('not-acceptable', `This is answered as ${offered} alone.`);
    next();
  };
}

const jsonBody: RequestHandler = (req, _res, next) => {
  if (req.is('application/json')) return next();
  throw new Problem('unsupported-media-type', 'Send the body as application/json.');
};

function answered(context: WebContext, endpoint: Endpoint): RequestHandler {
  const { db, access, config } = context;
  const { answer, status } = endpoint;
  return async (req, res): Promise<void> => {
    const given: Given = { db, access, user: listenerOf(req), ...readGiven(endpoint, req) };
    res.set('Cache-Control', 'private, no-cache');
    const isRead = endpoint.method === 'GET';
    if (isRead && !endpoint.changesByItself && (await archiveUnchanged(db, req, res))) return;
    if ('file' in answer) {
      leaveTurn(res);
      return answer.send(given, res);
    }
    const data = await answer.handler(given);
    if (config.checksAnswers) assertDeclared(endpoint, data);
    const content = JSON.stringify(data);
    if (isRead && endpoint.changesByItself && contentUnchanged(req, res, content)) return;
    res.status(status).type('application/json').send(content);
  };
}

/** @throws Problem 400 that names every wrong parameter */
function readGiven(
  { params, query, body }: Endpoint,
  req: Request,
): Pick<Given, 'params' | 'query' | 'body'> {
  const faults: ParameterFault[] = [];
  const read = (schema: Endpoint['params'] | NonNullable<Endpoint['body']>, given: unknown): unknown => {
    const parsed = schema.safeParse(given);
    if (!parsed.success) faults.push(...faultsOf(parsed.error));
    return parsed.data;
  };
  const given = { params: read(params, req.params), query: read(query, { ...req.query }) };
  const sent = body === null ? undefined : read(body, req.body);
  if (faults.length > 0) throw badParameters(faults);
  return { ...(given as Pick<Given, 'params' | 'query'>), body: sent };
}

/** Outside production: an answer that is not as declared is a bug. */
function assertDeclared({ name, answer }: Endpoint, data: unknown): void {
  if ('file' in answer) return;
  const sent = answer.schema.safeParse(JSON.parse(JSON.stringify(data)));
  if (sent.success) return;
  const where = sent.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the answer of ${name} is not as declared: ${where.slice(0, 5).join('; ')}`);
}

/** A known address with another method is told the right ones. */
function noSuchEndpoint(endpoints: readonly Endpoint[]): RequestHandler {
  return (req, res, next) => {
    if (!isApiAddress(req.path)) return next();
    const methods = endpoints.filter((one) => matches(one, req.path)).map(({ method }) => method);
    if (methods.length === 0) throw notFound();
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    if (req.method === 'OPTIONS') return void res.set('Allow', allow).status(204).end();
    throw new Problem('method-not-allowed', `This address knows ${allow}.`, { headers: { Allow: allow } });
  };
}

const matches = ({ path }: Endpoint, asked: string): boolean =>
  new RegExp(`^${API_ROOT}${path.replaceAll(/:\w+/g, '[^/]+').replaceAll('.', '\\.')}/?$`, 'i').test(asked);
