import type { Transaction } from '../../src/db.ts';

/** What moved as it was but may not be what the listener believes it is: keys that look alike are still different keys. */
export async function findWarnings(tx: Transaction, userId: number): Promise<string[]> {
  const alike = (what: string, column: string, table: string): Promise<{ warning: string }[]> =>
    tx.many(
      `SELECT '${what} differ only in case or spaces and were kept apart: '
              || string_agg(quote_literal(${column}), ', ' ORDER BY ${column}) AS warning
       FROM ${table} WHERE user_id = $1
       GROUP BY lower(btrim(${column})) HAVING count(*) > 1 ORDER BY 1 LIMIT 20`,
      [userId],
    );
  const found = [
    ...(await alike('tracks', 'track_id', 'library_tracks')),
    ...(await alike('playlists', 'playlist_id', 'playlists')),
  ];
  return found.map(({ warning }) => warning);
}
