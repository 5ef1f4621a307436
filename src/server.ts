import http from 'node:http';
import { createApp } from './app.ts';
import { loadConfig, type Config } from './config.ts';
import { createDb } from './db.ts';
import { ConfigError } from './errors.ts';
import { startWorker } from './jobs/worker.ts';
import { log } from './log.ts';
import { openDatabase, type OpenDatabase } from './open-database.ts';

const DRAIN_MS = 10_000;

async function start(): Promise<void> {
  const config = loadConfig('web');
  log.level = config.logLevel;
  const database = await openDatabase(config, { applicationName: 'web' });
  const { express, readiness } = createApp({ config, db: database.db });
  const server = listen(express);
  server.listen(config.port, config.host, () => log.info({ address: config.baseUrl }, 'listening'));
  const worker = config.workerInWeb ? startOwnWorker(config, database) : null;

  let stopping = false;
  const stop = async (why: string, exitCode: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'stopping: finishing what is under way');
    readiness.drain();
    // Whatever hangs past this, the end does not wait for it.
    setTimeout(() => process.exit(exitCode), DRAIN_MS + 2_000).unref();
    try {
      await Promise.all([closeServer(server), worker?.stop()]);
      await database.close();
    } catch (error) {
      log.error({ err: error }, 'could not stop cleanly');
    }
    process.exit(exitCode);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void stop(signal, 0));
  server.on('error', (error) => {
    log.fatal({ err: error }, 'cannot listen');
    void stop('cannot listen', 1);
  });
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error: unknown) => {
      log.fatal({ err: error }, fault);
      void stop(fault, 1);
    });
  }
}

const WORKER_CONNECTIONS = 4;

/** Beside the pages, on connections of its own (past a pooler), so that neither waits for the other. */
function startOwnWorker(
  { spotify, tokenKeys }: Config,
  { directUrl }: OpenDatabase,
): { stop(): Promise<void> } {
  const db = createDb({
    url: directUrl,
    poolMin: 0,
    poolMax: WORKER_CONNECTIONS,
    applicationName: 'web-worker',
  });
  const worker = startWorker(db, { settings: spotify, tokenKeys });
  return {
    async stop() {
      await worker.stop();
      await db.close();
    },
  };
}

/** Slow or silent clients are cut off; kept-alive connections outlive a platform edge's own idle limit of 60 s. */
function listen(handler: http.RequestListener): http.Server {
  const server = http.createServer({ connectionsCheckingInterval: 2_000, requireHostHeader: true }, handler);
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.keepAliveTimeout = 65_000;
  server.maxRequestsPerSocket = 1_000;
  return server;
}

/** No new connections; those in use may finish until the deadline, and go as soon as they have. */
function closeServer(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    // close() ends the connections that are idle now; one that is kept alive after its answer would hold us up.
    const sweep = setInterval(() => server.closeIdleConnections(), 100);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(sweep);
      resolve();
    });
  });
}

start().catch((error: unknown) => {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else log.fatal({ err: error }, 'could not start');
  process.exit(1);
});
