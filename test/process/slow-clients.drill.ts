import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../src/process/http-server.ts';
import { createApp } from '../../src/app.ts';
import { ALICE, cookiesOf, signIn, useApp } from '../support/app.ts';

const CLIENTS = 100;
const test = useApp();
let server: ReturnType<typeof createHttpServer>;
let port: number;

/** The server as it is in production, time limits and all. */
beforeAll(async () => {
  server = createHttpServer(createApp({ config: test.config, db: test.db }).express);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as net.AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends a beginning, then a byte every second; answers after how many seconds the connection was closed. */
async function dawdle(beginning: string): Promise<number> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const begun = performance.now();
  socket.write(beginning);
  const drip = setInterval(() => socket.writable && socket.write('x'), 1_000);
  socket.resume();
  // Not by once(), which fails where the end is a reset.
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(drip);
  return (performance.now() - begun) / 1000;
}

const many = (beginning: string): Promise<number[]> =>
  Promise.all(Array.from({ length: CLIENTS }, () => dawdle(beginning)));

describe('clients that take their time', { timeout: 60_000 }, () => {
  it('are cut off, and nobody else waits for them', async () => {
    const slow = Promise.all([
      many('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '),
      many(
        'POST /logout HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9999\r\n\r\na=',
      ),
    ]);
    await sleep(500);
    const times: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      const begun = performance.now();
      expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
      times.push(performance.now() - begun);
    }
    expect(times.toSorted((one, other) => one - other)[10]).toBeLessThan(500);
    const [headers, bodies] = await slow;
    // Headers have ten seconds, whole requests fifteen; it is looked at every other second.
    expect(Math.max(...headers)).toBeLessThan(14);
    expect(Math.max(...bodies)).toBeLessThan(20);
  });
});

describe('five hundred requests that are wrong', { timeout: 60_000 }, () => {
  it('cost hardly a connection to the database', async () => {
    const cookie = cookiesOf(await signIn(test, ALICE));
    const countSessions = async (): Promise<number> =>
      (
        await test.db.one<{ sessions: number }>(
          `SELECT sessions::int, pg_stat_clear_snapshot() FROM pg_stat_database WHERE datname = current_database()`,
        )
      ).sessions;
    const before = await countSessions();
    const wrong = [
      '/dashboard?range=none',
      '/tracks/none',
      '/time-machine/2024/13',
      '/explore?energy_from=9',
      '/search?q=%00',
    ];
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
          const answer = await fetch(`http://127.0.0.1:${port}${wrong[n % wrong.length]}`, {
            headers: { cookie },
          });
          await answer.arrayBuffer();
        }),
      );
    }
    await sleep(1_100); // The server counts a session when it has a moment.
    expect((await countSessions()) - before).toBeLessThanOrEqual(2 * 10);
  });
});
