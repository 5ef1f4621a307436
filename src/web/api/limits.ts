import type { Queries } from '../../db.ts';

/** What one request left of a token's limit, and how to say so. */
export interface LimitState {
  readonly allowed: boolean;
  /** `RateLimit` and `RateLimit-Policy`. */
  readonly headers: Readonly<Record<string, string>>;
  /** After which one more is allowed; 0 where it is. */
  readonly retryAfterSeconds: number;
}

/** Takes the cost of a request from a token's limit. */
export const takeFromLimit = async (_db: Queries, _tokenId: number, _cost: number): Promise<LimitState> => ({
  allowed: true,
  headers: {},
  retryAfterSeconds: 0,
});
