import { adoptTracks } from '../catalogue/adopt-tracks.ts';
import type { Db, Queries, Transaction } from '../db.ts';
import { AppError } from '../errors.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';
import { recountRows } from '../database/recount-rows.ts';
import { rehearse } from '../database/rehearse.ts';
import { lockArchive } from '../users/lock-archive.ts';
import { takeAccount, type Account } from './account.ts';
import { addPlays } from './add.ts';
import { addWantedTracks } from './catalogue.ts';
import { identifyTracks } from './identify.ts';
import { getHistoryImport, type HistoryImport } from './imports.ts';
import { hasPlays, judgeRows } from './judge.ts';
import { pairRows } from './pair.ts';
import { recordRows } from './record.ts';
import type { Staged } from './stage.ts';

export interface Choices {
  readonly leavesOutPrivate: boolean;
}

/** Writes only the account. @param db without a statement timeout */
export async function rehearseImport(db: Db, staged: Staged, choices: Choices): Promise<Account> {
  await requireState(db, staged, 'read');
  const account = await rehearse(db, async (tx) => {
    await judgeAll(tx, staged, choices);
    return takeAccount(tx, staged);
  });
  await db.execute(
    `UPDATE history_imports SET account = $3, counts = $4, leaves_out_private = $5
     WHERE user_id = $1 AND history_import_id = $2 AND state = 'read'`,
    [
      staged.userId,
      staged.importId,
      JSON.stringify(account),
      JSON.stringify(account.counts),
      choices.leavesOutPrivate,
    ],
  );
  return account;
}

/**
 * All rows or none, judged again under the archive's lock, since it may have changed.
 * @param db without a statement timeout @throws AppError 404; 409 if the rows are not there to import; ArchiveGone
 */
export const confirmImport = (db: Db, staged: Staged, choices: Choices): Promise<Account> =>
  db.withTransaction(async (tx) => {
    await lockArchive(tx, staged.userId);
    await requireState(tx, staged, 'read');
    const found = await judgeAll(tx, staged, choices);
    const account = await takeAccount(tx, staged);
    if (found) await write(tx, staged);
    await recordRows(tx, staged, { account, ...choices });
    await recountRows(tx);
    return account;
  });

/** @returns whether any row is kept */
async function judgeAll(tx: Transaction, staged: Staged, { leavesOutPrivate }: Choices): Promise<boolean> {
  await tx.execute(`SET LOCAL work_mem = '64MB'`);
  await judgeRows(tx, staged, leavesOutPrivate);
  if (!(await hasPlays(tx))) return false;
  await identifyTracks(tx, staged);
  await pairRows(tx, staged.userId);
  return true;
}

async function write(tx: Transaction, staged: Staged): Promise<void> {
  const atOnce = await outweighs(tx, staged.userId);
  if (atOnce) await deriveAtOnce(tx);
  await addWantedTracks(tx, staged);
  await addPlays(tx, staged);
  await tx.execute(CLOSE_GAPS, [staged.userId, staged.importId]);
  if (atOnce) await tx.execute('SELECT fill_library($1)', [staged.userId]);
  await adoptTracks(tx, staged.userId);
  if (atOnce) await tx.execute('SELECT derive_plays($1), fill_measures($1)', [staged.userId]);
  await refreshArchiveSummary(tx, staged.userId);
}

/** For few rows the triggers are cheaper, for many one count of everything. */
export const deriveAtOnce = (tx: Transaction): Promise<number> =>
  tx.execute(`SELECT set_config('archive.derives_at_once', 'on', true)`);

const FEW_ROWS = 500;

const outweighs = async (tx: Transaction, userId: number): Promise<boolean> =>
  (
    await tx.one<{ outweighs: boolean }>(
      `SELECT (SELECT count(*) FROM judged WHERE bucket IS NULL OR bucket IN ('captured already', 'told by another file'))
         > $2 + (SELECT COALESCE(sum(plays), 0) FROM played_tracks WHERE user_id = $1) / 20 AS outweighs`,
      [userId, FEW_ROWS],
    )
  ).outweighs;

/** Spotify's own files have all that was played between their first and last row. */
const CLOSE_GAPS = `
  UPDATE play_gaps SET history_import_id = $2
  FROM (
    SELECT min(ended_at) AS first, max(ended_at) AS last FROM judged
    WHERE source IN ('spotify extended', 'spotify account') AND ended_at IS NOT NULL
  ) AS span
  WHERE user_id = $1 AND history_import_id IS NULL
    AND after_played_at >= span.first AND before_played_at <= span.last`;

export async function requireState(
  db: Queries,
  staged: Staged,
  wanted: HistoryImport['state'],
): Promise<void> {
  const { state } = await getHistoryImport(db, staged);
  if (state !== wanted) throw new AppError(409, WRONG_STATE[state]);
}

const WRONG_STATE: Readonly<Record<HistoryImport['state'], string>> = {
  reading: 'The files of this import are still being read.',
  read: 'Confirm this import first.',
  done: 'This import is already done.',
};
