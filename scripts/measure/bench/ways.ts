import path from 'node:path';
import { writeLargeArchive } from '../large-archive.ts';
import { isInstalled, measureMove, type Measured } from './child.ts';
import { cpuSecondsSpent } from './cpu-time.ts';
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
  /** Of client and server together; null where it cannot be told. */
  readonly cpuSeconds: number | null;
}

export interface Bench {
  readonly databases: BenchServer;
  readonly directory: string;
  readonly file: string;
  readonly tracks: number;
  readonly snapshots: number;
  readonly runs: number;
  /** The server's first process; null where it runs elsewhere. */
  readonly postmaster: number | null;
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
    const floor = await databases.fresh('floor');
    rounds.push([
      await run(bench, 'the floor: COPY of ready-made text, all else after', () =>
        measureFloor(floor, directory),
      ),
      ...(await runMoves(bench, live)),
      ...(withPgloader ? await runPgloaders(bench) : []),
    ]);
  }
  const seconds = await estimateRowByRow(file, await databases.fresh('rows'), bench);
  const rest = { megabytes: null, cpuSeconds: null, aim: null, grownBytes: null };
  return [...medians(rounds), { name: 'one upsert a row (from a sample)', seconds, ...rest }];
}

/** @param live an archive that a target holds already */
async function runMoves(bench: Bench, live: string): Promise<Way[]> {
  const { databases, file } = bench;
  const target = await databases.fresh('target');
  const move = (url: string) => () => measureMove(file, url);
  const empty = await run(bench, 'migrate:sqlite, empty target, every value verified', move(target), 1.2);
  const before = await sizeOf(target);
  const again = await run(bench, 'migrate:sqlite, again over the same data', move(target), 0.5);
  const grownBytes = (await sizeOf(target)) - before;
  const lived = await databases.fresh('live');
  await measureMove(live, lived);
  const beside = await run(bench, 'migrate:sqlite, target that holds another archive', move(lived), 2);
  return [empty, { ...again, grownBytes }, beside];
}

async function runPgloaders(bench: Bench): Promise<Way[]> {
  const { databases, file, directory } = bench;
  const whole = await databases.fresh('pgloader');
  const rest = await run(bench, 'pgloader, then all else that the floor ends with, unverified', () =>
    measurePgloaderAndRest(file, whole, directory),
  );
  const own = await databases.fresh('pgloader');
  const alone = await run(bench, 'pgloader alone: tables of its own, nothing derived, unverified', () =>
    measurePgloader(file, own, directory),
  );
  return [rest, alone];
}

async function run(
  { postmaster }: Bench,
  name: string,
  work: () => Promise<Measured>,
  aim: number | null = null,
): Promise<Way> {
  const before = cpuSecondsSpent(postmaster);
  const measured = await work();
  const after = cpuSecondsSpent(postmaster);
  const cpuSeconds = before === null || after === null ? null : after - before;
  return { name, ...measured, cpuSeconds, aim, grownBytes: null };
}

function medians(rounds: readonly Way[][]): Way[] {
  return (rounds[0] ?? []).map((first, index) => {
    const same = rounds.flatMap((round) => round[index] ?? []);
    const most = (of: (way: Way) => number | null): number => Math.max(...same.map((way) => of(way) ?? 0));
    return {
      ...first,
      seconds: median(same.map((way) => way.seconds)),
      cpuSeconds: first.cpuSeconds === null ? null : median(same.map((way) => way.cpuSeconds ?? 0)),
      megabytes: first.megabytes === null ? null : most((way) => way.megabytes),
      grownBytes: first.grownBytes === null ? null : most((way) => way.grownBytes),
    };
  });
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Of tables, their indexes and what is stored beside them, without the maps that autovacuum makes when it comes by. */
async function sizeOf(url: string): Promise<number> {
  const found = await using(url, (db) =>
    db.one<{ bytes: number }>(
      `SELECT sum(pg_relation_size(kept.oid))::bigint AS bytes
       FROM pg_class AS named
       JOIN LATERAL (
         SELECT oid FROM pg_class WHERE oid IN (named.oid, named.reltoastrelid)
         UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid IN (named.oid, named.reltoastrelid)
       ) AS kept ON true
       WHERE named.relkind = 'r' AND named.relnamespace = 'public'::regnamespace`,
    ),
  );
  return found.bytes;
}
