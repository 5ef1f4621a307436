import type { Queries } from '../db.ts';
import type { User } from './users.ts';

export const TOKEN_SCOPES = ['read', 'write:playlists'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** A token that is good just now, and whose it is. */
export interface FoundApiToken extends User {
  readonly token_id: number;
  readonly scopes: readonly TokenScope[];
}

/** Null: unknown, ended or revoked, or nobody's who may sign in. */
export const findApiToken = async (_db: Queries, _secret: string): Promise<FoundApiToken | null> => null;
