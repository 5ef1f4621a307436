import { createReadStream, createWriteStream, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Db } from '../../../src/db.ts';
import { isSought, listParts, rebuild, remove } from '../../migrate-from-sqlite/target/bulk-load.ts';
import { refreshArchiveSummary } from '../../../src/figures/summary.ts';
import { isInstalled, measureProgram, type Measured } from './child.ts';
import { using } from './databases.ts';

/** The floor is not to be slow for want of what the move gives itself. */
export const SETTINGS = ["SET LOCAL work_mem = '64MB'", 'SET LOCAL jit = off'];

/** In the order of their references. library_tracks and archive_summaries follow from them. */
const TABLES = ['users', 'artists', 'tracks', 'track_artists', 'snapshots'];

/** The tables of a finished move as text files, as COPY wants them. */
export async function writeReadyText(url: string, directory: string): Promise<void> {
  await using(url, async (db) => {
    for (const table of TABLES) {
      await db.withTransaction((tx) =>
        pipeline(
          tx.client.query(copyTo(`COPY ${table} TO STDOUT`)),
          createWriteStream(fileOf(directory, table)),
        ),
      );
    }
  });
}

const fileOf = (directory: string, table: string): string => path.join(directory, `${table}.txt`);

/**
 * The least a load can take: ready-made text into bare tables, then every key, index, foreign key and trigger, and
 * what the app derives of them, each at once. Nothing is read, converted or verified.
 */
export async function measureFloor(url: string, directory: string): Promise<Measured> {
  const loaded = await load(url, directory);
  return { ...loaded, seconds: loaded.seconds + (await measureSummary(url)) };
}

/** In seconds: the figures of the one archive there is, kept ready as a move keeps them. */
export async function measureSummary(url: string): Promise<number> {
  const started = performance.now();
  await using(url, async (db) => {
    const { user_id } = await db.one<{ user_id: number }>('SELECT user_id FROM users');
    await db.withTransaction((tx) => refreshArchiveSummary(tx, user_id));
  });
  return (performance.now() - started) / 1000;
}

async function load(url: string, directory: string): Promise<Measured> {
  const after = await using(url, strip);
  if (await isInstalled('psql')) {
    const copies = TABLES.map((table) => `\\copy ${table} from '${fileOf(directory, table)}'`);
    const script = path.join(directory, 'floor.sql');
    const statements = [...SETTINGS, ...after].map((sql) => `${sql};`);
    writeFileSync(script, ['BEGIN;', ...copies, ...statements, 'COMMIT;', ''].join('\n'));
    return measureProgram('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', script, '-d', url]);
  }
  return using(url, async (db) => {
    const started = performance.now();
    await db.withTransaction(async (tx) => {
      for (const table of TABLES) {
        const text = createReadStream(fileOf(directory, table), { highWaterMark: 256 * 1024 });
        await pipeline(text, tx.client.query(copyFrom(`COPY ${table} FROM STDIN`)));
      }
      for (const sql of [...SETTINGS, ...after]) await tx.execute(sql);
    });
    return { seconds: (performance.now() - started) / 1000, megabytes: null };
  });
}

/** Takes everything off the tables; returns what puts it back, and derives what the app derives. */
export async function strip(db: Db): Promise<string[]> {
  const parts = await listParts(db);
  const of = (kind: string) => parts.filter((part) => part.kind === kind);
  for (const part of ['trigger', 'reference', 'index', 'key'].flatMap(of)) await db.execute(remove(part));
  const left = (kind: string) => of(kind).filter((part) => !isSought(part));
  return [
    ...parts.filter(isSought).map(rebuild),
    'SELECT derive_all(user_id, ARRAY(SELECT track_id FROM tracks)) FROM users',
    ...['key', 'reference', 'index', 'trigger'].flatMap(left).map(rebuild),
    `ANALYZE ${TABLES.join(', ')}`,
  ];
}
