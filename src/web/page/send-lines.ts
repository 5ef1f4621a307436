import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';

/** Sends a text as it is made, no faster than it is read. */
export async function sendLines(
  req: Request,
  res: Response,
  contentType: string,
  lines: AsyncIterable<string>,
): Promise<void> {
  res.set('Content-Type', contentType);
  if (req.method === 'HEAD') return void res.end();
  try {
    await pipeline(Readable.from(lines), res);
  } catch (error) {
    // Whoever breaks a download off has not met a fault of ours.
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'))
      throw error;
  }
}
