import type { Transaction } from '../db.ts';
import { KEPT, type Bucket } from './buckets.ts';
import type { Staged } from './stage.ts';

/** Before the listener confirms it: what would happen; afterwards: what has. */
export interface Account {
  readonly rows: number;
  /** They add up to `rows`. */
  readonly counts: Readonly<Partial<Record<Bucket, number>>>;
  /** Of the new plays; null: there are none. */
  readonly first_played_at: string | null;
  readonly last_played_at: string | null;
  readonly ms_played: number;
  /** The listener may leave out plays of private sessions. */
  readonly private_rows: number;
  readonly years: readonly { readonly year: number; readonly plays: number; readonly ms_played: number }[];
  readonly examples: readonly Example[];
}

interface Example {
  readonly bucket: Bucket;
  readonly reason: string | null;
  readonly file_number: number;
  readonly file_row: number;
  readonly original: string;
}

const LEFT_OUT: Bucket = 'private session';
const EXAMPLES = 3;
const EXAMPLE_CHARACTERS = 2_000;

export async function takeAccount(tx: Transaction, { userId, importId }: Staged): Promise<Account> {
  const totals = await tx.one<Omit<Account, 'years' | 'examples'>>(TOTALS, [[...KEPT, LEFT_OUT]]);
  const years = await tx.many<Account['years'][number]>(YEARS);
  const examples = await tx.many<Example>(FIRST_ROWS, [userId, importId, EXAMPLES, EXAMPLE_CHARACTERS]);
  return { ...totals, years, examples };
}

const TOTALS = `
  SELECT COALESCE(sum(rows), 0)::int AS rows, COALESCE(jsonb_object_agg(bucket, rows), '{}') AS counts,
    to_char(min(first) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS first_played_at,
    to_char(max(last) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last_played_at,
    COALESCE(sum(ms_played), 0)::bigint AS ms_played,
    COALESCE(sum(private_rows) FILTER (WHERE bucket = ANY ($1)), 0)::int AS private_rows
  FROM (
    SELECT COALESCE(bucket, 'added') AS bucket, count(*)::int AS rows,
      min(ended_at) FILTER (WHERE bucket IS NULL) AS first, max(ended_at) FILTER (WHERE bucket IS NULL) AS last,
      sum(ms_played) FILTER (WHERE bucket IS NULL) AS ms_played, count(*) FILTER (WHERE is_private) AS private_rows
    FROM judged GROUP BY 1
  ) AS buckets`;

const YEARS = `
  SELECT extract(year FROM ended_at AT TIME ZONE 'UTC')::int AS year, count(*)::int AS plays,
    COALESCE(sum(ms_played), 0)::bigint AS ms_played
  FROM judged WHERE bucket IS NULL GROUP BY 1 ORDER BY 1`;

const FIRST_ROWS = `
  SELECT e.bucket, s.reason, file_number, file_row, left(COALESCE(original, play_row::text), $4) AS original
  FROM (SELECT DISTINCT COALESCE(bucket, 'added') AS bucket FROM judged) AS e
  CROSS JOIN LATERAL (
    SELECT row_id FROM judged WHERE COALESCE(judged.bucket, 'added') = e.bucket ORDER BY row_id LIMIT $3
  ) AS first
  JOIN staged_plays AS s USING (row_id)
  WHERE (s.user_id, s.history_import_id) = ($1, $2)
  ORDER BY e.bucket, row_id`;
