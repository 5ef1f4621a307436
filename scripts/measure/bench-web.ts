import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { countStatements, measure, type Load, type Measured } from './bench-web/measure.ts';
import { openTown, type Town } from './bench-web/town.ts';
import { alignColumns } from '../print.ts';
import { runTool } from '../run-tool.ts';

const USAGE = `usage: npm run bench:web -- [--seconds N] [--workers N]
Default: 5 seconds a load, one web process. Linux only: processor time is read from /proc.`;

/** At a fixed rate each listener opens a page a second; of three hundred a third does. */
const LOADS: readonly Omit<Load, 'seconds'>[] = [
  { listeners: 1, rate: null },
  { listeners: 50, rate: 50 },
  { listeners: 50, rate: null },
  { listeners: 300, rate: 100 },
  { listeners: 300, rate: null },
];
/** A server that has run for a while: caches full, code compiled. */
const WARM_UP: Load = { listeners: 8, rate: null, seconds: 10 };

/** `npm run bench:web`: pages under load, signed in, on the demo archive. Exit 1 where a request failed. */
await runTool(async () => {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '5' }, workers: { type: 'string', default: '1' } },
  });
  const [seconds = 0, workers = 0] = [values.seconds, values.workers].map(Number);
  if (![seconds, workers].every((number) => Number.isInteger(number) && number > 0)) {
    console.error(USAGE);
    return 2;
  }
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-bench-web-'));
  const town = await openTown(directory, { listeners: 5, browsers: 10, workers });
  try {
    return await benchPages(town, seconds);
  } finally {
    await town.close();
    rmSync(directory, { recursive: true, force: true });
  }
});

async function benchPages(town: Town, seconds: number): Promise<number> {
  const lines = [
    [
      'page',
      'listeners',
      'asked',
      'req/s',
      'p50 ms',
      'p99 ms',
      'errors',
      'node ms',
      'PostgreSQL ms',
      'MB',
      'statements',
    ],
  ];
  let errors = 0;
  for (const [name, page] of Object.entries(await listPages(town))) {
    await measure(town, page, WARM_UP);
    const statements = await countStatements(town, page);
    for (const load of LOADS) {
      const measured = await measure(town, page, { ...load, seconds });
      lines.push([
        name,
        String(load.listeners),
        load.rate === null ? 'all it can' : `${load.rate}/s`,
        ...cellsOf(measured),
        statements.toFixed(1),
      ]);
      errors += measured.errors;
      await sleep(500);
    }
  }
  console.log(alignColumns(lines, 'words').join('\n'));
  console.log('Processor time and statements are per request, those of the session included.');
  return errors === 0 ? 0 : 1;
}

async function listPages({ db }: Town): Promise<Readonly<Record<string, string>>> {
  const { track, month, word } = await db.one<{ track: string; month: string; word: string }>(
    `SELECT track_id AS track, to_char(last_listed_date, '/YYYY/MM') AS month, split_part(name, ' ', 1) AS word
     FROM library_tracks ORDER BY listings DESC, track_id LIMIT 1`,
  );
  return {
    dashboard: '/dashboard',
    'time machine': `/time-machine${month}`,
    search: `/search?q=${encodeURIComponent(word)}`,
    track: `/tracks/${encodeURIComponent(track)}`,
  };
}

function cellsOf(measured: Measured): string[] {
  return [
    measured.perSecond.toFixed(0),
    measured.p50.toFixed(0),
    measured.p99.toFixed(0),
    String(measured.errors),
    measured.nodeCpu.toFixed(1),
    measured.postgresCpu.toFixed(1),
    measured.megabytes.toFixed(0),
  ];
}
