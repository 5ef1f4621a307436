import { question, theRow } from '../database/ask-together.ts';
import { z } from 'zod';
import type { Queries } from '../db.ts';
import { notFound } from '../errors.ts';
import { hotQuery } from '../database/hot-queries.ts';

export interface Import {
  readonly import_id: number;
  readonly source_name: string;
  readonly source_layout: string;
  readonly finished_at: Date | null;
  readonly rejects: number;
  /** NULL: no report that this version can read. */
  readonly report: ImportReport | null;
}

type ImportReport = z.infer<typeof importReport>;

const count = z.number().int().nonnegative();
const importedTable = z.object({
  table: z.string(),
  read: count,
  moved: count,
  alreadyThere: count,
  kept: count,
  duplicates: count.default(0),
  rejected: count,
});
const importReport = z.object({
  tables: z.array(importedTable),
  seconds: z.number().nonnegative(),
  rowsPerSecond: z.number().nonnegative().default(0),
});

const IMPORT = `
  SELECT import_id, regexp_replace(source_name, '^.*[/\\\\]', '') AS source_name, source_layout, finished_at, report,
    (SELECT count(*)::int FROM import_rejects AS r
     WHERE r.user_id = imports.user_id AND r.import_id = imports.import_id) AS rejects
  FROM imports`;

const readReport = (row: Import): Import => ({
  ...row,
  report: importReport.safeParse(row.report).data ?? null,
});

export const IMPORTS_COUNT = question<[userId: number], number>(
  'SELECT count(*)::int AS imports FROM imports WHERE user_id = $1',
  (rows: readonly { imports: number }[]) => theRow(rows).imports,
);

export async function listImports(db: Queries, userId: number): Promise<Import[]> {
  return (await db.many<Import>(NEWEST_IMPORTS, [userId])).map(readReport);
}

const NEWEST_IMPORTS = hotQuery(
  'imports: the newest',
  `${IMPORT} WHERE user_id = $1 ORDER BY import_id DESC LIMIT 200`,
);

export async function getImport(db: Queries, userId: number, importId: number): Promise<Import> {
  const row = await db.maybeOne<Import>(ONE_IMPORT, [userId, importId]);
  if (row === null) throw notFound();
  return readReport(row);
}

const ONE_IMPORT = hotQuery('imports: one', `${IMPORT} WHERE user_id = $1 AND import_id = $2`);

export interface RejectReason {
  readonly source_table: string;
  readonly source_column: string | null;
  readonly reason: string;
  readonly rejects: number;
}

export function listRejectReasons(db: Queries, userId: number, importId: number): Promise<RejectReason[]> {
  return db.many(REJECT_REASONS, [userId, importId]);
}

const REJECT_REASONS = hotQuery(
  'imports: why rows were not moved',
  `
  SELECT source_table, source_column, reason, count(*)::int AS rejects
  FROM import_rejects WHERE user_id = $1 AND import_id = $2
  GROUP BY source_table, source_column, reason
  ORDER BY rejects DESC, source_table, source_column NULLS FIRST, reason LIMIT 200`,
);

export interface ShownReject {
  readonly source_table: string;
  readonly source_key: string;
  readonly source_column: string | null;
  readonly reason: string;
  readonly original: string | null;
}

export const REJECTS_PER_PAGE = 50;
const SHOWN_CHARACTERS = 200;
/** Compressed, as stored. */
const OPENED_BYTES = 65_536;

export function listRejects(
  db: Queries,
  userId: number,
  importId: number,
  page: number,
): Promise<ShownReject[]> {
  return db.many(SHOWN_REJECTS, [userId, importId, (page - 1) * REJECTS_PER_PAGE]);
}

const cut = (text: string): string =>
  `(SELECT CASE WHEN length(whole) > ${SHOWN_CHARACTERS} THEN left(whole, ${SHOWN_CHARACTERS}) || '…' ELSE whole END
    FROM (SELECT ${text} AS whole OFFSET 0) AS shown)`;
/** Bytes that are not text look as in SQLite. */
const cell = (name: string): string =>
  `COALESCE(${name} ->> 'text', 'x''' || (${name} ->> 'hex') || '''', CASE ${name} ->> 'type' WHEN 'null' THEN 'NULL' END, ${name}::text)`;
const WHOLE_ROW = `(SELECT string_agg(key || ': ' || left(${cell('value')}, ${SHOWN_CHARACTERS}), ', ') FROM jsonb_each(original))`;

const SHOWN_REJECTS = hotQuery(
  'imports: a page of what was not moved',
  `
  SELECT source_table, source_column, reason, ${cut('source_key')} AS source_key,
    CASE WHEN pg_column_size(original) > ${OPENED_BYTES} THEN NULL
         WHEN source_column IS NULL AND jsonb_typeof(original) = 'object' THEN ${cut(WHOLE_ROW)}
         ELSE ${cut(cell('original'))} END AS original
  FROM (SELECT * FROM import_rejects WHERE user_id = $1 AND import_id = $2
        ORDER BY reject_id LIMIT ${REJECTS_PER_PAGE} OFFSET $3) AS rejects
  ORDER BY reject_id`,
);

export interface Reject {
  readonly reject_id: number;
  readonly source_table: string;
  readonly source_key: string;
  readonly source_column: string | null;
  readonly reason: string;
  /** A cell, or `{column: cell, …}` of a whole row. */
  readonly original: unknown;
}

/** In bounded batches: a slow reader holds no connection and little memory. */
export async function* streamRejects(db: Queries, userId: number, importId: number): AsyncGenerator<Reject> {
  let after = 0;
  for (;;) {
    const rejects = await db.many<Reject>(NEXT_REJECTS, [userId, importId, after]);
    yield* rejects;
    const last = rejects.at(-1);
    if (last === undefined) return;
    after = last.reject_id;
  }
}

const NEXT_REJECTS = hotQuery(
  'imports: what was not moved, to take away',
  `
  SELECT reject_id, source_table, source_key, source_column, reason, original
  FROM (
    SELECT *, sum(pg_column_size(original)) OVER (ORDER BY reject_id) - pg_column_size(original) AS bytes_before
    FROM (SELECT * FROM import_rejects WHERE user_id = $1 AND import_id = $2 AND reject_id > $3
          ORDER BY reject_id LIMIT 500) AS following
  ) AS sized
  WHERE bytes_before < 262144
  ORDER BY reject_id`,
);
