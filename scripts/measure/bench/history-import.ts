import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Db } from '../../../src/db.ts';
import { startEmbeddedPostgres } from '../../../src/embedded-postgres.ts';
import { confirmImport } from '../../../src/history-import/import.ts';
import { beginHistoryImport } from '../../../src/history-import/imports.ts';
import { readHistoryFiles } from '../../../src/history-import/read/read-history.ts';
import { stageRows } from '../../../src/history-import/stage.ts';
import { undoImport } from '../../../src/history-import/undo.ts';
import { BenchServer, using } from './databases.ts';

/** Times the import of a package into PostgreSQL, the same once more, and COPY of the same plays beside it. */
export async function benchImport(file: string, rows: number): Promise<void> {
  const directory = path.dirname(file);
  const server = await startEmbeddedPostgres({ dataDir: path.join(directory, 'postgres'), throwaway: true });
  try {
    const databases = await BenchServer.prepare(server.url);
    await using(await databases.fresh('history'), (db) => importTwice(db, file, rows));
    await databases.close();
  } finally {
    await server.stop();
  }
}

async function importTwice(db: Db, file: string, rows: number): Promise<void> {
  const { id: userId } = await db.one<{ id: number }>(
    `INSERT INTO users (spotify_id) VALUES ('listener') RETURNING user_id AS id`,
  );
  const first = await importOnce(db, userId, file);
  const plain = await measureFloor(db, path.join(path.dirname(file), 'plays.txt'));
  const again = await importOnce(db, userId, file);
  const passedOn = await seconds(() => undoImport(db, { userId, importId: first.importId }));
  const undone = await seconds(() => undoImport(db, { userId, importId: again.importId }));
  const told: readonly (readonly [string, number])[] = [
    ['read, judged and imported, tallies too', first.seconds],
    ['the same once more: nothing added', again.seconds],
    ['COPY of the same plays, keys kept up', plain],
    ['the first undone, its plays become those of the second', passedOn],
    ['the second undone, nothing left', undone],
  ];
  for (const [what, took] of told)
    console.log(
      `  ${what}: ${took.toFixed(1)} s, ${Math.round(rows / took)} rows a second, ${(took / plain).toFixed(1)} × COPY`,
    );
}

async function importOnce(
  db: Db,
  userId: number,
  file: string,
): Promise<{ importId: number; seconds: number }> {
  const staged = await beginHistoryImport(db, userId);
  const took = await seconds(async () => {
    await stageRows(db, staged, readHistoryFiles([{ path: file, name: path.basename(file) }]));
    await confirmImport(db, staged, { leavesOutPrivate: false });
  });
  return { importId: staged.importId, seconds: took };
}

/** The least it can take: the finished plays as text, into a table like theirs. */
async function measureFloor(db: Db, text: string): Promise<number> {
  await db.withTransaction((tx) =>
    pipeline(tx.client.query(copyTo('COPY plays TO STDOUT')), createWriteStream(text)),
  );
  await db.execute('CREATE TABLE plain_plays (LIKE plays INCLUDING ALL)');
  await db.execute(
    'ALTER TABLE plain_plays ADD FOREIGN KEY (user_id) REFERENCES users, ADD FOREIGN KEY (track_id) REFERENCES tracks',
  );
  const took = await seconds(() =>
    db.withTransaction((tx) =>
      pipeline(createReadStream(text), tx.client.query(copyFrom('COPY plain_plays FROM STDIN'))),
    ),
  );
  await db.execute('DROP TABLE plain_plays');
  return took;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
