import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { KEPT, REPEATED, type Bucket } from './buckets.ts';
import type { Staged } from './stage.ts';

/** A row that became a play has no place in a file any more. */
export interface KeptRow {
  readonly file_number: number | null;
  readonly file_row: number | null;
  /** UTC; null: not a play. */
  readonly played_at: string | null;
  readonly track_id: string | null;
  readonly reason: string | null;
  /** Null: the archive already has the same row. */
  readonly original: string | null;
}

/** As they are now: a later capture or import may move a row to another bucket. In batches, for slow readers. */
export async function* streamRows(db: Queries, staged: Staged, bucket: Bucket): AsyncGenerator<KeptRow> {
  if (bucket === REPEATED) yield* repeatedRows(db, staged);
  else if (!KEPT.includes(bucket))
    yield* batches(db, SET_ASIDE, [staged.userId, staged.importId, bucket], [0]);
  else {
    const keys = [staged.userId, staged.importId, bucket];
    if (bucket !== 'captured already') yield* batches(db, SHOWN, keys, ['-infinity', '', 0]);
    if (bucket !== 'added') yield* batches(db, BESIDE, keys, ['00000000-0000-0000-0000-000000000000']);
  }
}

type Cursor = readonly (string | number)[];

async function* batches(
  db: Queries,
  sql: string,
  values: readonly unknown[],
  first: Cursor,
): AsyncGenerator<KeptRow> {
  let after = first;
  for (;;) {
    const rows = await db.many<KeptRow & { next: Cursor }>(sql, [...values, ...after]);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.next;
  }
}

const ROWS_AT_ONCE = 500;
const WRITTEN = (instant: string): string =>
  `to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A play with a row of an earlier import beside it has taken the place of that one's play. */
const SHOWN = hotQuery(
  'history import: rows that are plays, to take away',
  `
  SELECT NULL::int AS file_number, NULL::int AS file_row, ${WRITTEN('played_at')} AS played_at, track_id,
    NULL::text AS reason, file_row::text AS original, jsonb_build_array(played_at::text, track_id, nth) AS next
  FROM plays AS p
  WHERE user_id = $1 AND history_import_id = $2 AND (played_at, track_id, nth) > ($4::timestamptz, $5, $6::int)
    AND $3 = CASE WHEN EXISTS (
      SELECT FROM paired_plays AS b
      WHERE b.user_id = $1 AND (b.played_at, b.track_id, b.nth) = (p.played_at, p.track_id, p.nth)
        AND b.history_import_id < $2
    ) THEN 'told by another file' ELSE 'added' END
  ORDER BY p.played_at, p.track_id, p.nth LIMIT ${ROWS_AT_ONCE}`,
  { mayScan: 'of an import that is the whole history, all of it is taken away' },
);

const BESIDE = hotQuery(
  'history import: rows beside a play, to take away',
  `
  SELECT NULL::int AS file_number, NULL::int AS file_row, ${WRITTEN('b.ended_at')} AS played_at,
    b.own_track_id AS track_id, NULL::text AS reason, b.file_row::text AS original,
    jsonb_build_array(b.row_key) AS next
  FROM paired_plays AS b JOIN plays AS p USING (user_id, played_at, track_id, nth)
  WHERE b.user_id = $1 AND b.history_import_id = $2 AND b.row_key > $4::uuid
    AND $3 = CASE p.source WHEN 'capture' THEN 'captured already' ELSE 'told by another file' END
  ORDER BY b.row_key LIMIT ${ROWS_AT_ONCE}`,
);

const SET_ASIDE = hotQuery(
  'history import: rows that are no plays, to take away',
  `
  SELECT file_number, file_row, NULL::text AS played_at, NULL::text AS track_id, reason, original,
    jsonb_build_array(row_id) AS next
  FROM history_import_rows
  WHERE user_id = $1 AND history_import_id = $2 AND bucket = $3 AND row_id > $4
  ORDER BY row_id LIMIT ${ROWS_AT_ONCE}`,
);

/** Only the places of these rows are kept. */
async function* repeatedRows(db: Queries, { userId, importId }: Staged): AsyncGenerator<KeptRow> {
  const ranges = await db.many<{ file_number: number; first: number; beyond: number }>(REPEATS, [
    userId,
    importId,
  ]);
  const nothing = { played_at: null, track_id: null, reason: null, original: null };
  for (const { file_number, first, beyond } of ranges)
    for (let row = first; row < beyond; row += 1) yield { file_number, file_row: row, ...nothing };
}

const REPEATS = hotQuery(
  'history import: places of the same rows again',
  `
  SELECT file_number, lower(span) AS first, upper(span) AS beyond
  FROM history_import_repeats, unnest(file_rows) AS span
  WHERE user_id = $1 AND history_import_id = $2
  ORDER BY file_number, span`,
);
