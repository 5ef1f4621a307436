import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';

/** Another text after every change to what a listener's archive says, by anybody's hand. */
export async function findArchiveVersion(db: Queries, userId: number): Promise<string> {
  return (await db.one<{ version: string }>(VERSION, [userId])).version;
}

const VERSION = hotQuery(
  'api: the version of an archive',
  `SELECT COALESCE(
     string_agg(concat_ws('@', changed_in, extract(epoch FROM changed_at)), ' ' ORDER BY changed_in, changed_at), '')
     AS version
   FROM archive_changes WHERE user_id = $1`,
);
