import { ArchiveGone, lockArchive } from '../users/lock-archive.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';
import { IS_SPOTIFY_ID } from '../catalogue/spotify-id.ts';
import { storableJson } from '../catalogue/storable-json.ts';
import type { Db, Queries } from '../db.ts';
import type { FeatureProvider, ProviderFault, SentFeatures } from '../features/provider.ts';
import { forgetMisses, isWorthAsking, recordMisses } from './misses.ts';
import { countAsked, endTurn, takeTurn, type TurnsEnd } from './turns.ts';

/** After a batch, and after a turn without one. */
const [NEXT_BATCH_SECONDS, NOTHING_LEFT_SECONDS] = [5, 900];

export interface Enriched {
  readonly asked: number;
  readonly found: number;
}

/** One batch, the newest tracks first. All state is in the database. @returns null: another worker's turn */
export async function enrichFeatures(
  db: Db,
  provider: FeatureProvider,
  perDay: number,
): Promise<Enriched | null> {
  const left = await takeTurn(db, provider.source, perDay);
  if (left === null) return null;
  let end: TurnsEnd = { seconds: NOTHING_LEFT_SECONDS, failure: 'Something went wrong on this server.' };
  try {
    const trackIds = await listFeatureless(db, Math.min(left, provider.idsPerCall));
    const turn = await askFor(db, provider, trackIds);
    end = turn.end;
    return { asked: trackIds.length, found: turn.found };
  } finally {
    await endTurn(db, provider.source, end);
  }
}

async function askFor(
  db: Db,
  provider: FeatureProvider,
  trackIds: readonly string[],
): Promise<{ found: number; end: TurnsEnd }> {
  if (trackIds.length === 0) return { found: 0, end: { seconds: NOTHING_LEFT_SECONDS } };
  await countAsked(db, provider.source, trackIds.length);
  const answer = await provider.find(trackIds);
  if (answer.kind === 'not-before') return { found: 0, end: { seconds: 0, notBefore: answer.seconds } };
  if (answer.kind === 'fault')
    return { found: 0, end: { seconds: 0, failure: faultInWords(provider.name, answer.fault) } };
  const kept = await db.withTransaction(async (tx) => {
    await recordMisses(tx, provider.source, answer.unknown);
    await forgetMisses(tx, provider.source, [...answer.found.keys()]);
    return keepFeatures(tx, provider.source, answer.found);
  });
  await refreshSummaries(db, kept);
  return { found: kept.length, end: { seconds: NEXT_BATCH_SECONDS } };
}

const faultInWords = (name: string, fault: ProviderFault): string =>
  ({
    unreachable: `${name} could not be reached.`,
    unreadable: `${name} sent an answer that could not be read.`,
    refused: `${name} refused to answer.`,
  })[fault];

/** A listener's own file does not count: it is theirs alone. */
const listFeatureless = async (db: Queries, limit: number): Promise<string[]> =>
  (await db.many<{ track_id: string }>(FEATURELESS, [limit])).map(({ track_id: trackId }) => trackId);

const FEATURELESS = `
  SELECT track_id
  FROM library_tracks AS a JOIN tracks USING (track_id)
  WHERE NOT has_features AND NOT hidden AND tracks.audio_features IS NULL
    AND ${IS_SPOTIFY_ID('track_id')} AND ${isWorthAsking('reccobeats', 'a.track_id')}
  GROUP BY track_id, tracks.created_at
  ORDER BY COALESCE(max(last_listed_date), tracks.created_at::date) DESC, track_id
  LIMIT $1`;

/** Never overwrites: features added meanwhile have a better source. @returns the ids saved */
async function keepFeatures(
  tx: Queries,
  source: FeatureProvider['source'],
  found: ReadonlyMap<string, SentFeatures>,
): Promise<string[]> {
  const rows = [...found].map(([track_id, audio_features]) => ({ track_id, audio_features }));
  const kept = await tx.many<{ track_id: string }>(
    `UPDATE tracks SET audio_features = sent.audio_features, audio_features_source = $2, audio_features_at = now(),
       updated_at = now()
     FROM (
       SELECT sent.track_id, sent.audio_features
       FROM jsonb_to_recordset($1::jsonb) AS sent (track_id text, audio_features jsonb)
       JOIN tracks USING (track_id) WHERE tracks.audio_features IS NULL
       ORDER BY track_id FOR UPDATE OF tracks
     ) AS sent
     WHERE tracks.track_id = sent.track_id
     RETURNING tracks.track_id`,
    [storableJson(rows), source],
  );
  return kept.map(({ track_id: trackId }) => trackId);
}

/** Triggers have deleted the summaries of these tracks' listeners. */
async function refreshSummaries(db: Db, trackIds: readonly string[]): Promise<void> {
  const listeners = await db.many<{ user_id: number }>(
    `SELECT DISTINCT user_id FROM library_tracks WHERE track_id = ANY ($1) ORDER BY user_id`,
    [trackIds],
  );
  for (const { user_id: userId } of listeners) {
    const refreshed = db.withTransaction(async (tx) => {
      await lockArchive(tx, userId);
      await refreshArchiveSummary(tx, userId);
    });
    await refreshed.catch((error: unknown) => {
      if (!(error instanceof ArchiveGone)) throw error;
    });
  }
}
