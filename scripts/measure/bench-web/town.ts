import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { createDb, type Db } from '../../../src/db.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/embedded-postgres.ts';
import { migrateUp } from '../../../src/schema.ts';
import { writeDemoArchive } from '../../demo/archive/write.ts';
import { anyFreePort, waitUntilReady } from '../../demo/processes.ts';
import { moveArchive } from '../../migrate-from-sqlite/move-archive.ts';
import { startSpotifyStandIn } from '../../spotify-stand-in/server.ts';
import { signIn } from '../visits/sign-in.ts';

/** Everything a load needs: a database with a demo archive for each of some listeners, the app, and their cookies. */
export interface Town {
  readonly db: Db;
  readonly postgres: EmbeddedPostgres;
  readonly app: ChildProcess;
  readonly url: string;
  /** Cookie headers of signed-in browsers. */
  readonly cookies: readonly string[];
  close(): Promise<void>;
}

export interface TownSize {
  readonly listeners: number;
  /** Browsers of each. */
  readonly browsers: number;
  /** Web processes. */
  readonly workers: number;
}

const idOf = (listener: number): string => `bench-${listener}`;
const NO_TRACKS = { short_term: [], medium_term: [], long_term: [] };

export async function openTown(directory: string, size: TownSize): Promise<Town> {
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(directory, 'postgres') });
  await migrateUp(postgres.url);
  const db = createDb({
    url: postgres.url,
    poolMin: 0,
    poolMax: 4,
    applicationName: 'bench',
    statementTimeoutMs: 0,
  });
  const { snapshotsFile } = writeDemoArchive({ directory, endDate: new Date().toISOString().slice(0, 10) });
  const owners = Array.from({ length: size.listeners }, (_, listener) => idOf(listener));
  for (const owner of owners) await moveArchive({ db, file: snapshotsFile, owner, backup: false });
  // What a night of autovacuum would have done.
  await db.execute('VACUUM (ANALYZE)');
  const spotify = await startSpotifyStandIn({
    listeners: owners.map((id) => ({ id, displayName: id, topTracks: NO_TRACKS })),
  });
  const { app, url } = await startApp(postgres, size.workers, {
    SPOTIFY_CLIENT_ID: spotify.clientId,
    SPOTIFY_CLIENT_SECRET: spotify.clientSecret,
    SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
    SPOTIFY_API_URL: spotify.apiUrl,
  });
  const cookies: string[] = [];
  for (let browser = 0; browser < size.browsers; browser += 1) {
    for (const owner of owners) {
      spotify.signInAs(owner);
      cookies.push(await signIn(url));
    }
  }
  return {
    db,
    postgres,
    app,
    url,
    cookies,
    close: () => closeAll([() => end(app), () => spotify.close(), () => db.close(), () => postgres.stop()]),
  };
}

async function startApp(
  postgres: EmbeddedPostgres,
  workers: number,
  spotify: Readonly<Record<string, string>>,
) {
  const port = await anyFreePort();
  const url = `http://127.0.0.1:${port}`;
  const app = spawn(process.execPath, [path.resolve('dist/server.js')], {
    env: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      BASE_URL: url,
      DATABASE_URL: postgres.url,
      SESSION_SECRET: randomBytes(32).toString('base64'),
      TOKEN_ENCRYPTION_KEYS: `b1:${randomBytes(32).toString('base64')}`,
      WEB_CONCURRENCY: String(workers),
      WORKER_IN_WEB: 'no',
      LOG_LEVEL: 'warn',
      ...spotify,
    },
    // What it logs of an overload would drown the figures.
    stdio: 'ignore',
  });
  await waitUntilReady({ url, ended: once(app, 'exit').then(([code]) => Number(code)) });
  return { app, url };
}

async function end(app: ChildProcess): Promise<void> {
  if (app.exitCode !== null) return;
  app.kill('SIGTERM');
  await once(app, 'exit');
}

async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const close of closers) await close();
}
