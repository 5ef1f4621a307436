import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { codeOf } from '../../database-errors.ts';

interface Download {
  readonly name: string;
  readonly contentType: string;
  /** Milliseconds that a reader may take nothing. */
  readonly patienceMs?: number | undefined;
}

/**
 * Sends a download as it is made, no faster than it is read. What fails before its first piece is an error page;
 * what fails later cuts the download off, so that nobody takes half of it for the whole.
 */
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
    // Where the reader was gone before the second piece was asked for, nobody else ends the making.
    await pieces.return(undefined);
  }
}

/** Sends a text as it is made, no faster than it is read. */
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

/** A reader who takes nothing for so long is gone, whatever the connection says. */
const READERS_PATIENCE_MS = 60_000;

/** A reader who breaks a download off has not met a fault of ours. */
async function pipeUntilEnd(
  source: Readable,
  res: Response,
  patienceMs = READERS_PATIENCE_MS,
): Promise<void> {
  // (Where the download itself is what is waited for, nobody is cut off.)
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
