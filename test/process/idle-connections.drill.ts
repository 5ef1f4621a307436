import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { HANGS_MS } from '../support/drill.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

const test = useDatabase();
/** As many as the server takes (src/process/http-server.ts). */
const MOST = 2_000;
let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({
    NODE_ENV: 'test',
    DATABASE_URL: test.url,
    SESSION_SECRET: randomBytes(32).toString('base64'),
    TOKEN_ENCRYPTION_KEYS: `t1:${randomBytes(32).toString('base64')}`,
    SPOTIFY_CLIENT_ID: 'id',
    SPOTIFY_CLIENT_SECRET: 'secret',
    WORKER_IN_WEB: 'no',
  });
  await server.listening();
});
afterAll(async () => {
  server.signal('SIGKILL');
  await server.exit;
});

/** A connection that has asked once and is kept open. */
async function idle(): Promise<net.Socket> {
  const { hostname, port } = new URL(server.baseUrl);
  const socket = net.connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'data');
  return socket;
}

const residentMB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
const newcomer = (): Promise<number | string> =>
  fetch(`${server.baseUrl}/livez`, { headers: { connection: 'close' } }).then(
    ({ status }) => status,
    () => 'turned away',
  );
const pidOf = (): number => server.logLines().flatMap((line) => (line as { pid?: number }).pid ?? [])[0] ?? 0;

it('as many idle connections as it takes shut out newcomers, cost little memory, and let them in when they go', async () => {
  expect(await newcomer()).toBe(200);
  const before = residentMB(pidOf());
  const sockets: net.Socket[] = [];
  while (sockets.length < MOST) sockets.push(...(await Promise.all(Array.from({ length: 100 }, idle))));
  const grown = residentMB(pidOf()) - before;
  expect(await newcomer()).toBe('turned away');
  process.stdout.write(`${MOST} idle connections: ${Math.round(grown)} MB\n`);
  expect(grown).toBeLessThan(200);
  sockets.slice(0, 10).forEach((socket) => socket.destroy());
  await expect.poll(newcomer, { timeout: HANGS_MS }).toBe(200);
  sockets.forEach((socket) => socket.destroy());
});
