import type { Transaction } from '../../../src/db.ts';
import { REASON } from '../faults.ts';
import type { Layout } from '../read/layouts.ts';
import { STAGED, type StagedTable } from './staged-tables.ts';

/** Per source table: equal repetitions, and rows set aside because an earlier one has their key. */
export interface Repeats {
  readonly duplicates: number;
  readonly refused: number;
}

/**
 * Judges the JSON of a refused batch row by row: what cannot be stored becomes NULL and a fault; a JSON string with an
 * object becomes the object. Then the batch joins the others.
 */
export async function judgeJson(tx: Transaction, conversions: Map<string, number>): Promise<void> {
  for (const column of ['raw_json', 'audio_features']) {
    await tx.execute(
      `CREATE TEMP TABLE verdicts ON COMMIT DROP AS
       SELECT n, verdict FROM (
         SELECT n, pg_temp.json_fault(${column}, '${column === 'raw_json' ? 'object' : 'features'}') AS verdict
         FROM judged_tracks WHERE ${column} IS NOT NULL
         OFFSET 0) AS judged
       WHERE verdict IS NOT NULL`,
    );
    await tx.execute(
      `INSERT INTO staged_faults SELECT 'tracks', n, $1::text, verdict FROM verdicts WHERE verdict NOT IN ('inner', 'only')`,
      [column],
    );
    const unwrapped = await tx.execute(
      `UPDATE judged_tracks AS s SET ${column} = s.${column}::jsonb #>> '{}'
       FROM verdicts AS v WHERE v.n = s.n AND v.verdict = 'inner'`,
    );
    const taken = await tx.execute(
      `UPDATE judged_tracks AS s SET ${column} = s.${column}::jsonb ->> 0
       FROM verdicts AS v WHERE v.n = s.n AND v.verdict = 'only'`,
    );
    await tx.execute(
      `UPDATE judged_tracks AS s SET ${column} = NULL FROM verdicts AS v WHERE v.n = s.n AND v.verdict NOT IN ('inner', 'only')`,
    );
    await tx.execute('DROP TABLE verdicts');
    count(conversions, 'JSON written as a JSON string to an object', unwrapped);
    count(conversions, 'audio features in a list of one to an object', taken);
  }
  const columns = ['n', ...STAGED.staged_tracks];
  const values = columns.map((column) => (JSON_COLUMNS.has(column) ? `${column}::jsonb` : column));
  await tx.execute(
    `INSERT INTO staged_tracks (${columns.join(', ')}) SELECT ${values.join(', ')} FROM judged_tracks`,
  );
  await tx.execute('TRUNCATE judged_tracks');
}

function count(conversions: Map<string, number>, what: string, rows: number): void {
  if (rows > 0) conversions.set(what, (conversions.get(what) ?? 0) + rows);
}

const JSON_COLUMNS: ReadonlySet<string> = new Set(['raw_json', 'audio_features']);

const KEYS: Readonly<Record<StagedTable, { source: string; key: readonly string[] }>> = {
  staged_artists: { source: 'artists', key: ['artist_id'] },
  staged_tracks: { source: 'tracks', key: ['track_id'] },
  staged_snapshots: { source: 'snapshots', key: ['track_id', 'snapshot_date', 'time_range'] },
  staged_entries: { source: 'playlist_tracks', key: ['playlist_id', 'track_id'] },
};

/** Except row numbers, which only joined the old tables. */
const restOf = (table: StagedTable): string[] =>
  STAGED[table].filter(
    (column) => ![...KEYS[table].key, 'source_id', 'track_ref', 'taken_at', 'plain_id'].includes(column),
  );

/**
 * Where days are written as times, one day and range may have several lists. The first stays; of later ones, rows that
 * repeat a rank or track are set aside.
 * @returns how many
 */
export async function setSameDayAside(tx: Transaction): Promise<number> {
  const { timed } = await tx.one<{ timed: boolean }>(
    'SELECT EXISTS (SELECT FROM staged_snapshots WHERE taken_at IS NOT NULL) AS timed',
  );
  if (!timed) return 0;
  return tx.execute(
    `WITH first AS (
       SELECT n, rank, COALESCE(taken_at, snapshot_date) AS at,
              min(COALESCE(taken_at, snapshot_date)) OVER (PARTITION BY snapshot_date, time_range, track_id) AS of_track,
              min(COALESCE(taken_at, snapshot_date)) OVER (PARTITION BY snapshot_date, time_range, rank) AS of_rank
       FROM staged_snapshots),
     later AS (
       DELETE FROM staged_snapshots WHERE n IN (
         SELECT n FROM first WHERE at > of_track OR rank IS NOT NULL AND at > of_rank) RETURNING n)
     INSERT INTO staged_faults SELECT 'snapshots', n, NULL, $1::text FROM later`,
    [REASON.sameDay],
  );
}

/** The first row of a key stays; others are counted if equal, set aside if not. */
export async function setRepeatsAside(tx: Transaction, table: StagedTable): Promise<Repeats> {
  const { source, key } = KEYS[table];
  const found = await tx.execute(
    `CREATE TEMP TABLE repeats ON COMMIT DROP AS
     SELECT s.n, first.n AS first_n FROM ${table} AS s
     JOIN (SELECT ${key.join(', ')}, min(n) AS n FROM ${table} GROUP BY ${key.join(', ')} HAVING count(*) > 1) AS first
     USING (${key.join(', ')})
     WHERE s.n > first.n`,
  );
  if (found === 0) {
    await tx.execute('DROP TABLE repeats');
    return { duplicates: 0, refused: 0 };
  }
  const row = (alias: string): string =>
    `ROW(${restOf(table)
      .map((column) => `${alias}.${asWritten(column)}`)
      .join(', ')})`;
  const refused = await tx.execute(
    `INSERT INTO staged_faults
     SELECT $1::text, r.n, NULL, $2::text FROM repeats AS r
     JOIN ${table} AS later ON later.n = r.n JOIN ${table} AS first ON first.n = r.first_n
     WHERE ${row('later')} IS DISTINCT FROM ${row('first')}`,
    [source, REASON.sameKey],
  );
  const repeated = await tx.execute(`DELETE FROM ${table} AS s USING repeats AS r WHERE r.n = s.n`);
  await forgetValueFaults(tx, source);
  await tx.execute('DROP TABLE repeats');
  return { duplicates: repeated - refused, refused };
}

/** As text, the JSON 1.10 differs from 1.1. */
export const asWritten = (column: string): string => (JSON_COLUMNS.has(column) ? `${column}::text` : column);

/** A row set aside whole includes its bad values. */
async function forgetValueFaults(tx: Transaction, source: string): Promise<void> {
  await tx.execute(
    `DELETE FROM staged_faults AS f USING staged_faults AS whole
     WHERE f.source_table = $1 AND whole.source_table = $1 AND f.n = whole.n
       AND whole.source_column IS NULL AND f.source_column IS NOT NULL`,
    [source],
  );
}

/** Replaces the old file's row numbers while every row is still there. */
export async function followReferences(tx: Transaction, layout: Layout): Promise<void> {
  if (layout !== 'playlists') return;
  await tx.execute(
    `UPDATE staged_tracks AS s SET artist_id = a.artist_id, artist_name = a.name
     FROM (SELECT DISTINCT ON (source_id) source_id, artist_id, name FROM staged_artists ORDER BY source_id, n) AS a
     WHERE a.source_id = s.artist_ref`,
  );
  await tx.execute(
    `INSERT INTO staged_faults
     SELECT 'tracks', n, 'artist_id', $1::text FROM staged_tracks WHERE artist_ref IS NOT NULL AND artist_id IS NULL`,
    [REASON.noSuchArtist],
  );
  await tx.execute(
    `UPDATE staged_entries AS s SET track_id = t.track_id
     FROM (SELECT DISTINCT ON (source_id) source_id, track_id FROM staged_tracks ORDER BY source_id, n) AS t
     WHERE t.source_id = s.track_ref`,
  );
}

/**
 * Sets aside list rows whose track is neither in the file nor in the archive. Call it after merging the tracks.
 * @returns how many
 */
export async function setOrphansAside(tx: Transaction, table: StagedTable): Promise<number> {
  return tx.execute(
    `WITH orphans AS (
       DELETE FROM ${table} AS s WHERE NOT EXISTS (SELECT FROM tracks AS t WHERE t.track_id = s.track_id) RETURNING n)
     INSERT INTO staged_faults SELECT $1::text, n, NULL, $2::text FROM orphans`,
    [KEYS[table].source, REASON.noSuchTrack],
  );
}
