import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { measureProgram, type Measured } from './child.ts';
import { using } from './databases.ts';

/**
 * pgloader at its best: it drops the tables and makes its own, checks nothing, and we add the keys, the indexes and
 * the foreign key it does not know afterwards, in its time.
 */
export async function measurePgloader(file: string, url: string, directory: string): Promise<Measured> {
  const script = path.join(directory, 'pgloader.load');
  writeFileSync(script, commands(file, url));
  const measured = await measureProgram('pgloader', ['--dynamic-space-size', '4096', script]);
  const { count } = await using(url, (db) =>
    db.one<{ count: number }>('SELECT count(*)::int AS count FROM snapshots'),
  );
  if (count === 0) throw new Error('pgloader says that all is well, but not a row arrived');
  return measured;
}

const commands = (file: string, url: string): string => `
LOAD DATABASE FROM sqlite://${file} INTO ${addressOf(url)}
WITH include drop, create tables, create indexes, workers = 2, concurrency = 1, batch rows = 1000,
  batch size = 4MB, prefetch rows = 1000
CAST column tracks.raw_json to jsonb using remove-null-characters,
  column tracks.duration_ms to integer drop typemod using integer-to-string,
  column snapshots.rank to integer drop typemod using integer-to-string,
  column snapshots.snapshot_date to date using sqlite-timestamp-to-timestamp
AFTER LOAD DO
  $$ CREATE INDEX ON tracks USING gin (raw_json jsonb_path_ops) $$,
  $$ CREATE INDEX ON snapshots (time_range, track_id, snapshot_date) INCLUDE (rank) $$,
  $$ ALTER TABLE snapshots ADD FOREIGN KEY (track_id) REFERENCES tracks $$;
`;

/** pgloader's own way of naming a socket directory. */
function addressOf(url: string): string {
  const { username, password, host, pathname, searchParams } = new URL(url.replace('@/', '@socket/'));
  const user = password === '' ? username : `${username}:${password}`;
  const at = host === 'socket' ? `unix:${searchParams.get('host') ?? ''}:5432` : host;
  return `postgresql://${user}@${at}${pathname}`;
}
