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
type Batched = KeptRow & { readonly is_of_bucket: boolean; readonly place: number; readonly next: Cursor };

async function* batches(
  db: Queries,
  sql: string,
  values: readonly unknown[],
  first: Cursor,
): AsyncGenerator<KeptRow> {
  let after = first;
  for (;;) {
    const rows = await db.many<Batched>(sql, [...values, ...after]);
    for (const row of rows) if (row.is_of_bucket) yield row;
    const last = rows.at(-1);
    if (last?.place !== ROWS_AT_ONCE) return;
    after = last.next;
  }
}

const ROWS_AT_ONCE = 1_000;

/**
 * Of the next rows by their key those of the bucket, and the last of a full batch, to go on from. (Asked for the next rows
 * of the bucket, PostgreSQL expects few, and for each batch sorts all that are left.)
 */
const batchOf = (
  { next, key, isOfBucket }: { next: string; key: string; isOfBucket: string },
  columns: string,
): string => `
  SELECT ${columns}, is_of_bucket, place
  FROM (
    SELECT *, ${isOfBucket} AS is_of_bucket, (row_number() OVER (ORDER BY ${key}))::int AS place
    FROM (${next} ORDER BY ${key} LIMIT ${ROWS_AT_ONCE}) AS next
  ) AS judged
  WHERE is_of_bucket OR place = ${ROWS_AT_ONCE} ORDER BY place`;

const WRITTEN = (instant: string): string =>
  `to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A play with a row of an earlier import beside it has taken the place of that one's play. */
const SHOWN = hotQuery(
  'history import: rows that are plays, to take away',
  batchOf(
    {
      next: `
        SELECT played_at, track_id, nth, history_import_id, file_row FROM plays
        WHERE user_id = $1 AND (played_at, track_id, nth) > ($4::timestamptz, $5, $6::int)`,
      key: 'played_at, track_id, nth',
      isOfBucket: `
        (history_import_id = $2 AND $3 = CASE WHEN (
          SELECT count(*) FROM paired_plays AS b
          WHERE b.user_id = $1 AND (b.played_at, b.track_id, b.nth) = (next.played_at, next.track_id, next.nth)
            AND b.history_import_id < $2
        ) > 0 THEN 'told by another file' ELSE 'added' END)`,
    },
    `NULL::int AS file_number, NULL::int AS file_row, ${WRITTEN('played_at')} AS played_at, track_id,
      NULL::text AS reason, file_row::text AS original, jsonb_build_array(played_at::text, track_id, nth) AS next`,
  ),
);

const BESIDE = hotQuery(
  'history import: rows beside a play, to take away',
  batchOf(
    {
      next: `
        SELECT row_key, history_import_id, ended_at, own_track_id, file_row, played_at, track_id, nth FROM paired_plays
        WHERE user_id = $1 AND row_key > $4::uuid`,
      key: 'row_key',
      isOfBucket: `
        (history_import_id = $2 AND $3 = (
          SELECT CASE p.source WHEN 'capture' THEN 'captured already' ELSE 'told by another file' END
          FROM plays AS p
          WHERE p.user_id = $1 AND (p.played_at, p.track_id, p.nth) = (next.played_at, next.track_id, next.nth)))`,
    },
    `NULL::int AS file_number, NULL::int AS file_row, ${WRITTEN('ended_at')} AS played_at, own_track_id AS track_id,
      NULL::text AS reason, file_row::text AS original, jsonb_build_array(row_key) AS next`,
  ),
);

const SET_ASIDE = hotQuery(
  'history import: rows that are no plays, to take away',
  batchOf(
    {
      next: `
        SELECT row_id, bucket, file_number, file_row, reason, original FROM history_import_rows
        WHERE user_id = $1 AND history_import_id = $2 AND row_id > $4`,
      key: 'row_id',
      isOfBucket: '(bucket = $3)',
    },
    `file_number, file_row, NULL::text AS played_at, NULL::text AS track_id, reason, original,
      jsonb_build_array(row_id) AS next`,
  ),
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
