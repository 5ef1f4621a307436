import { randomBytes } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standInListeners } from '../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../scripts/spotify-stand-in/server.ts';
import { DatabaseUnavailable } from '../src/database/errors.ts';
import { createDb, type Db } from '../src/db.ts';
import { callbackPath, submit, type Visitor } from './support/app.ts';
import { useDatabase } from './support/database.ts';
import { hasPgbouncer, startPgbouncer, type Pgbouncer } from './support/pgbouncer.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';

describe.skipIf(!hasPgbouncer)('behind pgbouncer in transaction mode', { timeout: 60_000 }, () => {
  const test = useDatabase();
  let pgbouncer: Pgbouncer;

  beforeAll(async () => {
    pgbouncer = await startPgbouncer(test.url);
  });
  afterAll(() => pgbouncer.close());

  describe('a pool', () => {
    let db: Db;
    beforeAll(() => {
      db = createDb({
        url: pgbouncer.url,
        poolMin: 0,
        poolMax: 10,
        applicationName: 'pooled',
        statementTimeoutMs: 300,
        pooled: true,
      });
    });
    afterAll(() => db.close());

    it('of ten works through three server connections', async () => {
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, n) => db.one<{ n: number }>('SELECT $1::int AS n', [n])),
      );
      expect(answers.map(({ n }) => n)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    });

    it('has the server end what takes too long in a transaction, and leaves no limit behind', async () => {
      await expect(db.withTransaction((tx) => tx.one('SELECT pg_sleep(5)'))).rejects.toBeInstanceOf(
        DatabaseUnavailable,
      );
      const limits = await Promise.all(
        Array.from({ length: 6 }, () =>
          db.one<{ limit: string }>(`SELECT current_setting('statement_timeout') AS limit, pg_sleep(0.02)`),
        ),
      );
      expect(limits.map(({ limit }) => limit)).toEqual(Array.from({ length: 6 }, () => '0'));
    });

    it('has no transaction compiled', async () => {
      expect(await db.withTransaction((tx) => tx.one('SHOW jit'))).toEqual({ jit: 'off' });
    });
  });

  describe('the app', () => {
    let spotify: SpotifyStandIn;
    let server: ServerProcess;
    let alice: Visitor;

    beforeAll(async () => {
      spotify = await startSpotifyStandIn({ listeners: standInListeners() });
      server = await startServerProcess({
        NODE_ENV: 'test',
        DATABASE_URL: pgbouncer.url,
        DIRECT_DATABASE_URL: test.url,
        SESSION_SECRET: randomBytes(32).toString('base64'),
        TOKEN_ENCRYPTION_KEYS: `t1:${randomBytes(32).toString('base64')}`,
        SPOTIFY_CLIENT_ID: spotify.clientId,
        SPOTIFY_CLIENT_SECRET: spotify.clientSecret,
        SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
        SPOTIFY_API_URL: spotify.apiUrl,
      });
      await server.listening();
      alice = supertest.agent(server.baseUrl);
    });
    afterAll(async () => {
      server.signal('SIGKILL');
      await server.exit;
      await spotify.close();
    });

    it('is ready', async () => {
      expect((await fetch(`${server.baseUrl}/readyz`)).status).toBe(200);
    });

    it('signs in, keeps a snapshot and shows it, however many ask at once', async () => {
      await alice.get(await callbackPath(alice)).expect(303);
      expect((await submit(alice, '/snapshots')).status).toBe(303);
      const pages = await Promise.all(Array.from({ length: 6 }, () => alice.get('/dashboard')));
      expect(pages.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
      expect(pages[0]?.text).toContain('id="lead-title"');
    });
  });
});
