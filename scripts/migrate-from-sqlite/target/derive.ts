import type { Transaction } from '../../../src/db.ts';

/**
 * What the database derives of a listener's rows, at once. Every track of `others`, a query for ids, is part of their
 * library, in a list or not. @returns how many rows were not so before
 */
export const deriveAll = (tx: Transaction, userId: number, others: string): Promise<number> =>
  countRows(tx, 'derive_all', userId, others);

/** The same where triggers did it but for those others. */
export const fillLibrary = (tx: Transaction, userId: number, others: string): Promise<number> =>
  countRows(tx, 'fill_library', userId, others);

/** What the catalogue says now of tracks that other listeners have too. */
export const settleTracks = (tx: Transaction, tracks: string): Promise<number> =>
  tx.execute(`SELECT settle_tracks(ARRAY(${tracks}))`);

async function countRows(tx: Transaction, name: string, userId: number, others: string): Promise<number> {
  const { rows } = await tx.one<{ rows: number }>(`SELECT ${name}($1, ARRAY(${others})) AS rows`, [userId]);
  return rows;
}
