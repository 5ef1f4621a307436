import type { ClientRateLimitInfo, Options, Store } from 'express-rate-limit';
import type { Db } from '../../db.ts';
import { log } from '../../log.ts';

/** In PostgreSQL, so that all web processes count together; windows end by the database's clock. */
export class RateLimitStore implements Store {
  readonly localKeys = false;
  readonly prefix: string;
  readonly #db: Db;
  #windowMs = 60_000;

  /** @param prefix separates one limit's visitors from another's */
  constructor(db: Db, prefix: string) {
    this.#db = db;
    this.prefix = prefix;
  }

  init({ windowMs }: Options): void {
    this.#windowMs = windowMs;
  }

  /** If the database cannot count, nobody is refused. */
  async increment(key: string): Promise<ClientRateLimitInfo> {
    try {
      const { hits, ends_at: endsAt } = await this.#db.one<{ hits: number; ends_at: Date }>(COUNT, [
        this.#keyOf(key),
        this.#windowMs / 1000,
      ]);
      return { totalHits: hits, resetTime: endsAt };
    } catch (error) {
      log.warn({ err: error }, 'a visit could not be counted');
      return { totalHits: 1, resetTime: new Date(Date.now() + this.#windowMs) };
    }
  }

  async decrement(key: string): Promise<void> {
    await this.#db.execute(`UPDATE rate_limits SET hits = hits - 1 WHERE key = $1 AND hits > 0`, [
      this.#keyOf(key),
    ]);
  }

  async resetKey(key: string): Promise<void> {
    await this.#db.execute(`DELETE FROM rate_limits WHERE key = $1`, [this.#keyOf(key)]);
  }

  readonly #keyOf = (key: string): string => `${this.prefix}:${key}`;
}

/** Each count deletes a few ended windows, so the table stays small. */
const COUNT = `
  WITH swept AS (
    DELETE FROM rate_limits WHERE key IN (
      SELECT key FROM rate_limits WHERE ends_at < now() - interval '1 minute' AND key <> $1
      LIMIT 10 FOR UPDATE SKIP LOCKED)
  )
  INSERT INTO rate_limits AS known (key, hits, ends_at)
  VALUES ($1, 1, now() + make_interval(secs => $2))
  ON CONFLICT (key) DO UPDATE SET
    hits = CASE WHEN known.ends_at <= now() THEN 1 ELSE known.hits + 1 END,
    ends_at = CASE WHEN known.ends_at <= now() THEN excluded.ends_at ELSE known.ends_at END
  RETURNING hits, ends_at`;
