import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.ts';
import { AppError } from '../src/errors.ts';
import { restoreArchive, type Restored } from '../src/restore/restore.ts';
import { openDatabase } from '../src/database/open.ts';
import { listPendingMigrations } from '../src/database/schema.ts';
import { alignColumns, grouped } from './print.ts';
import { runTool } from './run-tool.ts';

const USAGE = `Usage: npm run restore -- FILE

Restores the ZIP of Settings → Export everything for a listener who has no archive in this instance yet: all of it,
compared with the file, or nothing. Afterwards the listener signs in with Spotify as before.

Exit codes: 0 restored and compared; 2 nothing was written (the message says why); 3 interrupted, or the result did not
equal the file: nothing was kept, and it is safe to run again.`;

await runTool(async () => {
  const { values, positionals } = readArguments();
  if (values.help) return show([USAGE]);
  const [file] = positionals;
  if (positionals.length !== 1 || file === undefined || file === '')
    throw new AppError(400, `Name the one file to restore.\n\n${USAGE}`);
  const { db, close } = await openDatabase(loadConfig('database'), {
    applicationName: 'import',
    statementTimeoutMs: 0,
  });
  let restored: Restored;
  try {
    if ((await listPendingMigrations(db)).length > 0)
      throw new AppError(503, 'The database is not ready: run "npm run migrate -- up" first.');
    restored = await restoreArchive(db, file);
  } catch (error) {
    if (error instanceof AppError && error.status < 500) throw error;
    console.error(`Nothing was kept: ${error instanceof Error ? error.message : String(error)}`);
    return 3;
  } finally {
    await close();
  }
  return show(describe(file, restored));
});

function readArguments() {
  try {
    const options = { help: { type: 'boolean', default: false } } as const;
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new AppError(400, `${(error as Error).message}\n\n${USAGE}`);
  }
}

function describe(file: string, { spotifyId, exportedAt, tables }: Restored): string[] {
  const rows = tables.map(({ table, rows: count, added }) => [table, grouped(count), grouped(added)]);
  return [
    `${path.basename(file)}, the archive of ${spotifyId} as of ${exportedAt}`,
    '',
    ...alignColumns([['table', 'in the file', 'new here'], ...rows]),
    '',
    'Restored and compared with the file. Now sign in with Spotify to reconnect.',
  ];
}

function show(lines: readonly string[]): 0 {
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
