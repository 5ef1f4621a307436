import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { addPayloadArtists } from '../../migrate-from-sqlite/target/merge-derived.ts';
import { measureProgram, type Measured } from './child.ts';
import { using } from './databases.ts';
import { measureSummary, SETTINGS, strip } from './floor.ts';

/**
 * pgloader at its best and no more: it drops the tables and makes its own, checks nothing, and we add the keys, the
 * indexes and the foreign key it does not know afterwards, in its time.
 */
export async function measurePgloader(file: string, url: string, directory: string): Promise<Measured> {
  const measured = await runPgloader(directory, file, url, OWN_TABLES);
  await expectRows(url);
  return measured;
}

/**
 * pgloader as the first step to the archive this app has: it fills the app's own tables, bare, and in its time come
 * then artists, keys, indexes, triggers and what is derived. Still nothing is verified, and dates and popularity,
 * which would write every track again, are left out to its advantage.
 */
export async function measurePgloaderAndRest(
  file: string,
  url: string,
  directory: string,
): Promise<Measured> {
  const { after, userId } = await using(url, async (db) => {
    const { user_id } = await db.one<{ user_id: number }>(
      `INSERT INTO users (spotify_id) VALUES ('listener') RETURNING user_id`,
    );
    await db.execute(`ALTER TABLE snapshots ALTER user_id SET DEFAULT ${user_id}`);
    return { after: await strip(db), userId: user_id };
  });
  const loaded = await runPgloader(directory, file, url, GIVEN_TABLES);
  await expectRows(url);
  const started = performance.now();
  await using(url, (db) =>
    db.withTransaction(async (tx) => {
      for (const sql of SETTINGS) await tx.execute(sql);
      await addPayloadArtists(tx, userId, 'tracks');
      for (const sql of after) await tx.execute(sql);
    }),
  );
  const rest = (performance.now() - started) / 1000 + (await measureSummary(url));
  return { ...loaded, seconds: loaded.seconds + rest };
}

async function expectRows(url: string): Promise<void> {
  const { count } = await using(url, (db) =>
    db.one<{ count: number }>(
      'SELECT least((SELECT count(*) FROM tracks), (SELECT count(*) FROM snapshots))::int AS count',
    ),
  );
  if (count === 0) throw new Error('pgloader says that all is well, but not a row arrived');
}

function runPgloader(directory: string, file: string, url: string, what: string): Promise<Measured> {
  const script = path.join(directory, 'pgloader.load');
  writeFileSync(script, `LOAD DATABASE FROM sqlite://${file} INTO ${addressOf(url)}\n${what}`);
  return measureProgram('pgloader', ['--dynamic-space-size', '4096', script]);
}

const BATCHES = 'workers = 2, concurrency = 1, batch rows = 1000, batch size = 4MB, prefetch rows = 1000';
const CASTS = `
CAST column tracks.raw_json to jsonb using remove-null-characters,
  column tracks.duration_ms to integer drop typemod using integer-to-string,
  column snapshots.rank to integer drop typemod using integer-to-string,
  column snapshots.snapshot_date to date using sqlite-timestamp-to-timestamp`;
const OWN_TABLES = `WITH include drop, create tables, create indexes, ${BATCHES}${CASTS}
AFTER LOAD DO
  $$ CREATE INDEX ON tracks USING gin (raw_json jsonb_path_ops) $$,
  $$ CREATE INDEX ON snapshots (time_range, track_id, snapshot_date) INCLUDE (rank) $$,
  $$ ALTER TABLE snapshots ADD FOREIGN KEY (track_id) REFERENCES tracks $$;
`;
const GIVEN_TABLES = `WITH data only, create no indexes, reset no sequences, ${BATCHES}${CASTS};
`;

/** pgloader's own way of naming a socket directory. */
function addressOf(url: string): string {
  const { username, password, host, pathname, searchParams } = new URL(url.replace('@/', '@socket/'));
  const user = password === '' ? username : `${username}:${password}`;
  const at = host === 'socket' ? `unix:${searchParams.get('host') ?? ''}:5432` : host;
  return `postgresql://${user}@${at}${pathname}`;
}
