import type { Queries } from '../db.ts';

/** Another text after every change to what a listener's archive says, by anybody's hand. */
export async function findArchiveVersion(db: Queries, userId: number): Promise<string> {
  return (await db.one<{ version: string }>(`SELECT archive_version($1) AS version`, [userId])).version;
}
