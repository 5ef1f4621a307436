// A program that starts the database on the directory it is given, says where, and stays until it is told to end.
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.ts';

const [dataDir = ''] = process.argv.slice(2);
const server = await startEmbeddedPostgres({ dataDir });
const stayAlive = setInterval(() => {}, 60_000);

process.once('SIGINT', () => {
  void drain();
});
process.stdout.write(`${JSON.stringify({ url: server.url, pid: server.pid })}\n`);

async function drain() {
  const client = new Client(server.url);
  await client.connect();
  await client.query('SELECT 1');
  await client.end();
  await server.stop();
  clearInterval(stayAlive);
  process.stdout.write('drained\n');
}
