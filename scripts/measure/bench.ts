import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.ts';
import { isInstalled } from './bench/child.ts';
import { BenchServer } from './bench/databases.ts';
import { benchHistory } from './bench/history.ts';
import { benchPages } from './bench/pages.ts';
import { comparePgloader, printTable } from './bench/print.ts';
import { runWays } from './bench/ways.ts';
import { benchWrites } from './bench/writes.ts';
import { writeLargeArchive } from './large-archive.ts';
import { runTool } from '../run-tool.ts';

const USAGE = `usage: npm run bench -- [move] [--tracks N] [--snapshots M] [--runs R] [--server URL]
Default: 50000 tracks, 500000 snapshots, 3 runs, a throwaway PostgreSQL. Full size: --tracks 100000 --snapshots 1000000.
--server: one on which databases may be made and dropped. Also: npm run bench -- pages --help; npm run bench -- writes; npm run bench -- history.`;

/** `npm run bench`: how fast an old archive moves, against the least such a load can take on this machine. */
await runTool(async () => {
  const [what, ...rest] = process.argv.slice(2);
  if (what === 'pages') return benchPages(rest);
  if (what === 'writes') return benchWrites(rest);
  if (what === 'history') return benchHistory(rest);
  const { values } = parseArgs({
    args: what === 'move' ? rest : process.argv.slice(2),
    options: {
      tracks: { type: 'string', default: '50000' },
      snapshots: { type: 'string', default: '500000' },
      runs: { type: 'string', default: '3' },
      server: { type: 'string' },
    },
  });
  const [tracks = 0, snapshots = 0, runs = 0] = [values.tracks, values.snapshots, values.runs].map(Number);
  if (![tracks, snapshots, runs].every((number) => Number.isInteger(number) && number > 0)) {
    console.error(USAGE);
    return 2;
  }
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-bench-'));
  const server =
    values.server === undefined
      ? await startEmbeddedPostgres({ dataDir: path.join(directory, 'postgres'), throwaway: true })
      : { url: values.server, pid: null, stop: () => Promise.resolve() };
  try {
    const work = path.join(directory, 'work');
    mkdirSync(work);
    const file = path.join(work, 'old.db');
    writeLargeArchive({ file, tracks, snapshots });
    const databases = await BenchServer.prepare(server.url);
    const size = Math.round(statSync(file).size / 1e6);
    console.log(
      `PostgreSQL ${await databases.version()}, ${tracks} tracks, ${snapshots} snapshots, ${size} MB; median of ${runs}.`,
    );
    try {
      const ways = await runWays({
        databases,
        directory: work,
        file,
        tracks,
        snapshots,
        runs,
        postmaster: server.pid,
      });
      console.log(printTable(ways));
      const beside = comparePgloader(ways);
      if (beside !== null) console.log(beside);
    } finally {
      await databases.close();
    }
    if (!(await isInstalled('psql')))
      console.log('psql is not installed: the floor was fed through a COPY stream.');
    if (!(await isInstalled('pgloader'))) console.log('pgloader is not installed: not measured.');
    return 0;
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
