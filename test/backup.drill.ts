import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standInListeners } from '../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../scripts/spotify-stand-in/server.ts';
import { createApp } from '../src/app.ts';
import { loadConfig, type Config } from '../src/config.ts';
import { createDb, type Db } from '../src/db.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/embedded-postgres.ts';
import { log } from '../src/log.ts';
import { migrateUp } from '../src/database/schema.ts';
import { captureSnapshots, failureOf } from '../src/snapshots/capture.ts';
import { ALICE, callbackPath, userIdFor } from './support/app.ts';
import { checksumTables } from './support/checksum.ts';
import { insertSnapshot, insertTrack } from './support/factories.ts';
import { findWholePostgres, runPostgresProgram } from './support/postgres-programs.ts';

const programs = findWholePostgres();
// A dump is made by the pg_dump of the server's own version, which no npm package brings along.
describe.skipIf(programs === null)(
  'a backup (skipped where no PostgreSQL with its pg_dump is installed)',
  { timeout: 120_000 },
  () => {
    const home = mkdtempSync(path.join(os.tmpdir(), 'mtm-test-backup-'));
    const dump = path.join(home, 'archive.dump');
    let postgres: EmbeddedPostgres;
    let spotify: SpotifyStandIn;
    let restoredUrl: string;
    let before: Record<string, string>;
    let cookie: string;
    const opened: Db[] = [];

    beforeAll(async () => {
      log.level = 'silent';
      if (programs === null) return;
      postgres = await startEmbeddedPostgres({
        dataDir: path.join(home, 'data'),
        throwaway: true,
        binaries: programs,
      });
      await migrateUp(postgres.url);
      spotify = await startSpotifyStandIn({ listeners: standInListeners() });
    }, 120_000);
    afterAll(async () => {
      for (const db of opened) await db.close();
      await spotify?.close();
      await postgres?.stop();
      rmSync(home, { recursive: true, force: true });
    });

    const open = (url: string): Db => {
      const db = createDb({ url, poolMin: 0, poolMax: 8, applicationName: 'backup-test' });
      opened.push(db);
      return db;
    };
    const tokenKeys = `t1:${randomBytes(32).toString('base64')}`;

    /** The whole app on a database. */
    async function serve(
      url: string,
      keys = tokenKeys,
    ): Promise<{ baseUrl: string; config: Config; close(): void }> {
      const server = http.createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const config = loadConfig('web', {
        NODE_ENV: 'test',
        BASE_URL: baseUrl,
        DATABASE_URL: url,
        // The new machine has new secrets: nobody kept the old ones with the dump.
        SESSION_SECRET: randomBytes(32).toString('base64'),
        TOKEN_ENCRYPTION_KEYS: keys,
        SPOTIFY_CLIENT_ID: spotify.clientId,
        SPOTIFY_CLIENT_SECRET: spotify.clientSecret,
        SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
        SPOTIFY_API_URL: spotify.apiUrl,
      });
      server.on('request', createApp({ config, db: open(url) }).express);
      return {
        baseUrl,
        config,
        close() {
          server.closeAllConnections();
          server.close();
        },
      };
    }

    const accessOf = ({ config }: { config: Config }) => ({
      settings: config.spotify,
      tokenKeys: config.tokenKeys,
    });

    it('is made while the archive is written, and is of one moment', async () => {
      const app = await serve(postgres.url);
      const alice = supertest.agent(app.baseUrl);
      spotify.signInAs(ALICE);
      const answer = await alice.get(await callbackPath(alice)).expect(303);
      cookie = String(answer.headers['set-cookie']);
      const db = open(postgres.url);
      const userId = await userIdFor({ db }, ALICE);
      await captureSnapshots(db, userId, accessOf(app));
      before = await checksumTables(db, ['sessions']);
      const writing = new AbortController();
      const writer = (async () => {
        for (let n = 0; !writing.signal.aborted; n += 1)
          await insertSnapshot(db, userId, { date: `2001-01-${String((n % 28) + 1).padStart(2, '0')}` }, [
            await insertTrack(db),
          ]);
      })();
      await runPostgresProgram(programs!, 'pg_dump', ['-Fc', '-f', dump, '-d', postgres.url]);
      writing.abort();
      await writer;
      app.close();
    });

    it('comes back whole in an empty database', async () => {
      const admin = open(postgres.url);
      await admin.execute('CREATE DATABASE restored');
      restoredUrl = postgres.url.replace('/music_time_machine?', '/restored?');
      await runPostgresProgram(programs!, 'pg_restore', [
        '--exit-on-error',
        '--no-owner',
        '-d',
        restoredUrl,
        dump,
      ]);
      const restored = open(restoredUrl);
      // What was written while the dump was made is in it as far as it was there at its one moment.
      await restored.execute(`DELETE FROM snapshots WHERE snapshot_date < '2002-01-01'`);
      await restored.execute(`DELETE FROM library_tracks WHERE listings = 0`);
      await restored.execute(
        'DELETE FROM tracks WHERE NOT EXISTS (SELECT FROM library_tracks WHERE track_id = tracks.track_id)',
      );
      // (These deletions make another version of the archive, and forget what was kept of it.)
      const changed = ['archive_changes', 'archive_summaries', 'snapshot_lists'];
      const after = await checksumTables(restored, ['sessions', ...changed]);
      expect(after).toEqual({ ...before, ...Object.fromEntries(changed.map((table) => [table, undefined])) });
    });

    it('runs: listeners sign in again, and what is kept today is not kept twice', async () => {
      const app = await serve(restoredUrl);
      const db = open(restoredUrl);
      const places = await db.many('SELECT FROM snapshots');
      await captureSnapshots(db, await userIdFor({ db }, ALICE), accessOf(app));
      expect(await db.many('SELECT FROM snapshots')).toHaveLength(places.length);
      const alice = supertest.agent(app.baseUrl);
      spotify.signInAs(ALICE);
      await alice.get(await callbackPath(alice)).expect(303);
      const { name } = await db.one<{ name: string }>(
        `SELECT name FROM snapshots JOIN tracks USING (track_id) WHERE rank = 1 AND time_range = 'short_term'
       ORDER BY snapshot_date DESC LIMIT 1`,
      );
      expect((await alice.get('/dashboard').expect(200)).text).toContain(name);
      app.close();
    });

    it('opens no door: no session of the dump is a way in where the secrets are others', async () => {
      const app = await serve(restoredUrl);
      await supertest(app.baseUrl).get('/dashboard').set('Cookie', cookie).expect(302);
      app.close();
    });

    it('without the keys of its tokens asks every listener to connect again, and keeps all else', async () => {
      const app = await serve(restoredUrl, `other:${randomBytes(32).toString('base64')}`);
      const db = open(restoredUrl);
      const userId = await userIdFor({ db }, ALICE);
      await db.execute(
        `DELETE FROM snapshots WHERE snapshot_date = (SELECT max(snapshot_date) FROM snapshots)`,
      );
      const failure = failureOf(await captureSnapshots(db, userId, accessOf(app)));
      expect(String(failure)).toContain('connect again');
      const alice = supertest.agent(app.baseUrl);
      spotify.signInAs(ALICE);
      await alice.get(await callbackPath(alice)).expect(303);
      await captureSnapshots(db, userId, accessOf(app));
      app.close();
    });
  },
);
