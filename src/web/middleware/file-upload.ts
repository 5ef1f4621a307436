import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { AsyncResource } from 'node:async_hooks';
import type { Request, RequestHandler } from 'express';
import { AppError, badInput } from '../../errors.ts';
import { plural } from '../page/format.ts';
import { Uploads, type UploadedFile } from './uploads.ts';

const LIMITS = { fieldNameSize: 100, fieldSize: 1_000, fields: 5, headerPairs: 20 };

interface Most {
  /** Of one file. */
  readonly bytes: number;
  readonly files: number;
}

/** Passes on at the first file: the form's token is checked before anything is read from `req.uploads`. */
export const fileUpload =
  (most: Most): RequestHandler =>
  (req, res, next) => {
    if (!req.user || !req.is('multipart/form-data')) return next();
    const parser = openParser(req, most);
    if (parser === null) return next(badInput('This form could not be read.'));
    const [fields, uploads] = [{} as Record<string, string>, new Uploads()];
    let [file, passedOn] = [null as BusboyFileStream | null, false];
    // The parser calls back from the connection's async context, not this request's.
    const passOn = AsyncResource.bind((error?: unknown): void => {
      if (passedOn) return;
      passedOn = true;
      req.body = fields;
      next(error);
    });
    const breakOff = (): void => {
      const error = badInput('The file did not arrive completely.');
      if (file && !file.readableEnded) file.destroy(error);
      uploads.end(error);
      passOn(error);
    };
    parser.on('field', (name, value) => void (fields[name] = value));
    parser.on('file', (_field, content, name) => {
      file = content;
      uploads.add({ name: name ?? '', content });
      req.uploads = uploads;
      passOn();
    });
    parser.on('filesLimit', () =>
      uploads.end(new AppError(413, `That is more than ${plural(most.files, 'file')}. Put them into a ZIP.`)),
    );
    parser.on('finish', () => {
      uploads.end();
      passOn();
    });
    parser.on('error', breakOff);
    req.once('close', () => {
      if (!req.complete) breakOff();
    });
    // What is left unread after the answer must not keep the connection.
    res.once('finish', () => {
      req.unpipe(parser);
      req.resume();
    });
    req.pipe(parser);
  };

/** Null if the header names no boundary. */
function openParser(req: Request, { bytes, files }: Most): BusboyInstance | null {
  try {
    return new Busboy({
      headers: req.headers as BusboyHeaders,
      limits: { ...LIMITS, fileSize: bytes, files, parts: files + 5 },
    });
  } catch {
    return null;
  }
}

/** @throws AppError 413 if the file is too large, 400 if it breaks off */
export async function* piecesOf({ content }: UploadedFile): AsyncGenerator<Uint8Array> {
  for await (const piece of content) yield piece as Uint8Array;
  if (content.truncated) throw new AppError(413, 'The file is larger than 5 MB. Split it into parts.');
}

/** Null if none was chosen. */
export async function firstFileOf({ uploads }: Request): Promise<UploadedFile | null> {
  const found = await uploads?.[Symbol.asyncIterator]().next();
  return found?.done === false ? found.value : null;
}
