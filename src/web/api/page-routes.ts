import { Router } from 'express';
import type { WebContext } from '../context.ts';
import { renderPage } from '../page/render.ts';
import { API_ROOT, type Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';
import { parametersOf, type Parameter } from './openapi.ts';
import { PROBLEMS } from './middleware/problems.ts';

const SCRIPTS = ['behaviours/copy.js', 'pages/api.js'];

/** The API for people, from the same declarations; signed in, they can try it with a token. */
export function apiPageRoutes({ config }: WebContext, endpoints: readonly Endpoint[] = ENDPOINTS): Router {
  const root = config.baseUrl + API_ROOT;
  const subjects = [...new Set(endpoints.map(({ subject }) => subject))].map((name) => ({
    name,
    endpoints: endpoints.filter(({ subject }) => subject === name).map((one) => describe(one, root)),
  }));
  const problems = Object.entries(PROBLEMS).map(([kind, problem]) => ({ kind, ...problem }));
  return Router().get(API_ROOT, (_req, res) => {
    renderPage(
      res,
      'api/index',
      { title: 'API for programs', scripts: SCRIPTS },
      { root, subjects, problems, documentPath: `${API_ROOT}/openapi.json` },
    );
  });
}

function describe(endpoint: Endpoint, root: string) {
  const { name, method, path, summary, description, scope, cost, answer, example } = endpoint;
  const parameters = [...parametersOf(endpoint, 'path'), ...parametersOf(endpoint, 'query')];
  const body = example?.body === undefined ? null : JSON.stringify(example.body, null, 2);
  return {
    name,
    method,
    path,
    summary,
    description,
    scope,
    cost,
    body,
    template: API_ROOT + path,
    parameters: parameters.map((parameter) => ({
      ...parameter,
      kind: kindOf(parameter),
      value: exampleOf(endpoint, parameter) ?? '',
    })),
    file: 'file' in answer ? answer.file : null,
    curl: curlOf(endpoint, root),
  };
}

function kindOf({ schema, required }: Parameter): string {
  const { type, enum: values, format, minimum, maximum, maxLength, items, default: usual } = schema;
  const one = items?.enum ?? values;
  const words = [
    one?.join(', ') ??
      { date: 'a day, YYYY-MM-DD' }[format ?? ''] ??
      { integer: 'a whole number', number: 'a number' }[type ?? ''] ??
      'text',
    minimum !== undefined && maximum !== undefined && `${minimum} to ${maximum}`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    items && 'may be given more than once',
    usual !== undefined && `${JSON.stringify(usual).replaceAll('"', '')} where it is left out`,
    required && 'needed',
  ];
  return words.filter((word) => typeof word === 'string').join('; ');
}

const exampleOf = ({ example }: Endpoint, { name, in: where }: Parameter): string | undefined =>
  (where === 'path' ? example?.params : example?.query)?.[name];

/** In single quotes nothing has a meaning for a shell. */
function curlOf({ method, path, example }: Endpoint, root: string): string {
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(example?.params?.[name] ?? name),
  );
  const query = new URLSearchParams({ ...example?.query }).toString();
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  return [
    'curl',
    ...(method === 'GET' ? [] : ['-X', method]),
    '-H "Authorization: Bearer $MTM_TOKEN"',
    ...(example?.body === undefined ? [] : ['--json', quote(JSON.stringify(example.body))]),
    quote(root + filled + (query === '' ? '' : `?${query}`)),
  ].join(' ');
}
