import type { Queries } from '../../src/db.ts';
import { AppError } from '../../src/errors.ts';

export interface Archive {
  readonly userId: number;
  /** Null: unclaimed. */
  readonly spotifyId: string | null;
}

/**
 * The archive of the owner, else the only one there is; empty archives do not count.
 * @throws AppError that lists the choice
 */
export async function chooseArchive(db: Queries, owner: string | null): Promise<Archive> {
  const archives = await db.many<Archive>(
    `SELECT user_id AS "userId", spotify_id AS "spotifyId" FROM users AS u
     WHERE EXISTS (SELECT FROM library_tracks AS a WHERE a.user_id = u.user_id)
     ORDER BY spotify_id NULLS LAST, user_id`,
  );
  if (archives.length === 0) throw new AppError(404, 'There is no archive to export yet.');
  const [chosen, another] =
    owner === null ? archives : archives.filter(({ spotifyId }) => spotifyId === owner);
  if (chosen && !another) return chosen;
  const asked = owner === null ? 'There are several archives here' : `${owner} has no archive here`;
  throw new AppError(400, `${asked}: name one with --owner (${nameAll(archives)}).`);
}

function nameAll(archives: readonly Archive[]): string {
  const names = archives.flatMap(({ spotifyId }) => spotifyId ?? []);
  const unclaimed = archives.length - names.length;
  const waiting = unclaimed === 0 ? [] : [`${unclaimed} unclaimed, which must be claimed in the app first`];
  return [...names.slice(0, 20), ...(names.length > 20 ? ['…'] : []), ...waiting].join(', ');
}
