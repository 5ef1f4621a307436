import { loadConfig } from '../src/config.ts';
import { enrichmentOf } from '../src/enrichment/enrichment.ts';
import { startWorker } from '../src/jobs/worker.ts';
import { log } from '../src/log.ts';
import { openDatabase } from '../src/database/open.ts';
import { accessOf } from '../src/users/access-token.ts';
import { startWatchdog } from '../src/process/watchdog.ts';
import { runTool } from './run-tool.ts';

/** `npm run worker`: any number may run at once. */
await runTool(async () => {
  const config = loadConfig('spotify');
  log.level = config.logLevel;
  const { db, close } = await openDatabase(config, { applicationName: 'worker' });
  void startWatchdog();
  const worker = startWorker(db, accessOf(config), { enrichment: enrichmentOf(config) });
  log.info('worker started');
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(name, resolve);
  });
  log.info({ signal }, 'stopping, finishing what is under way');
  await worker.stop();
  await close();
  return 0;
});
