import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAnswering, parsePeer } from '../../scripts/measure/bench-web/peers.ts';

let url = '';
const server = http.createServer((req, res) => {
  if (req.url === '/') res.end('a page');
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('passes over a peer that hangs, and one that is not there, and says so of each', async () => {
  const said: string[] = [];
  const peers = [`${url}/`, `${url}/hangs`, 'http://127.0.0.1:9/'].map(parsePeer);
  const answering = await listAnswering(peers, (line) => said.push(line), 200);
  expect(answering.map((peer) => peer.url)).toEqual([`${url}/`]);
  expect(said).toHaveLength(2);
  expect(said.join(' ')).toContain('/hangs');
});

it('takes the processes that work for a peer from its name', () => {
  expect(parsePeer('http://127.0.0.1:5000/dashboard?a=b=12,34')).toMatchObject({
    url: 'http://127.0.0.1:5000/dashboard?a=b',
    node: [12, 34],
  });
  expect(() => parsePeer('12')).toThrow('--peer');
});
