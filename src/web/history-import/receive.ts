import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../../database/errors.ts';
import { AppError, badInput } from '../../errors.ts';
import type { HistoryFile } from '../../history-import/row.ts';
import type { Uploads } from '../middleware/uploads.ts';

/** Of all files of an upload; the longest histories are 0.4 GB. */
export const MOST_BYTES = 2 * 1024 ** 3;
export const MOST_FILES = 1_000;
const LONGEST_NAME = 200;

/**
 * Writes the files of a form to a directory, as they arrive.
 * @throws AppError 400 where they break off or there is none, 413 where they are too large, 507 where the disk is full
 */
export async function receiveFiles(uploads: Uploads, directory: string): Promise<HistoryFile[]> {
  const files: HistoryFile[] = [];
  let left = MOST_BYTES;
  const counted = (): Transform =>
    new Transform({
      transform(piece: Buffer, _encoding, done) {
        left -= piece.length;
        done(left < 0 ? tooLarge() : null, piece);
      },
    });
  try {
    for await (const { name, content } of uploads) {
      const file = { path: path.join(directory, String(files.length)), name: shownName(name) };
      await pipeline(content, counted(), createWriteStream(file.path, { mode: 0o600 }));
      if (content.truncated) throw tooLarge();
      if (name !== '') files.push(file);
    }
  } catch (error) {
    throw codeOf(error) === 'ENOSPC' ? diskFull(error) : error;
  }
  if (files.length === 0) throw badInput('Choose your files first.');
  return files;
}

export const tooLarge = (): AppError =>
  new AppError(413, 'These files are larger than 2 GB. Import them in several steps.');

const diskFull = (cause: unknown): AppError =>
  new AppError(
    507,
    'This server’s disk is full. Nothing was saved. Please tell the person who runs this server.',
    { cause },
  );

/** As PostgreSQL can store it: no half of a letter at the end. */
const shownName = (name: string): string =>
  name
    .replaceAll('\0', '')
    .slice(0, LONGEST_NAME)
    .replace(/[\uD800-\uDBFF]$/, '') || 'A file without a name';
