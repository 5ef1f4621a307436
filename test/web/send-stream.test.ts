import { once } from 'node:events';
import type http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendStream } from '../../src/web/page/send-stream.ts';

const PATIENCE_MS = 400;
const PIECE = Buffer.alloc(65_536);
let server: http.Server;
let ended: Promise<void>;
let slow: Promise<void>;

async function* endless(whenLeft: () => void): AsyncGenerator<Buffer> {
  try {
    for (;;) yield PIECE;
  } finally {
    whenLeft();
  }
}
async function* takingItsTime(): AsyncGenerator<Buffer> {
  yield PIECE;
  await sleep(3 * PATIENCE_MS);
  yield Buffer.from('the end');
}

beforeAll(async () => {
  const app = express();
  const download = { name: 'a.zip', contentType: 'application/zip', patienceMs: PATIENCE_MS };
  ended = new Promise((resolve) => {
    app.get('/endless', (req, res) => sendStream(req, res, download, () => endless(resolve)));
  });
  slow = new Promise((resolve) => {
    app.get('/slow', (req, res) => sendStream(req, res, download, takingItsTime).finally(resolve));
  });
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('a reader who stops reading is cut off, and what was made for them ends', async () => {
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /endless HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  socket.pause();
  await ended;
  socket.destroy();
});

it('a download that is slow to be made is not', async () => {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slow`);
  expect((await answer.text()).endsWith('the end')).toBe(true);
  await slow;
});
