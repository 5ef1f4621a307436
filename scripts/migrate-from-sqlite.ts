import { parseArgs } from 'node:util';
import { loadConfig, type Config } from '../src/config.ts';
import { ConfigError } from '../src/errors.ts';
import { log } from '../src/log.ts';
import { openDatabase, type OpenDatabase } from '../src/database/open.ts';
import { EarlierDatabase, listPendingMigrations } from '../src/database/schema.ts';
import { NothingWritten, VerificationFailed } from './migrate-from-sqlite/faults.ts';
import { explain as explainSqlite } from './migrate-from-sqlite/read/open-file.ts';
import { moveArchive } from './migrate-from-sqlite/move-archive.ts';
import type { MoveOptions } from './migrate-from-sqlite/options.ts';
import { silentProgress, terminalProgress } from './migrate-from-sqlite/progress.ts';
import { escapeControls } from './migrate-from-sqlite/escape-controls.ts';
import { exitCodeOf, printReport } from './migrate-from-sqlite/report.ts';
import type { VerifyOptions } from './migrate-from-sqlite/verify/verify-archive.ts';

const USAGE = `Usage: npm run migrate:sqlite -- [FILE] [options]

Moves an old Music Time Machine archive (SQLite) into PostgreSQL: all of it, verified, or nothing.
FILE defaults to SQLITE_PATH, else music_time_machine.db.

  --owner SPOTIFY_ID      whose archive it is (default OWNER_SPOTIFY_ID; else it stays unclaimed)
  --dry-run               read and check everything, write nothing
  --verify-only           compare the file with the database, write nothing
  --retry-rejects         move the rejects of a FILE that has been mended, and delete those rejects
  --audit                 show the file's tables and columns, and what each becomes
  --generic --schema NAME move any other SQLite file into a schema of its own; running it again retries its rejects
  --assume-timezone IANA  the zone of times without one (default UTC)
  --repair-json           accept JSON as Python writes its values (single quotes, None, True, NaN as null) where its
                          meaning is certain; the original stays in import_rejects
  --no-backup             do not make a dated copy beside the file
  --json                  print the report as JSON

Exit codes: 0 all moved and verified; 1 moved, something is in import_rejects; 2 nothing was written;
3 verification failed or interrupted (safe to run again).`;

const OPTIONS = {
  owner: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  'verify-only': { type: 'boolean', default: false },
  audit: { type: 'boolean', default: false },
  generic: { type: 'boolean', default: false },
  schema: { type: 'string' },
  'assume-timezone': { type: 'string' },
  'repair-json': { type: 'boolean', default: false },
  'no-backup': { type: 'boolean', default: false },
  'retry-rejects': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function readArguments() {
  try {
    const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
    if (positionals.length > 1) throw new NothingWritten('Name one file.');
    return { ...values, file: positionals[0] };
  } catch (error) {
    throw new NothingWritten(`${(error as Error).message}\n\n${USAGE}`);
  }
}

type Arguments = ReturnType<typeof readArguments>;

async function main(): Promise<number> {
  const given = readArguments();
  if (given.help) return show(USAGE);
  if (given['verify-only'] && (given['dry-run'] || given['retry-rejects']))
    throw new NothingWritten(`Choose one of --dry-run, --retry-rejects and --verify-only.\n\n${USAGE}`);
  if (given['repair-json'] && given.generic)
    throw new NothingWritten(`--repair-json is for an old archive, not for --generic.\n\n${USAGE}`);
  const config = loadConfig('database');
  log.level = config.logLevel === 'debug' ? 'debug' : 'silent';
  const file = given.file ?? config.sqlitePath;
  const work = given.audit ? audit(given, file) : move(given, config, file);
  return work.catch((error: unknown) => {
    throw explainSqlite(file, error);
  });
}

// Loaded only when needed: loading takes a good part of the time of a small move.

async function audit(given: Arguments, file: string): Promise<number> {
  const { auditFile } = await import('./migrate-from-sqlite/audit/audit-file.ts');
  const { printAudit } = await import('./migrate-from-sqlite/audit/print-audit.ts');
  const audited = await auditFile(file);
  return show(given.json ? JSON.stringify(audited, null, 2) : printAudit(audited));
}

async function move(given: Arguments, config: Config, file: string): Promise<number> {
  const opened = await openReadyDatabase(config);
  try {
    if (given.generic) {
      const { moveGeneric } = await import('./migrate-from-sqlite/generic/command.ts');
      return await moveGeneric(opened.db, file, given, show);
    }
    const options = {
      db: opened.db,
      file,
      owner: given.owner ?? config.ownerSpotifyId,
      assumedZone: given['assume-timezone'] ?? 'UTC',
      progress: given.json || !process.stderr.isTTY ? silentProgress : terminalProgress(),
    };
    if (given['verify-only']) return await verify(given, options);
    const writing = {
      ...options,
      mode: given['dry-run'] ? ('dry-run' as const) : ('move' as const),
      backup: !given['no-backup'],
      repairJson: given['repair-json'],
    };
    if (given['retry-rejects']) return await retry(given, writing);
    const report = await moveArchive(writing);
    show(given.json ? JSON.stringify(report, null, 2) : printReport(report));
    return exitCodeOf(report);
  } finally {
    await opened.close();
  }
}

async function verify(given: Arguments, options: VerifyOptions): Promise<number> {
  const { verifyArchive } = await import('./migrate-from-sqlite/verify/verify-archive.ts');
  const { printVerification } = await import('./migrate-from-sqlite/verify/print-verification.ts');
  const found = await verifyArchive(options);
  show(given.json ? JSON.stringify(found, null, 2) : printVerification(found));
  return found.ok ? 0 : 3;
}

async function retry(given: Arguments, options: MoveOptions): Promise<number> {
  const { printRetry, retryRejects } = await import('./migrate-from-sqlite/rejects/retry-rejects.ts');
  const done = await retryRejects(options);
  show(given.json ? JSON.stringify(done, null, 2) : printRetry(done));
  return done.left > 0 ? 1 : exitCodeOf(done.move);
}

async function openReadyDatabase(config: Config): Promise<OpenDatabase> {
  const options = { applicationName: 'migrate-sqlite', statementTimeoutMs: 0 };
  const opened = await openDatabase(config, options).catch(notReady);
  const pending = await listPendingMigrations(opened.db).catch(async (error: unknown) => {
    await opened.close();
    return notReady(error);
  });
  if (pending.length === 0) return opened;
  await opened.close();
  throw new NothingWritten('The database is not ready: run "npm run migrate -- up" first.');
}

function notReady(error: unknown): never {
  if (error instanceof EarlierDatabase) throw new NothingWritten(error.message);
  log.debug({ err: error }, 'the database is not ready');
  throw new NothingWritten(
    'The database cannot be reached: check DATABASE_URL (or DB_HOST …) and that it is running. Nothing was written.',
    { cause: error },
  );
}

function show(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

function explain(error: unknown): number {
  log.debug({ err: error }, 'the move failed');
  const nothingWritten = error instanceof NothingWritten || error instanceof ConfigError;
  const message = (error instanceof Error ? error.message : String(error))
    .split('\n')
    .map(escapeControls)
    .join('\n');
  if (nothingWritten) process.stderr.write(`${message}\n`);
  else if (isRefused(error))
    process.stderr.write(`The database refused it (${message}). Nothing was written.\n`);
  else if (error instanceof VerificationFailed)
    process.stderr.write(`Verification failed: ${message} Nothing was changed.\n`);
  else
    process.stderr.write(
      `The move was interrupted (${message}). Nothing was changed; it is safe to run again.\n`,
    );
  return nothingWritten || isRefused(error) ? 2 : 3;
}

/** Values, rules, rights and limits, which would fail again. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(?:0A|22|23|42|54)\w{3}$/.test(String(error.code));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.stderr.write('The move was interrupted. Nothing was changed; it is safe to run again.\n');
    process.exit(3);
  });
}

process.exitCode = await main().catch(explain);
