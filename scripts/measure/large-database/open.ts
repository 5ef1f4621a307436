import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createDb, type Db } from '../../../src/db.ts';
import { startEmbeddedPostgres } from '../../../src/embedded-postgres.ts';
import { AppError } from '../../../src/errors.ts';
import { migrateUp } from '../../../src/database/schema.ts';
import { fillLargeDatabase } from './fill.ts';
import { describeSize, type LargeDatabaseSize } from './size.ts';

export interface LargeDatabase {
  readonly db: Db;
  /** The listener whose pages are looked at. */
  readonly userId: number;
}

export interface OpenOptions {
  /** A directory that keeps what is made there the first time, and has it the next. Default: a throwaway one. */
  readonly keep?: string | undefined;
  readonly tell?: (step: string) => void;
}

/** Gives `use` an invented database of that size. @throws AppError where `keep` holds one of another size */
export const withLargeDatabase = <Result>(
  size: LargeDatabaseSize,
  options: OpenOptions,
  use: (database: LargeDatabase) => Promise<Result>,
): Promise<Result> => withLargeDatabases([size], options, ([database]) => use(database as LargeDatabase));

/** The same for several on one server, in the order of their sizes. */
export async function withLargeDatabases<Result>(
  sizes: readonly LargeDatabaseSize[],
  { keep, tell }: OpenOptions,
  use: (databases: readonly LargeDatabase[]) => Promise<Result>,
): Promise<Result> {
  const directory = keep ?? mkdtempSync(path.join(os.tmpdir(), 'mtm-large-'));
  if (keep !== undefined) mkdirSync(keep, { recursive: true });
  const cluster = { dataDir: path.join(directory, 'postgres'), throwaway: keep === undefined };
  const server = await startEmbeddedPostgres(cluster);
  const opened: LargeDatabase[] = [];
  try {
    for (const [index, size] of sizes.entries()) {
      // Beside the one that runs: it makes the database and joins the server.
      const { url } = await startEmbeddedPostgres({ ...cluster, database: `large_${index + 1}` });
      await migrateUp(url);
      const db = openLarge(url);
      opened.push({ db, userId: await fillOnce(db, size, tell) });
    }
    return await use(opened);
  } finally {
    for (const { db } of opened) await db.close();
    await server.stop();
    if (keep === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

/** As the app's own pool, but with patience: to fill such a database takes minutes. */
export const openLarge = (url: string): Db =>
  createDb({ url, poolMin: 0, poolMax: 2, applicationName: 'large-database', statementTimeoutMs: A_DAY_MS });

const A_DAY_MS = 24 * 3600 * 1000;

/** What a database holds stands in its comment, so that it is found again. */
async function fillOnce(db: Db, size: LargeDatabaseSize, tell?: (step: string) => void): Promise<number> {
  const wanted = describeSize(size);
  const { name, held, used } = await db.one<{ name: string; held: string | null; used: boolean }>(
    `SELECT datname AS name, shobj_description(oid, 'pg_database') AS held,
       EXISTS (SELECT FROM users) AS used
     FROM pg_database WHERE datname = current_database()`,
  );
  if (held === null && !used) {
    const userId = await fillLargeDatabase(db, size, tell);
    await db.execute(`COMMENT ON DATABASE "${name}" IS '${JSON.stringify({ size, userId })}'`);
    return userId;
  }
  const kept = held === null ? null : (JSON.parse(held) as { size: LargeDatabaseSize; userId: number });
  if (kept !== null && JSON.stringify(kept.size) === JSON.stringify(size)) return kept.userId;
  throw new AppError(
    400,
    `there is another database already (${kept === null ? 'not an invented one' : describeSize(kept.size)}), not ${wanted}: name another directory`,
  );
}
