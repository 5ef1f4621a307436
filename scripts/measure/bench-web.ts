import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../src/errors.ts';
import { runTool } from '../run-tool.ts';
import { measureCosts } from './bench-web/costs.ts';
import { measureLoads } from './bench-web/loads.ts';
import { listAnswering, parsePeer } from './bench-web/peers.ts';
import { printCosts, printLoads } from './bench-web/print.ts';
import { listPages, startFloor } from './bench-web/targets.ts';
import { openTown, type Town } from './bench-web/town.ts';

const USAGE = `usage: npm run bench:web -- [--rounds N] [--workers N] [--only PAGE]… [--peer ADDRESS[=PID,PID…]]…
Default: 3 rounds of a second a page, one web process. Peers are measured beside the app; the processes named with one
are those whose processor time is counted. Linux only: it is read from /proc.`;

/** `npm run bench:web`: what pages cost beside the floor, and how they stand a load. Exit 1 where a request failed. */
await runTool(async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      workers: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
    },
  });
  const [rounds = 0, workers = 0] = [values.rounds, values.workers].map(Number);
  if (![rounds, workers].every((number) => Number.isInteger(number) && number > 0))
    throw new AppError(400, USAGE);
  const peers = values.peer.map(parsePeer);
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-bench-web-'));
  const town = await openTown(directory, workers);
  try {
    const pages = (await listPages(town)).filter(
      ({ name }) => values.only.length === 0 || values.only.includes(name),
    );
    const [first] = pages;
    if (!first) throw new AppError(400, USAGE);
    const floor = await startFloor(town, first);
    const answering = await listAnswering(peers, console.error);
    printCosts(pages, await measureCosts({ floor, targets: [...pages, ...answering], rounds }));
    return await benchLoads(town, pages);
  } finally {
    await town.close();
    rmSync(directory, { recursive: true, force: true });
  }
});

async function benchLoads(town: Town, pages: Awaited<ReturnType<typeof listPages>>): Promise<number> {
  const loads = await measureLoads(pages, town.app.process.pid ?? 0);
  printLoads(loads);
  return loads.every(({ errors }) => errors === 0) ? 0 : 1;
}
