import { AsyncResource } from 'node:async_hooks';
import { IMPORT_CONNECTIONS } from '../database/connection-budget.ts';
import type { Db } from '../db.ts';
import { AppError } from '../errors.ts';
import { log } from '../log.ts';
import { begin } from '../process/under-way.ts';
import type { Hold } from './hold.ts';
import { confirmImport, rehearseImport, type Choices } from './import.ts';
import { readHistoryFiles } from './read/read-history.ts';
import type { HistoryFile } from './row.ts';
import { stageRows } from './stage.ts';
import { undoImport } from './undo.ts';

// Nobody waits for these, and none throws: results and failures are recorded with the import. `db` has no timeout.

export const readFiles = (db: Db, hold: Hold, files: readonly HistoryFile[]): Promise<void> =>
  perform(hold, async () => {
    await hold.turnTo('read');
    const reading = readHistoryFiles(files);
    await stageRows(db, hold.staged, reading, (rows) => {
      hold.signal.throwIfAborted();
      hold.progress = { share: reading.progress, rows };
    });
    await hold.turnTo('compare');
    await rehearseImport(db, hold.staged, { leavesOutPrivate: false });
  });

export const compareAgain = (db: Db, hold: Hold, choices: Choices): Promise<void> =>
  perform(hold, () => rehearseImport(db, hold.staged, choices));

export const importRows = (db: Db, hold: Hold, choices: Choices): Promise<void> =>
  perform(hold, () => confirmImport(db, hold.staged, choices));

export const undoRows = (db: Db, hold: Hold): Promise<void> =>
  perform(hold, () => undoImport(db, hold.staged));

/** Outside of the request, so that its time limit for the database does not apply. */
const background = new AsyncResource('history import');

const perform = (hold: Hold, work: () => Promise<unknown>): Promise<void> =>
  background.runInAsyncScope(() => inTurn(() => settle(hold, work)));

async function settle(hold: Hold, work: () => Promise<unknown>): Promise<void> {
  const doing = begin('history import');
  try {
    await work();
    await hold.release();
  } catch (error) {
    await hold
      .release(wordsOf(error))
      .catch((again: unknown) => log.error({ err: again }, 'an import is stuck'));
    if (error instanceof AppError || hold.signal.aborted)
      log.info({ reason: (error as Error).message }, 'a history import was not finished');
    else log.error({ err: error }, 'a history import failed');
  } finally {
    doing.end();
  }
}

const wordsOf = (error: unknown): string =>
  error instanceof AppError
    ? error.message
    : 'Something failed on this server. Its log has the details. Nothing was saved.';

/** Each takes a connection for as long as it lasts. */
let busy = 0;
const waiting: (() => void)[] = [];

async function inTurn(work: () => Promise<void>): Promise<void> {
  if (busy >= IMPORT_CONNECTIONS) await new Promise<void>((resolve) => waiting.push(resolve));
  else busy += 1;
  try {
    await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
  }
}
