import cluster from 'node:cluster';
import express from 'express';
import { startWatchdog } from '../../src/process/watchdog.ts';
import { keepUnderWay } from '../../src/web/operations/under-way.ts';
import { startWorkers } from '../../src/process/workers.ts';

/* `hanging-app.ts PORT COUNT`: that many processes that answer with their pid, and hang where they are asked to. */
const [port, count] = process.argv.slice(2).map(Number);

if (cluster.isPrimary && count !== 1) {
  const workers = startWorkers({ count: Number(count), env: {} });
  process.on('SIGTERM', () => void workers.stop().then(() => process.exit(0)));
} else {
  await startWatchdog();
  express()
    .use(keepUnderWay)
    .get('/', (_req, res) => void res.set('Connection', 'close').send(String(process.pid)))
    .get('/wait/:seconds', (req, res) => void setTimeout(() => res.end(), 1_000 * Number(req.params.seconds)))
    .get('/hang/:secret', () => {
      for (;;);
    })
    .listen(Number(port), '127.0.0.1');
}
