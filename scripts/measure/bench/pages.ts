import { parseArgs } from 'node:util';
import { timeQuery } from '../explain/plan.ts';
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
import { BENCH_VISITS, findSights, type Sights } from '../visits/addresses.ts';
import { recordVisits, type AskedQuery } from '../visits/record.ts';

/** One listener's ten years of daily lists among those of others: enough that what grows with the others shows. */
const DEFAULT_SIZE: LargeDatabaseSize = {
  seed: 1,
  listeners: 200,
  tracks: 30_000,
  snapshots: 800_000,
  observed: { tracks: 5_000, days: 3_650 },
};
const USAGE = `usage: npm run bench -- pages [--only VISIT] [--rounds N] [--keep DIRECTORY] ${sizeUsage(DEFAULT_SIZE)}
Visits: ${Object.keys(BENCH_VISITS).join(' · ')}.`;

/**
 * `npm run bench -- pages`: the database time of every page for one listener among many, beside the same for
 * that listener alone in a database; the fastest of some rounds in turn, on one server. What it prints are ratios to be judged.
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
  const visits = Object.entries(BENCH_VISITS).filter(([visit]) => [visit, undefined].includes(given.only));
  if (given.help || visits.length === 0 || !Number.isInteger(rounds) || rounds < 1) {
    console.error(USAGE);
    return given.help ? 0 : 2;
  }
  const size = readSize(given, DEFAULT_SIZE);
  const alone = aloneBeside(size);
  const tell = (step: string): void => console.error(`  … ${step}`);
  return withLargeDatabases([size, alone], { keep: given.keep, tell }, async (databases) => {
    console.log(
      `Many: ${describeSize(size)}.\nAlone: ${describeSize(alone)}.\nThe fastest of ${rounds} rounds in turn.\n`,
    );
    const sights = await Promise.all(databases.map(({ db, userId }) => findSights(db, userId)));
    for (const [visit, addressFor] of visits) {
      const asked: AskedQuery[][] = [];
      for (const [which, { db, userId }] of databases.entries())
        asked.push(...(await recordVisits(db, userId, [addressFor(sights[which] as Sights)])));
      console.log(printVisit(visit, await timeQueries(databases, asked, rounds)));
    }
    console.log(await compareSimilar(databases[0] as LargeDatabase, rounds));
    return 0;
  });
}

/** What it is compared with: the same without the others, so that what grows is theirs. */
const aloneBeside = (size: LargeDatabaseSize): LargeDatabaseSize => ({
  ...size,
  listeners: 1,
  tracks: size.observed.tracks,
  snapshots: observedPlaces(size.observed),
});

/** What a visit asks the first database, beside the same asked of the second. */
async function timeQueries(
  databases: readonly LargeDatabase[],
  asked: readonly (readonly AskedQuery[])[],
  rounds: number,
): Promise<QueryTimes[]> {
  const [many = [], alone = []] = asked;
  const left = [...alone];
  const pairs = many.map((query) => [query, takeNamed(query.name, left) ?? query] as const);
  const times = pairs.map(() => databases.map((): number[] => []));
  // One round more than is counted: the first finds nothing in the cache.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [n, pair] of pairs.entries()) {
      for (const [which, { db }] of databases.entries()) {
        const milliseconds = await timeQuery(db, pair[which] ?? pair[0]);
        if (round > 0) times[n]?.[which]?.push(milliseconds);
      }
    }
  }
  return pairs.map(([{ name }], n) => ({ name, many: times[n]?.[0] ?? [], alone: times[n]?.[1] ?? [] }));
}

/** A visit may ask one query twice, each time with other values. */
function takeNamed(name: string, queries: AskedQuery[]): AskedQuery | undefined {
  const place = queries.findIndex((query) => query.name === name);
  return place < 0 ? undefined : queries.splice(place, 1)[0];
}
