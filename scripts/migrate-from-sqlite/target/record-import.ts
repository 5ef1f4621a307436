import type { Transaction } from '../../../src/db.ts';
import type { MoveReport } from '../report.ts';

export async function recordImport(
  tx: Transaction,
  userId: number,
  digest: string,
  report: MoveReport,
): Promise<number> {
  const row = await tx.one<{ import_id: number }>(
    `INSERT INTO imports (user_id, source_name, source_layout, source_digest, finished_at, report)
     VALUES ($1, $2, $3, $4, clock_timestamp(), $5) RETURNING import_id`,
    [userId, report.source.name, report.source.layout, digest, JSON.stringify(report)],
  );
  return row.import_id;
}
