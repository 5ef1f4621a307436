import { refreshArchiveSummary } from '../../src/figures/summary.ts';
import type { Db } from '../../src/db.ts';
import { rehearse } from '../../src/database/rehearse.ts';

/**
 * Whatever the database derives and keeps beside the facts, where it is not what it would be if it were derived now;
 * none, whoever wrote the facts and whichever triggers a bulk load switched off.
 */
export async function listStrayDerived(db: Db): Promise<unknown[]> {
  return [...(await listListenersToDerive(db)), ...(await listStaleSummaries(db))];
}

/** Listeners with rows that derive_all() would change, and how many. */
const listListenersToDerive = (db: Db): Promise<unknown[]> =>
  rehearse(db, (tx) =>
    tx.many(
      `SELECT user_id, rows FROM users, LATERAL (SELECT derive_all(user_id) AS rows OFFSET 0) AS derived
       WHERE rows > 0`,
    ),
  );

/** Kept figures that are other ones when they are computed now. */
const listStaleSummaries = (db: Db): Promise<unknown[]> =>
  rehearse(db, async (tx) => {
    const kept = (): Promise<{ user_id: number; plays: unknown }[]> =>
      tx.many('SELECT user_id, summary, mood, library, plays FROM archive_summaries ORDER BY user_id');
    const before = await kept();
    for (const { user_id } of before) await refreshArchiveSummary(tx, user_id);
    const after = await kept();
    return before.filter((row, at) => {
      const now = row.plays === null ? { ...after[at], plays: null } : after[at];
      return JSON.stringify(row) !== JSON.stringify(now);
    });
  });
