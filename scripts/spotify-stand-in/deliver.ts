import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Answer } from './answers.ts';
import type { Outcome } from './outcomes.ts';

export async function deliver(
  response: ServerResponse,
  { answer, delivery }: Outcome,
  healed?: AbortSignal,
): Promise<void> {
  switch (delivery.how) {
    case 'whole':
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    case 'delay':
      await sleep(delivery.milliseconds, undefined, { signal: healed }).catch(() => undefined);
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    case 'silence':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'reset-midway':
      resetMidway(response, answer);
      return;
    case 'drip':
      drip(response, answer);
      return;
    case 'huge-body':
      return sendHuge(response, answer, delivery.megabytes);
    case 'gzip-bomb':
      return sendBomb(response, answer, delivery.megabytes);
  }
}

function resetMidway(response: ServerResponse, answer: Answer): void {
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.resetAndDestroy());
}

const DRIP_MS = 1000;

function drip(response: ServerResponse, answer: Answer): void {
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, answer.headers);
  let sent = 0;
  const sendOne = (): void => {
    response.write(bytes.subarray(sent, sent + 1));
    sent += 1;
    if (sent >= bytes.length) response.end();
  };
  sendOne();
  const timer = setInterval(sendOne, DRIP_MS);
  response.once('close', () => clearInterval(timer));
}

async function sendHuge(response: ServerResponse, answer: Answer, megabytes: number): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  await pipeline(Readable.from(padded(answer.body, megabytes)), response);
}

async function sendBomb(response: ServerResponse, answer: Answer, megabytes: number): Promise<void> {
  response.writeHead(answer.status, { ...answer.headers, 'content-encoding': 'gzip' });
  await pipeline(Readable.from(padded(answer.body, megabytes)), createGzip(), response);
}

/** The true answer with megabytes added; a client that reads it all will accept it. */
function* padded(body: string, megabytes: number): Generator<string> {
  const megabyte = 'x'.repeat(1_000_000);
  yield '{"filler":"';
  for (let sent = 0; sent < megabytes; sent += 1) yield megabyte;
  yield `",${body.slice(1)}`;
}
