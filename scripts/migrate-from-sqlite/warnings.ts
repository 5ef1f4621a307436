import type { Transaction } from '../../src/db.ts';
import { REPAIRABLE } from './read/fields.ts';

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

/** Takes out of the conversions what is none, and says what could be done about it. */
export function takeRepairable(conversions: Map<string, number>): string[] {
  const count = conversions.get(REPAIRABLE) ?? 0;
  conversions.delete(REPAIRABLE);
  if (count === 0) return [];
  return [`${count} JSON values are written as Python writes them: --repair-json takes over what is certain`];
}
