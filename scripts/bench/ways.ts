import path from 'node:path';
import { writeLargeArchive } from '../large-archive/write.ts';
import { isInstalled, measureMove, type Measured } from './child.ts';
import { using, type BenchServer } from './databases.ts';
import { measureFloor, writeReadyText } from './floor.ts';
import { measurePgloader, measurePgloaderAndRest } from './pgloader.ts';
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
  const { databases, directory, file } = bench;
  const live = path.join(directory, 'live.db');
  const [tracks, snapshots] = [bench.tracks, bench.snapshots].map((rows) => Math.ceil(rows / 10));
  writeLargeArchive({ file: live, tracks: tracks ?? 0, snapshots: snapshots ?? 0, seed: 2 });
  const first = await databases.fresh('text');
  await measureMove(file, first);
  await writeReadyText(first, directory);
  const withPgloader = await isInstalled('pgloader');
  const rounds: Way[][] = [];
  for (let round = 0; round < bench.runs; round += 1) {
    const floor = await measureFloor(await databases.fresh('floor'), directory);
    rounds.push([
      way('the floor: COPY of ready-made text, all else after', floor),
      ...(await runMoves(bench, live)),
      ...(withPgloader ? await runPgloaders(bench) : []),
    ]);
  }
  const seconds = await estimateRowByRow(file, await databases.fresh('rows'), bench);
  const rowByRow = way('one upsert a row (from a sample)', { seconds, megabytes: null });
  return [...medians(rounds), rowByRow];
}

/** @param live an archive that a target holds already */
async function runMoves({ databases, file }: Bench, live: string): Promise<Way[]> {
  const target = await databases.fresh('target');
  const empty = await measureMove(file, target);
  const before = await sizeOf(target);
  const again = await measureMove(file, target);
  const grownBytes = (await sizeOf(target)) - before;
  const lived = await databases.fresh('live');
  await measureMove(live, lived);
  return [
    way('migrate:sqlite, empty target, every value verified', empty, { aim: 1.2 }),
    way('migrate:sqlite, again over the same data', again, { aim: 0.5, grownBytes }),
    way('migrate:sqlite, target that holds another archive', await measureMove(file, lived), { aim: 2 }),
  ];
}

async function runPgloaders({ databases, file, directory }: Bench): Promise<Way[]> {
  const own = await measurePgloader(file, await databases.fresh('pgloader'), directory);
  const whole = await measurePgloaderAndRest(file, await databases.fresh('pgloader'), directory);
  return [
    way('pgloader, then all else that the floor ends with, unverified', whole),
    way('pgloader alone: tables of its own, nothing derived, unverified', own),
  ];
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
