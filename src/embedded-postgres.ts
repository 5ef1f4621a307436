import type { ChildProcess } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binaries, findBinaries } from './embedded-postgres/binaries.ts';
import {
  assertPrivate,
  assertThrowaway,
  chooseAccount,
  clusterMajor,
  createCluster,
  giveTo,
  settleDataDir,
} from './embedded-postgres/cluster.ts';
import { hasEnded, LOCKED } from './embedded-postgres/guarded-process.ts';
import { holderOf, readPidFile } from './embedded-postgres/pid-file.ts';
import {
  answers,
  becomesReady,
  lastWords,
  prepareSocketDir,
  type ServerOptions,
  shutDown,
  spawnServer,
} from './embedded-postgres/server.ts';
import type { Log } from './log.ts';

/** How long to wait for a server to answer: ours, which may have a crash to recover from, or another's. */
const PATIENCE_MS = 120_000;

export interface EmbeddedPostgres {
  /**
   * Connection string over the Unix socket, e.g. postgres://postgres@/music_time_machine?host=%2Ftmp%2Fmtm-pg-ab12,
   * understood by pg, by psql and by the node-pg-migrate command as DATABASE_URL.
   */
  readonly url: string;
  /** PID of the postmaster */
  readonly pid: number;
  /**
   * Stops the server if this process started it (fast shutdown; resolves when it has ended), with it the connections
   * of any process attached to it. A server merely attached to is left alone. Calling it again changes nothing.
   */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Where the cluster lives, e.g. /srv/app/.data/postgres. Created when missing, parents too. */
  readonly dataDir: string;
  /** A cluster for tests: nothing is flushed to disk, and stop() removes dataDir. Never turns a kept one into this. */
  readonly throwaway?: boolean;
  /** Created when missing. Default: music_time_machine */
  readonly database?: string;
  /** Default: what findBinaries finds for the cluster's version. */
  readonly binaries?: Binaries;
  readonly log?: Log;
}

interface Cluster {
  /** Absolute, links resolved */
  readonly dataDir: string;
  readonly database: string;
  readonly throwaway: boolean;
  readonly binaries: Binaries | undefined;
  readonly log: Log | undefined;
}

/**
 * Starts PostgreSQL on a data directory, or attaches to the one that already serves it, and waits until it answers.
 * The server ends with this process, however that ends; nothing committed is lost by it. Throws with what to do when
 * there are no fitting binaries, when the directory is not usable, or when no server answers within two minutes.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { database = 'music_time_machine', throwaway = false, binaries, log } = options;
  const cluster = { dataDir: await settleDataDir(options.dataDir), database, throwaway, binaries, log };
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (Date.now() < giveUpAt) {
    const server = (await isServed(cluster.dataDir)) ? await attach(cluster) : await start(cluster);
    if (server !== null) return server;
    await sleep(50);
  }
  throw new Error(
    `Another PostgreSQL holds ${cluster.dataDir} but cannot be reached: it hangs, or it runs in another container. ` +
      'Stop it, or set DATABASE_URL to a server that both can reach.',
  );
}

/** Whether a postmaster lives that serves the directory, answering or not. */
async function isServed(dataDir: string): Promise<boolean> {
  const pidFile = await readPidFile(dataDir);
  return pidFile?.dataDir === dataDir && (await holderOf(pidFile.pid)) === 'postgres';
}

/** Null when the server does not answer, or not yet. */
async function attach({ dataDir, database, throwaway, log }: Cluster): Promise<EmbeddedPostgres | null> {
  const pidFile = await readPidFile(dataDir);
  if (pidFile === null || pidFile.socketDir === '') return null;
  await assertPrivate(pidFile.socketDir, (await stat(dataDir)).uid);
  if (!(await answers(pidFile.socketDir, database))) return null;
  if (throwaway) await assertThrowaway(dataDir);
  log?.info({ dataDir, pid: pidFile.pid }, 'attached to the embedded PostgreSQL that runs already');
  return { url: urlOf(pidFile.socketDir, database), pid: pidFile.pid, stop: async () => {} };
}

/** Null when another process has started a server on the cluster meanwhile. */
async function start(cluster: Cluster): Promise<EmbeddedPostgres | null> {
  const { dataDir, database } = cluster;
  const options = await prepare(cluster);
  const child = await spawnServer(options);
  if (await becomesReady(child, options, { database, withinMs: PATIENCE_MS }))
    return handleOf(child, cluster, options);
  if (!hasEnded(child)) await shutDown(child, { immediate: false });
  if (child.exitCode === LOCKED || (await isServed(dataDir))) return null;
  throw new Error(`PostgreSQL did not start on ${dataDir}. What it said last:\n${await lastWords(dataDir)}`);
}

async function prepare({ dataDir, throwaway, binaries: given }: Cluster): Promise<ServerOptions> {
  const major = await clusterMajor(dataDir);
  const binaries = given ?? (await findBinaries(major));
  const account = await chooseAccount(dataDir);
  if (major === null) await createCluster(dataDir, { account, binaries, throwaway });
  if (throwaway) await assertThrowaway(dataDir);
  await giveTo(account, dataDir, binaries);
  return { dataDir, account, binaries, throwaway, socketDir: await prepareSocketDir(dataDir, account) };
}

function handleOf(
  child: ChildProcess,
  { dataDir, database, log }: Cluster,
  options: ServerOptions,
): EmbeddedPostgres {
  const { socketDir, throwaway } = options;
  const pid = child.pid ?? -1;
  const reportLoss = () =>
    log?.error({ dataDir, pid }, 'embedded PostgreSQL ended by itself; see its server.log');
  child.once('exit', reportLoss);
  log?.info({ dataDir, pid, major: options.binaries.major }, 'embedded PostgreSQL started');

  const stop = async () => {
    child.off('exit', reportLoss);
    await shutDown(child, { immediate: throwaway });
    if (!throwaway) return;
    await rm(dataDir, { recursive: true, force: true });
    await rm(socketDir, { recursive: true, force: true });
  };
  let stopped: Promise<void> | null = null;
  return { url: urlOf(socketDir, database), pid, stop: () => (stopped ??= stop()) };
}

/** Port and SSL are spelled out, or PGPORT and PGSSLMODE in a client's environment would lead it astray. */
function urlOf(socketDir: string, database: string): string {
  const query = `host=${encodeURIComponent(socketDir)}&port=5432&sslmode=disable`;
  return `postgres://postgres@/${encodeURIComponent(database)}?${query}`;
}
