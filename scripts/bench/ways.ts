import path from 'node:path';
import { writeLargeArchive } from '../large-archive/write.ts';
import { isInstalled, measureMove, type Measured } from './child.ts';
import { using, type BenchServer } from './databases.ts';
import { measureFloor, writeReadyText } from './floor.ts';
import { measurePgloader } from './pgloader.ts';
import { estimateRowByRow } from './row-by-row.ts';

export interface Way extends Measured {
  readonly name: string;
  /** What the tables gained; null where that is not the point. */
  readonly grownBytes: number | null;
  /** At most how many times the floor it should take; null for what it is held against. */
  readonly aim: number | null;
}

export interface Bench {
  readonly databases: BenchServer;
  readonly directory: string;
  readonly file: string;
  readonly tracks: number;
  readonly snapshots: number;
  readonly runs: number;
}

/** Every way in turn, `runs` times over, so that what else the machine does hits all alike; the medians, floor first. */
export async function runWays(bench: Bench): Promise<Way[]> {
  const { databases, directory, file, runs } = bench;
  const live = path.join(directory, 'live.db');
  writeLargeArchive({
    file: live,
    tracks: Math.ceil(bench.tracks / 10),
    snapshots: Math.ceil(bench.snapshots / 10),
    seed: 2,
  });
  const first = await databases.fresh('text');
  await measureMove(file, first);
  await writeReadyText(first, directory);
  const withPgloader = await isInstalled('pgloader');
  const rounds: Way[][] = [];
  for (let round = 0; round < runs; round += 1) {
    const ways = [
      way(
        'the floor: COPY of ready-made text, all else after',
        await measureFloor(await databases.fresh('floor'), directory),
      ),
    ];
    const target = await databases.fresh('target');
    ways.push(
      way('migrate:sqlite, empty target, every value verified', await measureMove(file, target), {
        aim: 1.2,
      }),
    );
    const before = await sizeOf(target);
    const again = await measureMove(file, target);
    const grownBytes = (await sizeOf(target)) - before;
    ways.push(way('migrate:sqlite, again over the same data', again, { aim: 0.5, grownBytes }));
    const lived = await databases.fresh('live');
    await measureMove(live, lived);
    ways.push(
      way('migrate:sqlite, target that holds another archive', await measureMove(file, lived), { aim: 2 }),
    );
    if (withPgloader)
      ways.push(
        way(
          'pgloader, drops and makes its own tables, unverified',
          await measurePgloader(file, await databases.fresh('pgloader'), directory),
        ),
      );
    rounds.push(ways);
  }
  const seconds = await estimateRowByRow(file, await databases.fresh('rows'), bench);
  const rowByRow = way('one upsert a row (from a sample)', { seconds, megabytes: null });
  return [...medians(rounds), rowByRow];
}

const way = (
  name: string,
  measured: Measured,
  { aim = null, grownBytes = null }: Partial<Pick<Way, 'aim' | 'grownBytes'>> = {},
): Way => ({ name, ...measured, aim, grownBytes });

function medians(rounds: readonly Way[][]): Way[] {
  return (rounds[0] ?? []).map((first, index) => {
    const same = rounds.flatMap((round) => round[index] ?? []).toSorted((a, b) => a.seconds - b.seconds);
    const megabytes = same.map((one) => one.megabytes ?? 0);
    const grown = same.map((one) => one.grownBytes ?? 0);
    return {
      name: first.name,
      aim: first.aim,
      seconds: same[Math.floor(same.length / 2)]?.seconds ?? first.seconds,
      megabytes: first.megabytes === null ? null : Math.max(...megabytes),
      grownBytes: first.grownBytes === null ? null : Math.max(...grown),
    };
  });
}

async function sizeOf(url: string): Promise<number> {
  const found = await using(url, (db) =>
    db.one<{ bytes: number }>(
      `SELECT sum(pg_total_relation_size(oid))::bigint AS bytes FROM pg_class
       WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    ),
  );
  return found.bytes;
}
