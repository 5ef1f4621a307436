import type { Transaction } from '../db.ts';

/**
 * Writers of one archive take turns: capture, move and claim call this before they write anything, so that none of
 * them sees half of another's work, sums up an archive that is still changing, or waits in a circle.
 * Readers, and rows that merely refer to the listener, do not wait.
 */
export async function lockArchive(tx: Transaction, userId: number): Promise<void> {
  await tx.execute(`SELECT FROM users WHERE user_id = $1 FOR NO KEY UPDATE`, [userId]);
}
