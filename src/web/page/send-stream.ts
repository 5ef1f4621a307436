import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { codeOf } from '../../database/errors.ts';

interface Download {
  readonly name: string;
  readonly contentType: string;
  /** Milliseconds in which a reader must take something. */
  readonly patienceMs?: number | undefined;
}

/** A failure before the first piece is an error page; a later one cuts the download off: it must not look whole. */
export async function sendStream(
  req: Request,
  res: Response,
  { name, contentType, patienceMs }: Download,
  make: () => AsyncGenerator<Buffer>,
): Promise<void> {
  if (req.method === 'HEAD') return void res.attachment(name).type(contentType).end();
  const pieces = make();
  const first = await pieces.next();
  res.attachment(name).type(contentType);
  try {
    await pipeUntilEnd(Readable.from(beginningWith(first, pieces), { objectMode: false }), res, patienceMs);
  } finally {
    // If the reader left before the second piece, nothing else ends the source.
    await pieces.return(undefined);
  }
}

export async function sendLines(
  req: Request,
  res: Response,
  contentType: string,
  lines: AsyncIterable<string>,
): Promise<void> {
  res.set('Content-Type', contentType);
  if (req.method === 'HEAD') return void res.end();
  await pipeUntilEnd(Readable.from(lines), res);
}

/** After so long without taking anything a reader is gone, whatever the connection says. */
const READERS_PATIENCE_MS = 60_000;

/** A reader who ends a download early is no error. */
async function pipeUntilEnd(
  source: Readable,
  res: Response,
  patienceMs = READERS_PATIENCE_MS,
): Promise<void> {
  // Not while the reader waits for us.
  res.setTimeout(patienceMs, () => {
    if (res.writableNeedDrain) res.destroy();
  });
  await pipeline(source, res).catch((error: unknown) => {
    if (codeOf(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
  res.setTimeout(0);
}

async function* beginningWith(
  first: IteratorResult<Buffer>,
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  try {
    if (first.done !== true) yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
