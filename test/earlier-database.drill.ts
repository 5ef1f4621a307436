import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDb, type Queries } from '../src/db.ts';
import { startEmbeddedPostgres } from '../src/embedded-postgres.ts';
import { useDatabase } from './support/database.ts';
import { writeArchive, SNAPSHOTS_SCHEMA } from './support/old-archives.ts';
import { ROOT, runScript } from './support/run-script.ts';
import { describeSchema } from './support/schema-description.ts';

const test = useDatabase();
const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-earlier-'));
const everything = (): Promise<unknown> =>
  Promise.all([describeSchema(test.db), test.db.many('SELECT * FROM pgmigrations')]);
let before: unknown;

/** What the first version left, as far as anybody can tell it by. */
async function makeEarlier(db: Queries): Promise<void> {
  await db.execute('DROP SCHEMA public CASCADE');
  await db.execute('CREATE SCHEMA public');
  await db.execute('CREATE TABLE users (user_id bigint PRIMARY KEY)');
  await db.execute('CREATE TABLE pgmigrations (id serial PRIMARY KEY, name text, run_on timestamp)');
  await db.execute(
    `INSERT INTO pgmigrations (name, run_on) VALUES ('20261121020000000_users-and-sessions', now())`,
  );
}

beforeAll(async () => {
  await makeEarlier(test.db);
  before = await everything();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('a database of the version before the first release', () => {
  const oldFile = writeArchive(directory, 'old', SNAPSHOTS_SCHEMA, () => undefined);
  const zip = path.join(import.meta.dirname, 'restore/made-by-the-24/alice.zip');

  it.each<[string, string, string[], Record<string, string>?]>([
    ['the app', 'src/server.ts', []],
    ['several web processes', 'src/server.ts', [], { WEB_CONCURRENCY: '2' }],
    ['migrate up', 'scripts/migrate.ts', ['up']],
    ['migrate down', 'scripts/migrate.ts', ['down']],
    ['migrate:sqlite', 'scripts/migrate-from-sqlite.ts', [oldFile, '--no-backup']],
    ['capture', 'scripts/capture.ts', []],
    ['worker', 'scripts/worker.ts', []],
    ['doctor', 'scripts/doctor.ts', []],
    ['restore', 'scripts/restore.ts', [zip]],
    ['export:sqlite', 'scripts/export-to-sqlite.ts', [path.join(directory, 'new.db')]],
    ['rotate:keys', 'scripts/rotate-token-keys.ts', []],
  ])('is refused by %s, which says what to do and changes nothing', async (_name, script, args, env = {}) => {
    const ended = await runScript(script, args, {
      cwd: directory,
      env: { DATABASE_URL: test.url, NODE_ENV: 'test', PORT: '0', ...SECRETS, ...env },
    });
    expect(ended).toEqual({ code: 2, output: expect.stringMatching(REFUSAL) as string });
    expect(await everything()).toEqual(before);
  });

  it('is refused by demo too', { timeout: 60_000 }, async () => {
    const dataDir = path.join(directory, '.data/demo/postgres');
    const server = await startEmbeddedPostgres({ dataDir });
    const db = createDb({ url: server.url, poolMin: 0, poolMax: 1, applicationName: 'test' });
    await makeEarlier(db);
    await db.close();
    await server.stop();
    const ended = await runScript('scripts/demo.ts', [], {
      cwd: directory,
      env: { HOME: ROOT, PATH: String(process.env.PATH) },
    });
    expect(ended.output).toMatch(/export everything with that version/i);
    expect(ended.code).toBe(2);
  });
});

const REFUSAL = /^This database was made by an earlier version[^\n]*export everything[^\n]*\n$/i;
const SECRETS = {
  SPOTIFY_CLIENT_ID: 'id',
  SPOTIFY_CLIENT_SECRET: 'secret',
  SESSION_SECRET: 'a-planted-secret-of-some-length-here',
  TOKEN_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
};

it('a database of a later version is no hindrance', async () => {
  await test.db.execute('DROP SCHEMA public CASCADE');
  await test.db.execute('CREATE SCHEMA public');
  const migrate = () => runScript('scripts/migrate.ts', ['up'], { env: { DATABASE_URL: test.url } });
  expect((await migrate()).code).toBe(0);
  await test.db.execute(`INSERT INTO pgmigrations (name, run_on) VALUES ('29991231000000000_later', now())`);
  const { code, output } = await migrate();
  expect(output).toContain('Nothing to do');
  expect(code).toBe(0);
});
