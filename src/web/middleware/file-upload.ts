import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { AsyncResource } from 'node:async_hooks';
import type { Request, RequestHandler } from 'express';
import { AppError, badInput } from '../../errors.ts';

const LIMITS = { fieldNameSize: 100, fieldSize: 1_000, fields: 5, files: 1, parts: 10, headerPairs: 20 };

/**
 * A form with a file, read as far as the file: its fields become `req.body`, so that the form's token is looked at
 * before a byte of the file is, and the file waits in `req.upload` until it is read. Only a listener's is read at all.
 * @param bytes the most a file may have; one byte more makes it `truncated`
 */
export const fileUpload =
  (bytes: number): RequestHandler =>
  (req, res, next) => {
    if (!req.user || !req.is('multipart/form-data')) return next();
    const parser = openParser(req, bytes);
    if (parser === null) return next(badInput('This form could not be read.'));
    const fields: Record<string, string> = {};
    let [file, passedOn] = [null as BusboyFileStream | null, false];
    // The parser speaks up from the connection's own context, not from this request's.
    const passOn = AsyncResource.bind((error?: unknown): void => {
      if (passedOn) return;
      passedOn = true;
      req.body = fields;
      next(error);
    });
    const breakOff = (): void => {
      const error = badInput('The file did not arrive whole.');
      if (file && !file.readableEnded) file.destroy(error);
      passOn(error);
    };
    parser.on('field', (name, value) => void (fields[name] = value));
    parser.on('file', (_name, stream) => {
      file = stream;
      req.upload = stream;
      // Where nobody reads it, its end is nobody's concern.
      stream.on('error', () => undefined);
      passOn();
    });
    parser.on('finish', () => passOn());
    parser.on('error', breakOff);
    req.once('close', () => {
      if (!req.complete) breakOff();
    });
    // Whatever is left unread when the answer is out must not keep the connection.
    res.once('finish', () => {
      req.unpipe(parser);
      req.resume();
    });
    req.pipe(parser);
  };

/** Null where the header that tells the parts apart is not as it should be. */
function openParser(req: Request, bytes: number): BusboyInstance | null {
  try {
    return new Busboy({
      headers: req.headers as BusboyHeaders,
      limits: { ...LIMITS, fileSize: bytes },
    });
  } catch {
    return null;
  }
}

/**
 * The pieces of an uploaded file, as they arrive.
 * @throws AppError 413 where it is too large, 400 where it breaks off
 */
export async function* piecesOf(upload: NonNullable<Request['upload']>): AsyncGenerator<Uint8Array> {
  for await (const piece of upload) yield piece as Uint8Array;
  if (upload.truncated) throw new AppError(413, 'The file is larger than 5 MB. Take it in parts.');
}
