import { Gauge, Registry } from 'prom-client';
import type { Db } from '../../db.ts';
import { countHistoryImports } from '../../history-import/count-imports.ts';
import { countRecentRuns, listCaptureAges } from '../../snapshots/capture-runs.ts';
import type { AllowedIds } from '../../users/allowed.ts';
import { listWaits } from '../../users/spotify-limit.ts';

/** From the database, so that every process answers the same. */
export async function readArchiveMetrics(db: Db, allowed: AllowedIds): Promise<string> {
  const registry = new Registry();
  const [ages, runs, waits, imports] = await Promise.all([
    listCaptureAges(db, allowed),
    countRecentRuns(db),
    listWaits(db),
    countHistoryImports(db),
  ]);
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const age = gauge('mtm_last_capture_age_seconds', 'Time since a listener’s lists were last kept', [
    'listener',
    'kind',
  ]);
  for (const { user_id: listener, kind, seconds } of ages)
    age.set({ listener: String(listener), kind }, seconds);
  const captures = gauge('mtm_captures_last_day', 'Capture runs of the last 24 hours', ['kind', 'outcome']);
  for (const { kind, outcome, runs: count } of runs) captures.set({ kind, outcome }, count);
  const wait = gauge('mtm_spotify_wait_seconds', 'How long Spotify has asked this app to wait', ['bucket']);
  for (const { bucket, seconds } of waits) wait.set({ bucket }, seconds);
  const files = gauge('mtm_history_imports', 'Imports of listening history, by how far they are', ['state']);
  for (const { state, imports: count } of imports) files.set({ state }, count);
  return registry.metrics();
}
