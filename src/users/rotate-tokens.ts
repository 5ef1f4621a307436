import type { Db } from '../db.ts';
import { openToken, sealToken, UnreadableToken, type SealingKey } from './token-cipher.ts';
import { escapeLike } from '../database/sql-text.ts';

const COLUMNS = ['access_token', 'refresh_token'] as const;
const AT_ONCE = 500;

export interface Rotation {
  readonly sealed: number;
  readonly unreadable: number;
}

/** The app may run meanwhile: a token it renews is skipped. May be repeated after an interruption. */
export async function rotateTokens(db: Db, keys: readonly SealingKey[]): Promise<Rotation> {
  let [sealed, unreadable] = [0, 0];
  for (const column of COLUMNS) {
    for (let after = 0; ;) {
      const rows = await db.many<{ user_id: number; token: string }>(
        `SELECT user_id, ${column} AS token FROM spotify_connections
         WHERE user_id > $1 AND ${column} NOT LIKE $2 ORDER BY user_id LIMIT $3`,
        [after, `v1.${escapeLike(keys[0]?.id ?? '')}.%`, AT_ONCE],
      );
      for (const { user_id: userId, token } of rows) {
        const opened = openIfPossible(keys, token, userId, column);
        if (opened === null) unreadable += 1;
        else
          sealed += await db.execute(
            `UPDATE spotify_connections SET ${column} = $3 WHERE user_id = $1 AND ${column} = $2`,
            [userId, token, sealToken(keys, opened, userId, column)],
          );
      }
      const last = rows.at(-1);
      if (!last) break;
      after = last.user_id;
    }
  }
  return { sealed, unreadable };
}

function openIfPossible(
  keys: readonly SealingKey[],
  token: string,
  userId: number,
  column: string,
): string | null {
  try {
    return openToken(keys, token, userId, column);
  } catch (error) {
    if (error instanceof UnreadableToken) return null;
    throw error;
  }
}
