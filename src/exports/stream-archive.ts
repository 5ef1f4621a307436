import type { Db } from '../db.ts';
import { oneAtATime } from './download-lease.ts';
import { makePrivateDirectory, removePrivateDirectory } from '../process/private-directory.ts';
import { followFile, Growth } from './follow-file.ts';
import { packArchive, zipPathIn } from './pack.ts';

/** Read from disk, so that a slow download holds no connection. @throws BeingDownloaded before anything is sent */
export const streamArchive = (db: Db, userId: number): AsyncGenerator<Buffer> =>
  oneAtATime(db, userId, 'archive', () => packAndFollow(db, userId));

async function* packAndFollow(db: Db, userId: number): AsyncGenerator<Buffer> {
  const directory = makePrivateDirectory();
  const leaving = new AbortController();
  const growth = new Growth();
  const packing = packArchive(db, userId, {
    directory,
    signal: leaving.signal,
    onWritten: (bytes) => growth.grow(bytes),
  }).then(
    () => growth.end({}),
    (error: unknown) => growth.end({ error }),
  );
  try {
    yield* followFile(zipPathIn(directory), growth);
  } finally {
    leaving.abort();
    await packing;
    removePrivateDirectory(directory);
  }
}
