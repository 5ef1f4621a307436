import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';

/** Changes with everything a listener's archive says, by any process. */
export async function findArchiveVersion(db: Queries, userId: number): Promise<string> {
  return (await db.one<{ version: string }>(VERSION, [userId])).version;
}

/** SQL: the version of a listener's archive. @param userId SQL */
export const archiveVersionOf = (userId: string): string => `(
  SELECT COALESCE(
    string_agg(concat_ws('@', changed_in, extract(epoch FROM changed_at)), ' ' ORDER BY changed_in, changed_at), '')
  FROM archive_changes WHERE user_id = ${userId})`;

const VERSION = hotQuery('api: the version of an archive', `SELECT ${archiveVersionOf('$1')} AS version`);
