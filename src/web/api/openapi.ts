import { z } from 'zod';
import { API_ROOT, type Endpoint } from './endpoint.ts';
import { problemSchema, PROBLEMS, type ProblemKind } from './middleware/problems.ts';
import { NAMED_SCHEMAS } from './schemas.ts';

type Json = Record<string, unknown>;

/** From the schemas that read parameters and check answers. */
export function openApiDocument(endpoints: readonly Endpoint[], baseUrl: string): Json {
  const schemas = schemasOf(endpoints);
  const subjects = [...new Set(endpoints.map(({ subject }) => subject))];
  return {
    openapi: '3.1.1',
    info: {
      title: 'Music Time Machine',
      version: '1',
      summary: 'A listener’s own archive, for their programs',
      description: ABOUT,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: `${baseUrl}${API_ROOT}` }],
    security: [{ token: [] }],
    tags: subjects.map((name) => ({ name, description: `${name}.` })),
    paths: pathsOf(endpoints, schemas.nameOf),
    components: {
      schemas: schemas.components,
      responses: problemResponses(endpoints.flatMap(problemsOf)),
      headers: HEADERS,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Made under Settings, API tokens.' },
      },
    },
  };
}

const ABOUT = `Everything a listener's pages can say. Answers are JSON; days are \`YYYY-MM-DD\` where the listener is,
instants ISO 8601 in UTC, ids strings; \`null\` means not known. Lists go on by \`after\`: hand it the \`next\` of the
answer before. Send back an \`ETag\` as \`If-None-Match\`: where the archive is the same, the answer is a 304. What is
hidden appears nowhere. New fields may be added; none is taken away or given another meaning.`;

const answerName = ({ name }: Endpoint): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}Answer`;

function schemasOf(endpoints: readonly Endpoint[]) {
  const registry = z.registry<{ id: string }>();
  registry.add(problemSchema, { id: 'Problem' });
  for (const endpoint of endpoints) {
    if (!('schema' in endpoint.answer)) continue;
    for (const [schema, id] of namedWithin(endpoint.answer.schema)) registry.add(schema, { id });
    if (!registry.has(endpoint.answer.schema))
      registry.add(endpoint.answer.schema, { id: answerName(endpoint) });
  }
  const made = z.toJSONSchema(registry, {
    io: 'output',
    uri: (id) => `#/components/schemas/${id}`,
    override: tidy,
  });
  const components = Object.fromEntries(
    Object.entries(made.schemas)
      .map(([id, { $schema: _schema, $id: _id, ...schema }]) => [id, schema] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
  return { components, nameOf: (schema: z.ZodType) => registry.get(schema)?.id ?? '' };
}

/** Includes the schema itself. */
function namedWithin(schema: z.ZodType): Map<z.ZodType, string> {
  const found = new Map<z.ZodType, string>();
  z.toJSONSchema(schema, {
    io: 'output',
    override: ({ zodSchema }) => {
      const known = NAMED_SCHEMAS.get(zodSchema as unknown as z.ZodType);
      if (known !== undefined) found.set(zodSchema as unknown as z.ZodType, known.id);
    },
  });
  return found;
}

/** Removes repetitions. Clients must accept new fields, though our answers allow no unknown ones. */
function tidy({ jsonSchema }: { jsonSchema: Json }): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

function pathsOf(endpoints: readonly Endpoint[], nameOf: (schema: z.ZodType) => string): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[endpoint.method.toLowerCase()] = operationOf(endpoint, nameOf);
  }
  return paths;
}

function operationOf(endpoint: Endpoint, nameOf: (schema: z.ZodType) => string): Json {
  const { name, subject, summary, description, scope, body, example, status } = endpoint;
  return {
    operationId: name,
    summary,
    description: `${description ?? `${summary}.`} (Needs the right \`${scope}\`.)`,
    tags: [subject],
    security: [{ token: [] }],
    parameters: [...parametersOf(endpoint, 'path'), ...parametersOf(endpoint, 'query')],
    ...(body !== null && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: schemaOf(body, 'input'),
            ...(example?.body !== undefined && { example: example.body }),
          },
        },
      },
    }),
    responses: {
      [status]: { description: summary, headers: headersOf(endpoint), content: contentOf(endpoint, nameOf) },
      ...Object.fromEntries(
        problemsOf(endpoint).map((kind) => [
          PROBLEMS[kind].status,
          { $ref: `#/components/responses/${kind}` },
        ]),
      ),
    },
  };
}

function contentOf({ answer }: Endpoint, nameOf: (schema: z.ZodType) => string): Json {
  if ('file' in answer)
    return { [answer.file]: { schema: { type: 'string', contentMediaType: answer.file } } };
  return { 'application/json': { schema: { $ref: `#/components/schemas/${nameOf(answer.schema)}` } } };
}

/** Without `$schema`, which only a whole document needs. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io, override: tidy }) as Json;
  return made;
}

/** The parts of a parameter's JSON Schema that the page can put in words. */
interface ParameterSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly items?: ParameterSchema;
  readonly default?: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: ParameterSchema;
  readonly example?: unknown;
}

/** Query parameters are text, but clients think in the types they become. */
export function parametersOf({ params, query, example }: Endpoint, where: 'path' | 'query'): Parameter[] {
  const { shape } = where === 'path' ? params : query;
  const examples = where === 'path' ? example?.params : example?.query;
  return Object.entries(shape).map(([name, type]) => {
    const { description, ...schema } = schemaOf(type as z.ZodType, 'output') as ParameterSchema & {
      description?: string;
    };
    return {
      name,
      in: where,
      required: where === 'path' || !(type as z.ZodType).safeParse(undefined).success,
      ...(description !== undefined && { description }),
      schema,
      ...(examples?.[name] !== undefined && { example: exampleAs(schema, examples[name]) }),
    };
  });
}

const exampleAs = ({ type }: ParameterSchema, text: string): unknown => {
  if (type === 'array') return [text];
  return type === 'integer' || type === 'number' ? Number(text) : text;
};

/** From what an endpoint declares. */
function problemsOf({ params, body, problems = [] }: Endpoint): ProblemKind[] {
  const kinds = Object.keys(PROBLEMS) as ProblemKind[];
  const always = new Set<ProblemKind>([
    'bad-input',
    'not-authorized',
    'scope-missing',
    'not-acceptable',
    'limit-reached',
    'fault',
    'unavailable',
  ]);
  return kinds.filter(
    (kind) =>
      always.has(kind) ||
      (kind === 'not-found' && Object.keys(params.shape).length > 0) ||
      (body !== null && (kind === 'unsupported-media-type' || kind === 'too-large')) ||
      problems.includes(PROBLEMS[kind].status),
  );
}

function problemResponses(kinds: readonly ProblemKind[]): Json {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(kinds.map((kind) => [kind, { description: PROBLEMS[kind].title, content }]));
}

const text = (description: string): Json => ({ description, schema: { type: 'string' } });
const HEADERS = {
  ETag: text('Names this answer: send it back as If-None-Match.'),
  RateLimit: text('What is left of the token’s limit (r), and in how many seconds all of it is (t).'),
  'RateLimit-Policy': text(
    'The limit: so many requests at once (q), all free again after so many seconds (w).',
  ),
};

function headersOf({ method }: Endpoint): Json {
  const names = method === 'GET' ? Object.keys(HEADERS) : ['RateLimit', 'RateLimit-Policy'];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
