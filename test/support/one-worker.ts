import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import http from 'node:http';
import { startWorkers } from '../../src/process/workers.ts';

/*
 * A supervisor of one process that answers with its pid: `one-worker.ts PORT FILE`. While FILE is there, a new one ends
 * before it serves.
 */
const [port, broken = ''] = process.argv.slice(2);

if (cluster.isPrimary) {
  const workers = startWorkers({ count: 1, env: {} });
  process.on('SIGUSR2', () => void workers.renew().then(() => process.stdout.write('renewed\n')));
  process.on('SIGTERM', () => void workers.stop());
} else if (existsSync(broken)) {
  process.exit(1);
} else {
  http.createServer((_req, res) => res.end(String(process.pid))).listen(Number(port), '127.0.0.1');
}
