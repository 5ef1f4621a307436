import type { Transaction } from '../../src/db.ts';
import { plural } from '../print.ts';
import { REPAIRABLE } from './read/fields.ts';

/** Moved unchanged, but possibly not what the listener expects: keys that look alike are different keys. */
export async function findWarnings(tx: Transaction, userId: number): Promise<string[]> {
  const alike = (what: string, column: string, table: string): Promise<{ warning: string }[]> =>
    tx.many(
      `SELECT '${what} differ only in case or spaces and stay separate: '
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

/** Repairable JSON is counted like a conversion but was not converted: it becomes a warning. */
export function takeRepairable(conversions: Map<string, number>): string[] {
  const count = conversions.get(REPAIRABLE) ?? 0;
  conversions.delete(REPAIRABLE);
  if (count === 0) return [];
  return [
    `${plural(count, 'JSON value is', 'JSON values are')} written as Python writes them: try --repair-json`,
  ];
}
