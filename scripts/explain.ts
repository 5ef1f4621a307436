import { parseArgs } from 'node:util';
import { runTool } from './run-tool.ts';
import { explainQuery, listSubjects } from './explain/plan.ts';
import { printPlans } from './explain/print.ts';
import { withLargeArchive } from './explain/large-archive.ts';

/**
 * `npm run explain`: every hot query of the app with its real plan, over an invented archive many times the demo's
 * size in a throwaway database. Exit 1 where a query reads a large table from end to end.
 */
await runTool(async () => {
  const { values } = parseArgs({ options: { times: { type: 'string', default: '20' } } });
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1 || times > 200) {
    console.error('usage: npm run explain -- [--times N] (1 to 200; default 20)');
    return 2;
  }
  return withLargeArchive(times, async (db, userId) => {
    const subjects = await listSubjects(db, userId);
    const plans = [];
    for (const subject of subjects) plans.push(await explainQuery(db, subject));
    console.log(printPlans(plans, times));
    return plans.some(({ scannedTables }) => scannedTables.length > 0) ? 1 : 0;
  });
});
