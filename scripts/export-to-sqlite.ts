import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig, type Config } from '../src/config.ts';
import { AppError } from '../src/errors.ts';
import { openDatabase } from '../src/database/open.ts';
import { listPendingMigrations } from '../src/database/schema.ts';
import { exportArchive, type ExportReport } from './export-to-sqlite/export-archive.ts';
import { describeLeftBehind } from './export-to-sqlite/left-behind.ts';
import { silentProgress, terminalProgress } from './migrate-from-sqlite/progress.ts';
import { alignColumns, grouped } from './print.ts';
import { runTool } from './run-tool.ts';

const USAGE = `Usage: npm run export:sqlite -- FILE [--owner SPOTIFY_ID]

Writes a listener's archive into a new SQLite file of the old snapshots layout, on which the old app runs.
Changes nothing in PostgreSQL and never overwrites a file.

  --owner SPOTIFY_ID   whose archive (default OWNER_SPOTIFY_ID, else the only one there is)

Exit codes: 0 written and counted; 2 nothing was written (the message says why); 1 failed, nothing was written.`;

await runTool(async () => {
  const { values, positionals } = readArguments();
  if (values.help) return show([USAGE]);
  const [file] = positionals;
  if (positionals.length !== 1 || file === undefined || file === '')
    throw new AppError(400, `Name the one file to write.\n\n${USAGE}`);
  // A half-written file is removed when the process exits, also after a signal.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  return run(file, values.owner, loadConfig('database'));
});

function readArguments() {
  try {
    const options = { owner: { type: 'string' }, help: { type: 'boolean', default: false } } as const;
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new AppError(400, `${(error as Error).message}\n\n${USAGE}`);
  }
}

async function run(file: string, owner: string | undefined, config: Config): Promise<number> {
  const { db, close } = await openDatabase(config, {
    applicationName: 'export-sqlite',
    statementTimeoutMs: 0,
  });
  try {
    if ((await listPendingMigrations(db)).length > 0)
      throw new AppError(503, 'The database is not ready: run "npm run migrate -- up" first.');
    const report = await exportArchive({
      db,
      file,
      owner: owner ?? config.ownerSpotifyId,
      progress: process.stderr.isTTY ? terminalProgress() : silentProgress,
    });
    return show(describe(file, report));
  } finally {
    await close();
  }
}

function describe(file: string, { archive, tables, leftBehind, seconds }: ExportReport): string[] {
  const rows = tables.map(({ table, rows: count }) => [table, grouped(count)]);
  const left = describeLeftBehind(leftBehind);
  const whose = archive.spotifyId === null ? 'an unclaimed archive' : `the archive of ${archive.spotifyId}`;
  return [
    `${path.basename(file)} (snapshots layout), ${whose}`,
    '',
    ...alignColumns([['table', 'rows'], ...rows]),
    '',
    ...(left.length === 0 ? [] : ['The old layout cannot hold these; they stay in PostgreSQL:', ...left, '']),
    `Written and counted (${seconds.toFixed(1)} s). Nothing was changed in PostgreSQL.`,
  ];
}

function show(lines: readonly string[]): 0 {
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
