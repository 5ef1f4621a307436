import { parseArgs } from 'node:util';
import type { HotQuery } from '../../../src/hot-queries.ts';
import { importHotQueries } from '../explain/all-hot-queries.ts';
import { timeQuery } from '../explain/plan.ts';
import { listValues } from '../explain/values.ts';
import { withLargeDatabases, type LargeDatabase } from '../large-database/open.ts';
import {
  describeSize,
  type LargeDatabaseSize,
  observedPlaces,
  readSize,
  SIZE_OPTIONS,
  sizeUsage,
} from '../large-database/size.ts';
import { printVisit, type QueryTimes } from './page-times.ts';
import { compareSimilar } from './similar.ts';
import { queriesOf, VISITS } from './visits.ts';

/** One listener's ten years of daily lists among those of others: enough that what grows with the others shows. */
const DEFAULT_SIZE: LargeDatabaseSize = {
  seed: 1,
  listeners: 200,
  tracks: 30_000,
  snapshots: 800_000,
  observed: { tracks: 5_000, days: 3_650 },
};
/** What it is compared with: a listener alone, with as many days and fewer tracks. */
const TRACKS_ALONE = 2_000;

const USAGE = `usage: npm run bench -- pages [--only VISIT] [--rounds N] [--keep DIRECTORY] ${sizeUsage(DEFAULT_SIZE)}
Visits: ${Object.keys(VISITS).join(' · ')}.`;

/**
 * `npm run bench -- pages`: the database time of every page for one listener among many, beside the same for a
 * listener alone in a database; the fastest of some rounds in turn, on one server. What it prints are ratios to be judged.
 */
export async function benchPages(args: readonly string[]): Promise<number> {
  const { values: given } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string', default: '15' },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
      ...SIZE_OPTIONS,
    },
  });
  const rounds = Number(given.rounds);
  const visits = Object.keys(VISITS).filter((visit) => given.only === undefined || visit === given.only);
  if (given.help || visits.length === 0 || !Number.isInteger(rounds) || rounds < 1) {
    console.error(USAGE);
    return given.help ? 0 : 2;
  }
  const size = readSize(given, DEFAULT_SIZE);
  const alone = aloneBeside(size);
  const all = await importHotQueries();
  const tell = (step: string): void => console.error(`  … ${step}`);
  return withLargeDatabases([size, alone], { keep: given.keep, tell }, async (databases) => {
    console.log(
      `Many: ${describeSize(size)}.\nAlone: ${describeSize(alone)}.\nThe fastest of ${rounds} rounds in turn.\n`,
    );
    for (const visit of visits)
      console.log(printVisit(visit, await timeQueries(databases, queriesOf(visit, all), rounds)));
    console.log(await compareSimilar(databases[0] as LargeDatabase, all, rounds));
    return 0;
  });
}

function aloneBeside({ seed, observed: { tracks, days }, mostPlays }: LargeDatabaseSize): LargeDatabaseSize {
  const observed = { tracks: Math.min(TRACKS_ALONE, tracks), days };
  const snapshots = observedPlaces(observed);
  return { seed, listeners: 1, tracks: observed.tracks, snapshots, observed, mostPlays };
}

async function timeQueries(
  databases: readonly LargeDatabase[],
  queries: readonly HotQuery[],
  rounds: number,
): Promise<QueryTimes[]> {
  const values = await Promise.all(databases.map(({ db, userId }) => listValues(db, userId)));
  const times = queries.map(() => databases.map((): number[] => []));
  // One round more than is counted: the first finds nothing in the cache.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [n, query] of queries.entries()) {
      for (const [which, { db }] of databases.entries()) {
        const milliseconds = await timeQuery(db, query, values[which] ?? (values[0] as never));
        if (round > 0) times[n]?.[which]?.push(milliseconds);
      }
    }
  }
  return queries.map((query, n) => ({
    name: query.name,
    many: times[n]?.[0] ?? [],
    alone: times[n]?.[1] ?? [],
  }));
}
