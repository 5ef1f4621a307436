import { parseArgs } from 'node:util';
import { listHotQueries, pageOf } from '../../src/database/hot-queries.ts';
import { explainQuery } from './explain/plan.ts';
import { listFaults, printPlans } from './explain/print.ts';
import { withLargeDatabase } from './large-database/open.ts';
import { DEFAULT_SIZE, describeSize, readSize, SIZE_OPTIONS, sizeUsage } from './large-database/size.ts';
import { findSights, listAddresses } from './visits/addresses.ts';
import { eachOnce, listUnasked, recordVisits } from './visits/record.ts';
import { runTool } from '../run-tool.ts';

const USAGE = `usage: npm run explain -- [--only PAGE] [--json] [--keep DIRECTORY] ${sizeUsage(DEFAULT_SIZE)}
--only: the queries of one page, such as search. --keep: make the database there once and find it again.`;

/**
 * `npm run explain`: every hot query of the app with its real plan and the values a visit asks it with, over an invented database in which one listener's
 * music is little among much. Exit 1 where a query reads a large table from end to end and may
 * not, or where no visit asks it.
 */
await runTool(async () => {
  const { values: given } = parseArgs({
    options: {
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
      ...SIZE_OPTIONS,
    },
  });
  const { only, json, keep } = given;
  const queries = listHotQueries();
  const wanted = queries.filter((query) => only === undefined || pageOf(query) === only);
  if (given.help || wanted.length === 0) {
    console.error(`${USAGE}\nPages: ${[...new Set(queries.map(pageOf))].toSorted().join(', ')}.`);
    return given.help ? 0 : 2;
  }
  const size = readSize(given);
  return withLargeDatabase(size, { keep }, async ({ db, userId }) => {
    const addresses = listAddresses(await findSights(db, userId));
    const asked = eachOnce(await recordVisits(db, userId, addresses));
    const names = new Set(wanted.map(({ name }) => name));
    const plans = [];
    for (const query of asked) if (names.has(query.name)) plans.push(await explainQuery(db, query));
    const faults = [...listFaults(plans), ...listUnasked(asked, wanted)];
    if (json) console.log(JSON.stringify({ size, plans, faults }, null, 2));
    else
      console.log([`Over ${describeSize(size)}.`, printPlans(plans), faults.join('\n')].join('\n\n').trim());
    return faults.length === 0 ? 0 : 1;
  });
});
