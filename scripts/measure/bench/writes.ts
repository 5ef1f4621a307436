import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createDb, type Db } from '../../../src/db.ts';
import { startEmbeddedPostgres } from '../../../src/embedded-postgres.ts';
import { refreshArchiveSummary } from '../../../src/figures/summary.ts';
import { setHidden } from '../../../src/hidden/hide.ts';
import { moveArchive } from '../../migrate-from-sqlite/move-archive.ts';
import { writeLargeArchive } from '../large-archive.ts';
import { cpuSecondsOf } from './cpu-time.ts';
import { BenchServer } from './databases.ts';

const LISTS = ['short_term', 'medium_term', 'long_term'];
const LENGTH = 50;

/** `npm run bench -- writes`: what a large archive costs at a day's capture, and when a track is hidden or shown. */
export async function benchWrites(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const [tracks, snapshots, rounds] = [values.tracks, values.snapshots, values.rounds].map(Number) as [
    number,
    number,
    number,
  ];
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-writes-'));
  const server =
    values.server === undefined
      ? await startEmbeddedPostgres({ dataDir: path.join(directory, 'postgres'), throwaway: true })
      : { url: values.server, stop: () => Promise.resolve() };
  const databases = await BenchServer.prepare(server.url);
  try {
    const file = path.join(directory, 'old.db');
    writeLargeArchive({ file, tracks, snapshots });
    console.log(
      `${tracks} tracks, ${snapshots} snapshots; ms of the database's CPU, and of the fastest of ${rounds}.`,
    );
    const url = await databases.fresh('writes');
    const db = createDb({
      url,
      poolMin: 1,
      poolMax: 1,
      applicationName: 'bench',
      statementTimeoutMs: 0,
    });
    try {
      await measure(db, file, rounds);
    } finally {
      await db.close();
    }
    return 0;
  } finally {
    await databases.close();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const OPTIONS = {
  tracks: { type: 'string', default: '20000' },
  snapshots: { type: 'string', default: '300000' },
  rounds: { type: 'string', default: '15' },
  server: { type: 'string' },
} as const;

/** CPU of the connection's own process beside the fastest round: it is the same however busy the machine is. */
async function measure(db: Db, file: string, rounds: number): Promise<void> {
  const { pid } = await db.one<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const spent = (): number => cpuSecondsOf(pid) ?? Number.NaN;
  const begun = spent();
  await moveArchive({ db, file, owner: 'alice', backup: false });
  printLine('the move (once)', spent() - begun);
  await db.execute('VACUUM ANALYZE');
  const { user_id: userId } = await db.one<{ user_id: number }>('SELECT user_id FROM users');
  for (const [name, work] of Object.entries(WORKS)) {
    const [times, before]: [number[], number] = [[], spent()];
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now();
      await work(db, userId, round);
      times.push(performance.now() - started);
    }
    printLine(name, (spent() - before) / rounds, Math.min(...times));
  }
}

function printLine(name: string, cpuSeconds: number, milliseconds?: number): void {
  const cells = [(cpuSeconds * 1000).toFixed(0), milliseconds?.toFixed(0) ?? ''];
  console.log(name.padEnd(36) + cells.map((cell) => cell.padStart(10)).join(''));
}

type Work = (db: Db, userId: number, round: number) => Promise<unknown>;

const WORKS: Readonly<Record<string, Work>> = {
  'the places of three lists': (db, userId, round) => insertLists(db, userId, `2027-01-${round + 1}`),
  'the figures': (db, userId) => db.withTransaction((tx) => refreshArchiveSummary(tx, userId)),
  'a capture: both': (db, userId, round) =>
    db.withTransaction(async (tx) => {
      await insertLists(tx, userId, `2027-03-${round + 1}`);
      await refreshArchiveSummary(tx, userId);
    }),
  'a track hidden': (db, userId, round) => hide(db, userId, round, true),
  'a track shown again': (db, userId, round) => hide(db, userId, round, false),
};

/** Tracks that were listed before, as most of a day's are. */
const insertLists = (db: Pick<Db, 'execute'>, userId: number, date: string): Promise<number> =>
  db.execute(
    `INSERT INTO snapshots (user_id, snapshot_date, time_range, track_id, rank)
     SELECT $1, $2::date, time_range, track_id, row_number() OVER (PARTITION BY time_range)
     FROM unnest($3::text[]) AS time_range,
       (SELECT track_id FROM library_tracks WHERE user_id = $1 ORDER BY md5(track_id || $2) LIMIT $4) AS listed`,
    [userId, date, LISTS, LENGTH],
  );

async function hide(db: Db, userId: number, round: number, hidden: boolean): Promise<void> {
  const { track_id: id } = await db.one<{ track_id: string }>(
    'SELECT track_id FROM library_tracks WHERE user_id = $1 ORDER BY track_id OFFSET $2 LIMIT 1',
    [userId, round],
  );
  await setHidden(db, userId, { kind: 'track', id, hidden });
}
