import type { Response } from 'express';
import { z } from 'zod';
import type { Db } from '../../db.ts';
import type { SpotifyAccess } from '../../users/access-token.ts';
import type { Scope } from '../../users/api-tokens.ts';
import type { User } from '../../users/users.ts';

/** Every address of the API begins with it. */
export const API_ROOT = '/api/v1';

type Shape = z.ZodRawShape;

/** What a handler is given: who asks, and what they ask for, read with the endpoint's own schemas. */
export interface Given<Params extends Shape = Shape, Query extends Shape = Shape, Body = unknown> {
  readonly db: Db;
  readonly access: SpotifyAccess;
  readonly user: User;
  readonly params: z.output<z.ZodObject<Params>>;
  readonly query: z.output<z.ZodObject<Query>>;
  readonly body: Body;
}

/** What an endpoint is: from this alone it is routed, validated, answered, documented and tried. */
interface Described<Params extends Shape, Query extends Shape> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below API_ROOT, such as `/tracks/:trackId`. */
  readonly path: string;
  /** Its name in generated clients: `listTracks`. */
  readonly name: string;
  /** The part of the document it stands in. */
  readonly subject: string;
  readonly scope: Scope;
  /** A line without a full stop. */
  readonly summary: string;
  readonly description?: string;
  readonly params?: Params;
  readonly query?: Query;
  /** Values to try it with, by parameter; ids are of what nobody has. */
  readonly example?: {
    readonly params?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  /** What one request takes from the token's limit; 1 unless it costs more than a page. */
  readonly cost?: number;
  /** The answer changes although the archive does not: it is told by its own content whether it is the same. */
  readonly changesByItself?: true;
  /** Statuses of its own, beside those that every endpoint has. */
  readonly problems?: readonly number[];
}

interface JsonDeclaration<
  Params extends Shape,
  Query extends Shape,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> extends Described<Params, Query> {
  readonly body?: Body;
  readonly status?: 200 | 201 | 202;
  /** Strict objects: what they do not name must not be answered. */
  readonly answer: Answer;
  readonly handler: (given: Given<Params, Query, z.output<Body>>) => Promise<z.input<Answer>>;
}

interface FileDeclaration<Params extends Shape, Query extends Shape> extends Described<Params, Query> {
  /** Its media type. */
  readonly file: string;
  readonly send: (given: Given<Params, Query>, res: Response) => Promise<void>;
}

/** An endpoint as the router, the document and the page see it, whatever its parameters. */
export interface Endpoint extends Omit<Described<Shape, Shape>, 'params' | 'query'> {
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | null;
  readonly status: number;
  readonly cost: number;
  readonly answer:
    | { readonly schema: z.ZodType; readonly handler: (given: Given) => Promise<unknown> }
    | { readonly file: string; readonly send: FileDeclaration<Shape, Shape>['send'] };
}

/** Declares an endpoint that answers JSON. */
export function endpoint<
  const Params extends Shape,
  const Query extends Shape,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(declared: JsonDeclaration<Params, Query, Body, Answer>): Endpoint {
  const { answer: schema, handler, body = null, status = 200, ...described } = declared;
  // The router reads parameters with the schemas of this very endpoint before it calls the handler.
  const answer = { schema, handler: handler as unknown as (given: Given) => Promise<unknown> };
  return { ...complete(described), body, status, answer };
}

/** Declares an endpoint that answers a file. */
export function fileEndpoint<const Params extends Shape, const Query extends Shape>(
  declared: FileDeclaration<Params, Query>,
): Endpoint {
  const { file, send, ...described } = declared;
  const answer = { file, send: send as unknown as FileDeclaration<Shape, Shape>['send'] };
  return { ...complete(described), body: null, status: 200, answer };
}

/** A parameter nobody knows is a mistake worth telling: strict. */
const complete = <Params extends Shape, Query extends Shape>(described: Described<Params, Query>) => ({
  ...described,
  params: z.strictObject(described.params ?? {}),
  query: z.strictObject(described.query ?? {}),
  cost: described.cost ?? 1,
});
