import type { Queries } from '../db.ts';
import type { EnrichmentSource } from './turns.ts';

const ASK_AGAIN_AFTER = '30 days';
const MOST_TIMES = 3;

/** SQL: neither tried lately nor too often. @param trackId a column */
export const isWorthAsking = (source: EnrichmentSource, trackId: string): string =>
  `NOT EXISTS (
      SELECT FROM enrichment_misses AS miss
      WHERE miss.source = '${source}' AND miss.track_id = ${trackId}
        AND (miss.times >= ${MOST_TIMES} OR miss.asked_at > now() - interval '${ASK_AGAIN_AFTER}'))`;

export async function recordMisses(
  tx: Queries,
  source: EnrichmentSource,
  trackIds: readonly string[],
): Promise<void> {
  await tx.execute(
    `INSERT INTO enrichment_misses AS known (source, track_id)
     SELECT $1, track_id FROM unnest($2::text[]) AS track_id ORDER BY track_id
     ON CONFLICT (source, track_id) DO UPDATE SET times = known.times + 1, asked_at = now()`,
    [source, trackIds],
  );
}

export async function forgetMisses(
  tx: Queries,
  source: EnrichmentSource,
  trackIds: readonly string[],
): Promise<void> {
  await tx.execute(`DELETE FROM enrichment_misses WHERE source = $1 AND track_id = ANY ($2)`, [
    source,
    trackIds,
  ]);
}
