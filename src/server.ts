import cluster from 'node:cluster';
import { createApp } from './app.ts';
import { loadConfig, type Config } from './config.ts';
import {
  countAllowedConnections,
  IMPORT_CONNECTIONS,
  sharePool,
  WORKER_CONNECTIONS,
} from './database/connection-budget.ts';
import { createDb, type Db } from './db.ts';
import { ConfigError } from './errors.ts';
import { sweepPrivateDirectories } from './process/private-directory.ts';
import { closeHttpServer, createHttpServer, DRAIN_MS } from './process/http-server.ts';
import { enrichmentOf } from './enrichment/enrichment.ts';
import { startWorker, type RunningWorker } from './jobs/worker.ts';
import { log } from './log.ts';
import { openDatabase, startServer, type OpenDatabase } from './database/open.ts';
import { EarlierDatabase, migrateUp } from './database/schema.ts';
import { accessOf } from './users/access-token.ts';
import { answerWorkers } from './web/operations/gather.ts';
import { startWatchdog } from './process/watchdog.ts';
import { startWorkers } from './process/workers.ts';

async function start(): Promise<void> {
  const config = loadConfig('web');
  log.level = config.logLevel;
  await (cluster.isPrimary && config.webConcurrency > 1 ? supervise(config) : serve(config));
}

async function serve(config: Config): Promise<void> {
  void startWatchdog();
  sweepPrivateDirectories();
  const database = await openDatabase(config, { applicationName: 'web', pooled: true });
  const unhurried = openUnhurried(database);
  const { express, readiness } = createApp({ config, db: database.db, unhurried });
  const server = createHttpServer(express);
  server.listen(config.port, config.host, () =>
    log.info({ address: config.baseUrl, pid: process.pid }, 'listening'),
  );
  const worker = config.workerInWeb ? startOwnWorker(config, database) : null;
  const stop = stopOnce(async () => {
    readiness.drain();
    await Promise.all([closeHttpServer(server), worker?.stop()]);
    await unhurried.close();
    await database.close();
  });
  server.on('error', (error) => {
    log.fatal({ err: error }, 'cannot listen');
    stop('cannot listen', 1);
  });
  if (cluster.isWorker) process.on('disconnect', () => stop('the supervisor ended', 0));
}

/** For history imports: long statements, past a pooler. */
const openUnhurried = ({ directUrl }: OpenDatabase): Db =>
  createDb({
    url: directUrl,
    poolMin: 0,
    poolMax: IMPORT_CONNECTIONS,
    applicationName: 'web-imports',
    statementTimeoutMs: 0,
  });

/** With connections of its own, past a pooler, so that pages and jobs do not wait for each other. */
function startOwnWorker(config: Config, { directUrl }: OpenDatabase): RunningWorker {
  const db = createDb({
    url: directUrl,
    poolMin: 0,
    poolMax: WORKER_CONNECTIONS,
    applicationName: 'web-worker',
  });
  const worker = startWorker(db, accessOf(config), { enrichment: enrichmentOf(config) });
  return {
    async stop() {
      await worker.stop();
      await db.close();
    },
  };
}

async function supervise(config: Config): Promise<void> {
  const database = await startServer(config.database);
  if (config.database.kind === 'embedded') await migrateUp(database.directUrl);
  const poolMax = await countAllowedConnections(database.directUrl).then(
    (allowed) => sharePool(config, allowed),
    (error: unknown) => {
      if (error instanceof ConfigError) throw error;
      log.warn({ err: error }, 'the database does not answer yet, so pools keep their configured size');
      return config.poolMax;
    },
  );
  const poolMin = Math.min(config.poolMin, poolMax);
  const env = { DB_POOL_MAX: String(poolMax), DB_POOL_MIN: String(poolMin) };
  answerWorkers();
  const workers = startWorkers({ count: config.webConcurrency, env });
  log.info({ workers: config.webConcurrency, poolMax }, 'supervising');
  stopOnce(async () => {
    await workers.stop();
    await database.stop();
  });
  process.on('SIGUSR2', () => void workers.renew());
}

function stopOnce(finish: () => Promise<void>): (why: string, exitCode: number) => void {
  let stopping = false;
  const stop = async (why: string, exitCode: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'stopping, finishing what is under way');
    setTimeout(() => process.exit(exitCode), DRAIN_MS + 4_000).unref();
    await finish().catch((error: unknown) => log.error({ err: error }, 'could not stop cleanly'));
    process.exit(exitCode);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void stop(signal, 0));
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error: unknown) => {
      log.fatal({ err: error }, fault);
      void stop(fault, 1);
    });
  }
  return (why, exitCode) => void stop(why, exitCode);
}

start().catch((error: unknown) => {
  const plain = error instanceof ConfigError || error instanceof EarlierDatabase;
  if (plain) process.stderr.write(`${error.message}\n`);
  else log.fatal({ err: error }, 'could not start');
  process.exit(error instanceof EarlierDatabase ? 2 : 1);
});
