import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { alignColumns } from '../print.ts';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.ts';
import { writeToPostgres } from './bench-concurrency/postgres.ts';
import { writeToSqlite } from './bench-concurrency/sqlite.ts';
import type { Tally } from './bench-concurrency/tally.ts';
import { runTool } from '../run-tool.ts';

const TASKS = [
  { writers: 10, playlists: 50 },
  { writers: 50, playlists: 50 },
];

/**
 * `npm run bench:concurrency`: many writers at once, here and as it was in the old edition. Every write is durable in
 * both (PostgreSQL's and SQLite's defaults). Exit 1 if PostgreSQL fails a single one.
 */
await runTool(async () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-concurrency-'));
  const server = await startEmbeddedPostgres({ dataDir: path.join(directory, 'postgres') });
  const lines: string[][] = [
    ['writers × playlists', 'kept in', 'kept', 'failed', 'writes/s', 'p99 ms', 'why'],
  ];
  let failed = 0;
  try {
    for (const task of TASKS) {
      const name = `${task.writers} × ${task.playlists}`;
      const postgres = await writeToPostgres(server.url, task);
      const sqlite = await writeToSqlite(path.join(directory, `old-${task.writers}.db`), task);
      lines.push([name, 'PostgreSQL', ...cellsOf(postgres)], ['', 'SQLite file', ...cellsOf(sqlite)]);
      failed += countFailures(postgres);
    }
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  console.log(alignColumns(lines, 'words').join('\n'));
  console.log(
    'PostgreSQL: one process, the pool of ten connections the app has, a listener per writer.\n' +
      'SQLite: a process per writer on one file, five seconds of patience, as the old edition was deployed.',
  );
  return failed === 0 ? 0 : 1;
});

function countFailures({ failures }: Tally): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}

function cellsOf(tally: Tally): string[] {
  return [
    String(tally.kept),
    String(countFailures(tally)),
    tally.writesPerSecond.toFixed(0),
    tally.p99.toFixed(0),
    Object.entries(tally.failures)
      .map(([why, count]) => `${count} × “${why}”`)
      .join(', '),
  ];
}
