import type { Request } from 'express';
import { badInput } from '../../errors.ts';
import { beginUpload, type Hold } from '../../history-import/hold.ts';
import { discardHistoryImport } from '../../history-import/imports.ts';
import type { HistoryFile } from '../../history-import/row.ts';
import { readFiles } from '../../history-import/work.ts';
import { makePrivateDirectory, removePrivateDirectory } from '../../process/private-directory.ts';
import type { WebContext } from '../context.ts';
import { giveBodyTime } from '../middleware/body-time.ts';
import type { Uploads } from '../middleware/uploads.ts';
import { userIdOf } from '../sign-in/sign-in.ts';
import { MOST_BYTES, receiveFiles, tooLarge } from './receive.ts';

interface Taken {
  readonly importId: number;
  /** The reading, which goes on by itself. */
  readonly work: Promise<void>;
}

/** Takes the files of a form; they are read in the background, and kept no longer than that. @throws AppError */
export async function takeUpload(context: WebContext, req: Request): Promise<Taken> {
  const { uploads } = req;
  if (uploads === undefined) throw badInput('Choose your files first.');
  if (Number(req.get('Content-Length') ?? 0) > MOST_BYTES) throw tooLarge();
  giveBodyTime(req);
  const directory = makePrivateDirectory();
  try {
    const hold = await beginUpload(context.db, userIdOf(req));
    const files = await receiveOrForget(context, hold, uploads, directory);
    const work = readFiles(context.unhurried, hold, files).finally(() => removePrivateDirectory(directory));
    return { importId: hold.staged.importId, work };
  } catch (error) {
    removePrivateDirectory(directory);
    throw error;
  }
}

async function receiveOrForget(
  { db }: WebContext,
  hold: Hold,
  uploads: Uploads,
  directory: string,
): Promise<HistoryFile[]> {
  try {
    return await receiveFiles(uploads, directory);
  } catch (error) {
    await hold.release();
    await discardHistoryImport(db, hold.staged);
    throw error;
  }
}
