import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { heldFor, isHeld } from '../database/lease.ts';

export type EnrichmentSource = 'reccobeats' | 'spotify';

const TODAY = `(now() AT TIME ZONE 'UTC')::date`;
const ASKED_TODAY = `CASE WHEN asked_date = ${TODAY} THEN asked ELSE 0 END`;

const LEASE_SECONDS = 120;

/** SQL: whether a source of `enrichments` may be asked; $1 is the day's budget. */
const IS_DUE = `NOT ${isHeld('leased_until', LEASE_SECONDS)}
    AND (not_before IS NULL OR not_before <= now())
    AND (next_at IS NULL OR next_at <= now())
    AND ${ASKED_TODAY} < $1::int`;

/** @returns the rest of today's budget; null: too early, spent, or another worker's turn */
export async function takeTurn(
  db: Queries,
  source: EnrichmentSource,
  perDay: number,
): Promise<number | null> {
  const turn = await db.maybeOne<{ left: number }>(
    `UPDATE enrichments SET leased_until = ${heldFor(LEASE_SECONDS)}
     WHERE source = $2 AND ${IS_DUE}
     RETURNING $1::int - ${ASKED_TODAY} AS left`,
    [perDay, source],
  );
  return turn?.left ?? null;
}

/** Counted before the call, so that a killed worker cannot exceed the budget. */
export async function countAsked(db: Queries, source: EnrichmentSource, ids: number): Promise<void> {
  await db.execute(
    `UPDATE enrichments SET asked = ${ASKED_TODAY} + $2, asked_date = ${TODAY}, asked_at = now() WHERE source = $1`,
    [source, ids],
  );
}

export interface TurnsEnd {
  /** Until the next turn, unless the source asks for more. */
  readonly seconds: number;
  readonly notBefore?: number;
  readonly failure?: string;
}

const LONGEST_PAUSE_MINUTES = 60;

/** After failures in a row the pauses grow: 5, 10, 20 … minutes, at most an hour. */
export async function endTurn(db: Queries, source: EnrichmentSource, end: TurnsEnd): Promise<void> {
  await db.execute(
    `UPDATE enrichments SET
       leased_until = NULL,
       failures = CASE WHEN $4::text IS NULL THEN 0 ELSE failures + 1 END,
       failure = $4,
       not_before = GREATEST(not_before, now() + make_interval(secs => $3)),
       next_at = now() + CASE WHEN $4::text IS NULL THEN make_interval(secs => $2)
         ELSE make_interval(mins => LEAST(${LONGEST_PAUSE_MINUTES}, 5 * 2 ^ LEAST(failures, 5))::int) END
     WHERE source = $1`,
    [source, end.seconds, end.notBefore ?? null, end.failure ?? null],
  );
}

export interface EnrichmentState {
  readonly asked_today: number;
  readonly asked_at: Date | null;
  readonly not_before: Date | null;
  readonly next_at: Date | null;
  readonly failures: number;
  readonly failure: string | null;
}

export const getEnrichmentState = (db: Queries, source: EnrichmentSource): Promise<EnrichmentState> =>
  db.one<EnrichmentState>(STATE, [source]);

const STATE = hotQuery(
  'audio features: what the provider is doing',
  `
  SELECT ${ASKED_TODAY} AS asked_today, asked_at, CASE WHEN not_before > now() THEN not_before END AS not_before,
    next_at, failures, failure
  FROM enrichments WHERE source = $1`,
);
