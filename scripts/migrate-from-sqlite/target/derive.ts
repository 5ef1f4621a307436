import type { Transaction } from '../../../src/db.ts';

/**
 * Derives all of a listener's rows; the tracks of `others`, a query for ids, join their library too.
 * @returns how many rows changed
 */
export const deriveAll = (tx: Transaction, userId: number, others: string): Promise<number> =>
  countRows(tx, 'derive_all', userId, others);

/** Where triggers have done all but `others`. */
export const fillLibrary = (tx: Transaction, userId: number, others: string): Promise<number> =>
  countRows(tx, 'fill_library', userId, others);

/** For tracks that other listeners have too. */
export const settleTracks = (tx: Transaction, tracks: string): Promise<number> =>
  tx.execute(`SELECT settle_tracks(ARRAY(${tracks}))`);

async function countRows(tx: Transaction, name: string, userId: number, others: string): Promise<number> {
  const { rows } = await tx.one<{ rows: number }>(`SELECT ${name}($1, ARRAY(${others})) AS rows`, [userId]);
  return rows;
}
