import type { Response } from 'express';
import { z } from 'zod';
import type { Db } from '../../db.ts';
import type { SpotifyAccess } from '../../users/access-token.ts';
import type { Scope } from '../../users/api-tokens.ts';
import type { User } from '../../users/users.ts';

export const API_ROOT = '/api/v1';

type Shape = z.ZodRawShape;

export interface Given<Params extends Shape = Shape, Query extends Shape = Shape, Body = unknown> {
  readonly db: Db;
  readonly access: SpotifyAccess;
  readonly user: User;
  readonly params: z.output<z.ZodObject<Params>>;
  readonly query: z.output<z.ZodObject<Query>>;
  readonly body: Body;
}

/** All of an endpoint follows from this: its route, checks, answer, documentation and page. */
interface Described<Params extends Shape, Query extends Shape> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below API_ROOT, such as `/tracks/:trackId`. */
  readonly path: string;
  /** In generated clients: `listTracks`. */
  readonly name: string;
  /** A chapter of the document. */
  readonly subject: string;
  readonly scope: Scope;
  /** One line without a full stop. */
  readonly summary: string;
  readonly description?: string;
  readonly params?: Params;
  readonly query?: Query;
  /** To try it with; ids are nobody's. */
  readonly example?: {
    readonly params?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  /** Units of the token's limit; default 1, a page. */
  readonly cost?: number;
  /** Although the archive does not change: the ETag comes from the content. */
  readonly changesByItself?: true;
  /** Statuses besides those of every endpoint. */
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
  readonly file: string;
  readonly send: (given: Given<Params, Query>, res: Response) => Promise<void>;
}

/** Without the types of its parameters, for the router, the document and the page. */
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

export function endpoint<
  const Params extends Shape,
  const Query extends Shape,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(declared: JsonDeclaration<Params, Query, Body, Answer>): Endpoint {
  const { answer: schema, handler, body = null, status = 200, ...described } = declared;
  // The router has read the parameters with this endpoint's schemas before it calls the handler.
  const answer = { schema, handler: handler as unknown as (given: Given) => Promise<unknown> };
  return { ...complete(described), body, status, answer };
}

export function fileEndpoint<const Params extends Shape, const Query extends Shape>(
  declared: FileDeclaration<Params, Query>,
): Endpoint {
  const { file, send, ...described } = declared;
  const answer = { file, send: send as unknown as FileDeclaration<Shape, Shape>['send'] };
  return { ...complete(described), body: null, status: 200, answer };
}

/** Strict: an unknown parameter is a mistake to report. */
const complete = <Params extends Shape, Query extends Shape>(described: Described<Params, Query>) => ({
  ...described,
  params: z.strictObject(described.params ?? {}),
  query: z.strictObject(described.query ?? {}),
  cost: described.cost ?? 1,
});
