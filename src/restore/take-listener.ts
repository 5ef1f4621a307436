import type { Transaction } from '../db.ts';
import { AppError } from '../errors.ts';
import { quoteName } from '../database/sql-text.ts';
import { lockArchive } from '../users/lock-archive.ts';
import { damaged, type ExportZip } from './open-zip.ts';

/** Also gives the listener the file's settings. */
export async function takeListener(tx: Transaction, zip: ExportZip): Promise<number> {
  const file = zip.manifest.tables.find(({ table }) => table === 'users');
  const lines: string[] = [];
  if (file && file.rows === 1) for await (const some of zip.lines(file)) lines.push(...some);
  const [line] = lines;
  if (!file || line === undefined) throw damaged('it does not say whose it is');
  await tx.execute(`SELECT pg_advisory_xact_lock(hashtext('sign-in'))`);
  const exported = await tx.one<{ spotify_id: string | null }>(
    `SELECT $1::jsonb ->> 'spotify_id' AS spotify_id`,
    [line],
  );
  if (exported.spotify_id !== zip.manifest.spotify_id) throw damaged('it names two listeners');
  await refuseOtherAccount(tx, line);
  const columns = file.columns.filter((column) => column !== 'spotify_account_id').map(quoteName);
  const { user_id: userId } = await tx.one<{ user_id: number }>(
    `INSERT INTO users AS known (spotify_account_id, ${columns.join(', ')})
     SELECT spotify_account_id, ${columns.join(', ')} FROM jsonb_populate_record(NULL::users, $1::jsonb)
     ON CONFLICT (spotify_id) DO UPDATE SET
       spotify_account_id = COALESCE(known.spotify_account_id, excluded.spotify_account_id),
       ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
     RETURNING user_id`,
    [line],
  );
  await lockArchive(tx, userId);
  return userId;
}

/** Spotify names can change hands: only the account that exported gets the archive. */
async function refuseOtherAccount(tx: Transaction, line: string): Promise<void> {
  const others = await tx.many(
    `SELECT FROM users, jsonb_populate_record(NULL::users, $1::jsonb) AS exported
     WHERE (users.spotify_id = exported.spotify_id) <> (users.spotify_account_id = exported.spotify_account_id)`,
    [line],
  );
  if (others.length > 0)
    throw new AppError(
      409,
      'A listener with this Spotify name but another Spotify account exists here. Nothing was written.',
    );
}
