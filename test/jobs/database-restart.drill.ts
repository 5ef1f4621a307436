import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { createDb } from '../../src/db.ts';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { migrateUp } from '../../src/database/schema.ts';
import { saveConnection } from '../../src/users/connections.ts';
import { ALICE } from '../support/app.ts';
import { HANGS_MS } from '../support/drill.ts';
import { insertListener } from '../support/factories.ts';
import { connect, settingsFor } from '../support/spotify-sign-in.ts';

it('a server that is stopped and started in the middle of a capture costs neither the day nor the worker', async () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'mtm-restart-'));
  const dataDir = path.join(home, 'postgres');
  let server = await startEmbeddedPostgres({ dataDir });
  await migrateUp(server.url);
  const db = createDb({ url: server.url, poolMin: 0, poolMax: 4, applicationName: 'restart-drill' });
  const spotify = await startSpotifyStandIn({ listeners: standInListeners() });
  const tokenKeys = [{ id: 't1', key: randomBytes(32) }];
  const alice = await insertListener(db, ALICE);
  spotify.signInAs(ALICE);
  await saveConnection(db, alice, tokenKeys, await connect(spotify));
  await db.execute(`UPDATE spotify_connections SET authorized_at = authorized_at - interval '30 days'`);
  // Every minute of the day is late enough.
  await db.execute(
    `CREATE OR REPLACE FUNCTION capture_time(user_id bigint) RETURNS time LANGUAGE sql IMMUTABLE RETURN time '00:00'`,
  );

  spotify.fail({ on: 'top-tracks', kind: 'silence' });
  const access = { settings: settingsFor(spotify, { timeoutMs: 3_000 }), tokenKeys };
  const worker = startWorker(db, access, { roundMs: 200 });
  onTestFinished(async () => {
    await worker.stop();
    await db.close();
    await spotify.close();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });
  const isAsked = (): boolean => spotify.calls.some((call) => call.path === '/v1/me/top/tracks');
  await vi.waitUntil(isAsked, { timeout: HANGS_MS });
  await server.stop();
  spotify.heal();
  server = await startEmbeddedPostgres({ dataDir });

  /** As if ten minutes passed from one look to the next: what was cut off is taken over, what failed is tried again. */
  const kept = async (): Promise<unknown> => {
    await db.execute(`UPDATE job_leases SET leased_until = leased_until - interval '10 minutes'`);
    await db.execute(
      `UPDATE capture_runs SET finished_at = finished_at - interval '10 minutes' WHERE outcome = 'failed'`,
    );
    return db.one(
      `SELECT (SELECT count(DISTINCT (snapshot_date, time_range))::int FROM snapshots) AS lists,
         (SELECT count(*)::int FROM capture_runs WHERE outcome = 'kept') AS runs,
         (SELECT count(*)::int FROM plays) AS plays`,
    );
  };
  await expect.poll(kept, { timeout: HANGS_MS, interval: 2_000 }).toEqual({ lists: 3, runs: 2, plays: 30 });
});
