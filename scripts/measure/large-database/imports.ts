import type { Transaction } from '../../../src/db.ts';

const REJECTS = 2_000;

/** An import each, with some cells that could not be moved. */
export async function fillImports(tx: Transaction, userIds: readonly number[]): Promise<void> {
  await tx.execute(
    `INSERT INTO imports (user_id, source_name, source_layout, source_digest, finished_at)
     SELECT user_id, 'music_time_machine.db', 'snapshots', md5(user_id::text), now() FROM (SELECT DISTINCT unnest($1::bigint[]) AS user_id) AS owners`,
    [userIds],
  );
  await tx.execute(
    `INSERT INTO import_rejects (user_id, import_id, source_table, source_key, source_column, reason, original)
     SELECT user_id, import_id, 'tracks', 'track_id=' || n, 'duration_ms', 'is no whole number',
       jsonb_build_object('type', 'text', 'text', n || ' minutes')
     FROM imports, generate_series(1, $1::int) AS n`,
    [REJECTS],
  );
}
