import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Db } from '../../../src/db.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/embedded-postgres.ts';
import { migrateUp } from '../../../src/database/schema.ts';
import { anyFreePort, waitUntilReady } from '../../demo/processes.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../spotify-stand-in/server.ts';
import { fillLargeDatabase } from '../large-database/fill.ts';
import { openLarge } from '../large-database/open.ts';
import type { LargeDatabaseSize } from '../large-database/size.ts';
import { signIn } from '../visits/sign-in.ts';

/** A program that answers requests, in a process of its own. */
interface Server {
  readonly process: ChildProcess;
  readonly url: string;
}

/** Everything a load needs: a database with one large archive among others, the app on it, and signed-in browsers. */
export interface Town {
  readonly db: Db;
  readonly postgres: EmbeddedPostgres;
  readonly userId: number;
  readonly app: Server;
  /** Cookie headers of signed-in browsers, all of the listener whose archive is large. */
  readonly cookies: readonly string[];
  /** A server that does nothing but what every page has to: answer with this page, after three statements. */
  startFloor(html: string): Promise<Server>;
  close(): Promise<void>;
}

/** Large enough that pages cost what they cost somebody who has listened for years. */
const SIZE: LargeDatabaseSize = {
  seed: 1,
  listeners: 10,
  tracks: 40_000,
  snapshots: 150_000,
  observed: { tracks: 20_000, days: 700 },
};
const BROWSERS = 50;
const ROOT = path.resolve(import.meta.dirname, '../../..');

export async function openTown(directory: string, workers: number): Promise<Town> {
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(directory, 'postgres') });
  await migrateUp(postgres.url);
  const db = openLarge(postgres.url);
  const userId = await fillLargeDatabase(db, SIZE);
  const spotify = await startSpotify(db, userId);
  const started: Server[] = [];
  const start = async (...asked: Parameters<typeof startServer>): Promise<Server> => {
    const server = await startServer(...asked);
    started.push(server);
    return server;
  };
  const app = await start([path.join(ROOT, 'dist/server.js')], settings(postgres, spotify, workers));
  const cookies: string[] = [];
  for (let browser = 0; browser < BROWSERS; browser += 1) cookies.push(await signIn(app.url));
  return {
    db,
    postgres,
    userId,
    app,
    cookies,
    startFloor(html) {
      const page = path.join(directory, 'page.html');
      writeFileSync(page, html);
      return start(['--import', 'tsx', path.join(import.meta.dirname, 'floor-server.ts'), page], {
        DATABASE_URL: postgres.url,
      });
    },
    async close() {
      await Promise.all(started.map(end));
      await spotify.close();
      await db.close();
      await postgres.stop();
    },
  };
}

const NO_TRACKS = { short_term: [], medium_term: [], long_term: [] };

async function startSpotify(db: Db, userId: number): Promise<SpotifyStandIn> {
  const { id } = await db.one<{ id: string }>('SELECT spotify_id AS id FROM users WHERE user_id = $1', [
    userId,
  ]);
  const spotify = await startSpotifyStandIn({ listeners: [{ id, displayName: id, topTracks: NO_TRACKS }] });
  spotify.signInAs(id);
  return spotify;
}

type Settings = Readonly<Record<string, string>>;

const settings = (postgres: EmbeddedPostgres, spotify: SpotifyStandIn, workers: number): Settings => ({
  DATABASE_URL: postgres.url,
  SESSION_SECRET: randomBytes(32).toString('base64'),
  TOKEN_ENCRYPTION_KEYS: `b1:${randomBytes(32).toString('base64')}`,
  WEB_CONCURRENCY: String(workers),
  WORKER_IN_WEB: 'no',
  LOG_LEVEL: 'warn',
  SPOTIFY_CLIENT_ID: spotify.clientId,
  SPOTIFY_CLIENT_SECRET: spotify.clientSecret,
  SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
  SPOTIFY_API_URL: spotify.apiUrl,
});

async function startServer(args: readonly string[], env: Settings): Promise<Server> {
  const port = await anyFreePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), BASE_URL: url, ...env },
    // What it logs of an overload would drown the figures.
    stdio: 'ignore',
  });
  await waitUntilReady({ url, ended: once(server, 'exit').then(([code]) => Number(code)) });
  return { process: server, url };
}

async function end({ process: server }: Server): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
}
