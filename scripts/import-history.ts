import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.ts';
import { DatabaseUnavailable } from '../src/database/errors.ts';
import type { Db } from '../src/db.ts';
import { AppError } from '../src/errors.ts';
import type { Account } from '../src/history-import/account.ts';
import { confirmImport, rehearseImport } from '../src/history-import/import.ts';
import { beginHistoryImport, discardHistoryImport, keepReading } from '../src/history-import/imports.ts';
import { readHistoryFiles } from '../src/history-import/read/read-history.ts';
import type { FileReport } from '../src/history-import/row.ts';
import { stageRows } from '../src/history-import/stage.ts';
import { openDatabase } from '../src/database/open.ts';
import { listPendingMigrations } from '../src/database/schema.ts';
import { escapeControls } from './migrate-from-sqlite/escape-controls.ts';
import { silentProgress, terminalProgress } from './migrate-from-sqlite/progress.ts';
import { alignColumns, grouped } from './print.ts';
import { runTool } from './run-tool.ts';

const USAGE = `Usage: npm run import:history -- FILE… [options]

Imports listening history from files: Spotify's ZIP as it comes, or another service's export.
To import the same again adds nothing, and the app can undo an import as a whole.

  --owner SPOTIFY_ID   whose archive it is (default OWNER_SPOTIFY_ID)
  --leave-out-private  without what was played in private sessions
  --dry-run            say what would happen, write nothing
  --json               the account as JSON on stdout

Exit codes: 0 all imported; 1 imported, but a row or file could not be read; 2 nothing was written; 3 cut off: nothing was
kept, and it is safe to run again.`;

const OPTIONS = {
  owner: { type: 'string' },
  'leave-out-private': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new AppError(400, `${(error as Error).message}\n\n${USAGE}`);
  }
}

type Arguments = ReturnType<typeof readArguments>;

interface Report {
  readonly account: Account;
  readonly files: readonly FileReport[];
}

async function importFiles(db: Db, owner: string, { values, positionals }: Arguments): Promise<number> {
  const userId = await takeListener(db, owner, values['dry-run']);
  const staged = await beginHistoryImport(db, userId);
  const reading = readHistoryFiles(positionals.map((file) => ({ path: file, name: path.basename(file) })));
  const progress = values.json || !process.stderr.isTTY ? silentProgress : terminalProgress();
  const stillHere = setInterval(() => void keepReading(db, staged).catch(() => undefined), 30_000);
  const choices = { leavesOutPrivate: values['leave-out-private'] };
  let isDone = false;
  try {
    progress.start('reading', 100);
    const rows = await stageRows(db, staged, reading, () =>
      progress.advance(Math.round(reading.progress * 100)),
    );
    progress.finish();
    if (rows === 0) throw new AppError(400, nothingFound(reading.files));
    const account = await (values['dry-run'] ? rehearseImport : confirmImport)(db, staged, choices);
    isDone = !values['dry-run'];
    const report = { account, files: reading.files };
    show(values.json ? [JSON.stringify(report, null, 2)] : describe(report, values['dry-run']));
    return isWhole(report) ? 0 : 1;
  } finally {
    clearInterval(stillHere);
    // (Where that fails too, the worker forgets it.)
    if (!isDone) await discardHistoryImport(db, staged).catch(() => undefined);
  }
}

/** A listener who has not signed in yet finds the plays there when they do. */
async function takeListener(db: Db, owner: string, isDryRun: boolean): Promise<number> {
  const known = await db.maybeOne<{ user_id: number }>('SELECT user_id FROM users WHERE spotify_id = $1', [
    owner,
  ]);
  if (known !== null) return known.user_id;
  if (isDryRun)
    throw new AppError(
      404,
      `Nobody of the name ${owner} is known here: sign in first, or leave out --dry-run.`,
    );
  return (
    await db.one<{ user_id: number }>('INSERT INTO users (spotify_id) VALUES ($1) RETURNING user_id', [owner])
  ).user_id;
}

const faultsOf = (files: readonly FileReport[]): string[] =>
  files.flatMap(({ file, faults }) => faults.map((fault) => escapeControls(`${file}: ${fault}`)));

const nothingFound = (files: readonly FileReport[]): string =>
  ['No listening history was found.', ...faultsOf(files)].join('\n');

const isWhole = ({ account, files }: Report): boolean =>
  (account.counts.unreadable ?? 0) === 0 &&
  files.every(({ format, faults }) => format === null || faults.length === 0);

function describe({ account, files }: Report, isDryRun: boolean): string[] {
  const hours = grouped(Math.round(account.ms_played / 3_600_000));
  const span = [account.first_played_at, account.last_played_at].map((at) => at?.slice(0, 10)).join(' to ');
  return [
    ...alignColumns(Object.entries(account.counts).map(([bucket, rows]) => [bucket, grouped(rows)])),
    ...alignColumns([['all rows', grouped(account.rows)]]),
    ...(account.first_played_at === null ? [] : ['', `${span}, ${hours} hours of listening`]),
    ...faultsOf(files),
    '',
    isDryRun ? 'A dry run: nothing was written.' : 'Imported.',
  ];
}

function show(lines: readonly string[]): 0 {
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.stderr.write('The import was cut off. Nothing was kept; it is safe to run again.\n');
    process.exit(3);
  });
}

await runTool(async () => {
  const given = readArguments();
  if (given.values.help) return show([USAGE]);
  if (given.positionals.length === 0) throw new AppError(400, `Name the files to import.\n\n${USAGE}`);
  const config = loadConfig('database');
  const owner = given.values.owner ?? config.ownerSpotifyId;
  if (owner === null || owner === '')
    throw new AppError(
      400,
      'Say whose archive it is: --owner SPOTIFY_ID, or OWNER_SPOTIFY_ID in the settings.',
    );
  const { db, close } = await openDatabase(config, {
    applicationName: 'import-history',
    statementTimeoutMs: 0,
  });
  try {
    if ((await listPendingMigrations(db)).length > 0)
      throw new AppError(503, 'The database is not ready: run "npm run migrate -- up" first.');
    return await importFiles(db, owner, given);
  } catch (error) {
    if (error instanceof AppError && !(error instanceof DatabaseUnavailable)) throw error;
    console.error(`Nothing was kept: ${error instanceof Error ? error.message : String(error)}`);
    return 3;
  } finally {
    await close();
  }
});
