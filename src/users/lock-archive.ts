import type { Transaction } from '../db.ts';
import { AppError } from '../errors.ts';

/** The listener deleted their archive while something was under way for them. */
export class ArchiveGone extends AppError {
  override readonly name = 'ArchiveGone';

  constructor() {
    super(410, 'This archive was deleted while that was under way. Nothing of it was kept.');
  }
}

/**
 * Writers of one archive take turns: capture, move and claim call this before they write anything, so that none of
 * them sees half of another's work, sums up an archive that is still changing, or waits in a circle.
 * Readers, and rows that merely refer to the listener, do not wait.
 * @throws ArchiveGone
 */
export async function lockArchive(tx: Transaction, userId: number): Promise<void> {
  const found = await tx.execute(`SELECT FROM users WHERE user_id = $1 FOR NO KEY UPDATE`, [userId]);
  if (found === 0) throw new ArchiveGone();
}
