import path from 'node:path';
import type { Db, Queries } from '../../src/db.ts';
import { ROOT } from './run-script.ts';

/** A statement as it was asked, and the module that asked it, such as `src/snapshots/top-list.ts`. */
export interface Asked {
  readonly sql: string;
  readonly by: string;
}

/** The same database, which tells what it is asked. (What libraries ask the pool themselves is not told.) */
export function recordingDb(db: Db, tell: (asked: Asked) => void): Db {
  const recorded = (queries: Queries): Queries => ({
    many: (sql, values) => queries.many(told(sql), values),
    one: (sql, values) => queries.one(told(sql), values),
    maybeOne: (sql, values) => queries.maybeOne(told(sql), values),
    execute: (sql, values) => queries.execute(told(sql), values),
  });
  const told = (sql: string): string => {
    tell({ sql, by: askingModule() });
    return sql;
  };
  return {
    ...recorded(db),
    withTransaction: (work) => db.withTransaction((tx) => work({ client: tx.client, ...recorded(tx) })),
    pool: db.pool,
    close: () => db.close(),
  };
}

/** The nearest module of src on the stack; a query is asked in the same turn as it is called for. */
function askingModule(): string {
  const src = path.join(ROOT, 'src') + path.sep;
  const frame = new Error().stack?.split('\n').find((line) => line.includes(src)) ?? '';
  return /src\/[\w./-]+\.ts/.exec(frame)?.[0] ?? 'unknown';
}
