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

/** The server may first recover from a crash. */
const PATIENCE_MS = 120_000;

export interface EmbeddedPostgres {
  /** Over the Unix socket: postgres://postgres@/music_time_machine?host=%2Ftmp%2Fmtm-pg-ab12 */
  readonly url: string;
  readonly pid: number;
  /** Also stops it for attached processes, if this one started it. May be called again. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /** For tests: nothing is flushed to disk, and stop() removes dataDir. Never applies to an existing cluster. */
  readonly throwaway?: boolean;
  readonly database?: string;
  readonly binaries?: Binaries;
  readonly log?: Log;
}

interface Cluster {
  readonly dataDir: string;
  readonly database: string;
  readonly throwaway: boolean;
  readonly binaries: Binaries | undefined;
  readonly log: Log | undefined;
}

/** Also attaches to a running server. Ends with this process. @throws Error that says what to do */
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
    `Another PostgreSQL uses ${cluster.dataDir} but does not answer: it hangs, or it runs in another container. ` +
      'Stop it, or set DATABASE_URL to a server that both can reach.',
  );
}

async function isServed(dataDir: string): Promise<boolean> {
  const pidFile = await readPidFile(dataDir);
  return pidFile?.dataDir === dataDir && (await holderOf(pidFile.pid)) === 'postgres';
}

async function attach({ dataDir, database, throwaway, log }: Cluster): Promise<EmbeddedPostgres | null> {
  const pidFile = await readPidFile(dataDir);
  if (pidFile === null || pidFile.socketDir === '') return null;
  await assertPrivate(pidFile.socketDir, (await stat(dataDir)).uid);
  if (!(await answers(pidFile.socketDir, database))) return null;
  if (throwaway) await assertThrowaway(dataDir);
  log?.info({ dataDir, pid: pidFile.pid }, 'attached to the running embedded PostgreSQL');
  return { url: urlOf(pidFile.socketDir, database), pid: pidFile.pid, stop: async () => {} };
}

/** Null if another process has started the server meanwhile. */
async function start(cluster: Cluster): Promise<EmbeddedPostgres | null> {
  const { dataDir, database } = cluster;
  const options = await prepare(cluster);
  const child = await spawnServer(options);
  if (await becomesReady(child, options, { database, withinMs: PATIENCE_MS }))
    return handleOf(child, cluster, options);
  if (!hasEnded(child)) await shutDown(child, { immediate: false });
  if (child.exitCode === LOCKED || (await isServed(dataDir))) return null;
  throw new Error(`PostgreSQL did not start on ${dataDir}. The end of its log:\n${await lastWords(dataDir)}`);
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
    log?.error({ dataDir, pid }, 'embedded PostgreSQL ended unexpectedly; see its server.log');
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

/** With port and SSL, so that a client's PGPORT and PGSSLMODE do not matter. */
function urlOf(socketDir: string, database: string): string {
  const query = `host=${encodeURIComponent(socketDir)}&port=5432&sslmode=disable`;
  return `postgres://postgres@/${encodeURIComponent(database)}?${query}`;
}
