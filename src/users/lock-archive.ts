import type { Transaction } from '../db.ts';
import { AppError } from '../errors.ts';

export class ArchiveGone extends AppError {
  override readonly name = 'ArchiveGone';

  constructor() {
    super(410, 'This archive was deleted in the meantime. Nothing was saved.');
  }
}

/** Writers call this first, so that none sees half of another's work or deadlocks. @throws ArchiveGone */
export async function lockArchive(tx: Transaction, userId: number): Promise<void> {
  const found = await tx.execute(`SELECT FROM users WHERE user_id = $1 FOR NO KEY UPDATE`, [userId]);
  if (found === 0) throw new ArchiveGone();
}
