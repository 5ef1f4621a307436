import path from 'node:path';
import type { Db, Queries } from '../../../src/db.ts';

/** A statement with its values as it was asked, and the module that asked it, such as `src/snapshots/top-list.ts`. */
export interface Asked {
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly by: string;
}

/** The same database, which reports what it is asked. (What libraries ask the pool themselves is not reported.) */
export function recordingDb(db: Db, report: (asked: Asked) => void): Db {
  const recorded = (queries: Queries): Queries => ({
    many: (...asked) => queries.many(...reported(...asked)),
    one: (...asked) => queries.one(...reported(...asked)),
    maybeOne: (...asked) => queries.maybeOne(...reported(...asked)),
    execute: (...asked) => queries.execute(...reported(...asked)),
  });
  const reported = (...asked: Statement): Statement => {
    const [sql, values = []] = asked;
    report({ sql, values, by: askingModule() });
    return asked;
  };
  return {
    ...recorded(db),
    withTransaction: (work) => db.withTransaction((tx) => work({ client: tx.client, ...recorded(tx) })),
    pool: db.pool,
    close: () => db.close(),
  };
}

type Statement = [sql: string, values?: readonly unknown[]];

const SRC = path.resolve(import.meta.dirname, '../../../src') + path.sep;

/** The nearest module of src on the stack; a query is asked in the same turn as it is called for. */
function askingModule(): string {
  const frame = new Error().stack?.split('\n').find((line) => line.includes(SRC)) ?? '';
  return /src\/[\w./-]+\.ts/.exec(frame)?.[0] ?? 'unknown';
}
