import { FIRST_YEAR, LAST_YEAR } from '../../../src/calendar.ts';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from 'better-sqlite3';
import { from as copyFrom } from 'pg-copy-streams';
import type { Transaction } from '../../../src/db.ts';
import { quoteName } from '../../../src/database/sql-text.ts';
import type { SourceTable } from '../read/open-source.ts';
import { BinaryArray } from './arrays.ts';
import { NotForFastPath } from './may-go-fast.ts';

/**
 * An independent second reading of the file: none of our code decodes the payloads, and SQLite itself prints the rows
 * of lists. Its digest is compared with that of the tables.
 */

/** The number of rows and the sum of a 64-bit hash over each, so that order does not matter. */
export interface Digest {
  readonly rows: number;
  readonly sum: string;
}

const CHUNK_ROWS = 500;
const CHUNK_BYTES = 1024 * 1024;
const LIST_ROWS = 10_000;

const TEXTS = ['track_id', 'name', 'artist_name', 'album_name', 'spotify_url', 'raw_json'] as const;

/** Arrays of each column in TEXTS, then of durations; valid until the next chunk. */
export interface SourceTracks {
  readonly rows: number;
  readonly values: readonly Buffer[];
  readonly payloads: readonly Buffer[];
}

/** A chunk as a relation `k` with parsed payloads; the values of SourceTracks are its parameters from `first` on. */
export const sourceTracks = (first: number): string => `
  (SELECT track_id, name, artist_name, album_name, duration_ms, spotify_url, raw_json::jsonb AS raw_json
   FROM unnest(${TEXTS.map((_, at) => `$${first + at}::text[]`).join(', ')}, $${first + TEXTS.length}::int[])
     AS chunk (${TEXTS.join(', ')}, duration_ms) OFFSET 0) AS k`;

export function* readSourceTracks(
  db: Database,
  { name, columns }: SourceTable,
): Generator<SourceTracks, void, undefined> {
  const arrays = [...TEXTS.map(() => new BinaryArray('text')), new BinaryArray('int')];
  let payloads: Buffer[] = [];
  let [rows, bytes] = [0, 0];
  const take = (): SourceTracks => {
    const chunk = { rows, values: arrays.map((array) => array.take()), payloads };
    [rows, bytes, payloads] = [0, 0, []];
    return chunk;
  };
  const selected = [...TEXTS.map(asBytes), asWhole('duration_ms')].map((sql) => sql(columns)).join(', ');
  const statement = db.prepare<[], (Buffer | number | null)[]>(
    `SELECT ${selected} FROM ${quoteName(name)} NOT INDEXED`,
  );
  for (const row of statement.raw().iterate()) {
    row.forEach((value, at) => arrays[at]?.add(wanted(value, at < TEXTS.length)));
    const payload = row[TEXTS.length - 1];
    if (Buffer.isBuffer(payload)) {
      payloads.push(payload);
      bytes += payload.length;
    }
    rows += 1;
    if (rows === CHUNK_ROWS || bytes > CHUNK_BYTES) yield take();
  }
  if (rows > 0) yield take();
}

type Columns = SourceTable['columns'];

/** A cell of another storage class comes as a number instead of bytes, or the other way round. */
const asBytes =
  (column: string) =>
  (columns: Columns): string => {
    const actual = columns.get(column) ?? null;
    if (actual === null) return 'NULL';
    const cell = quoteName(actual);
    return `CASE typeof(${cell}) WHEN 'text' THEN CAST(${cell} AS BLOB) WHEN 'null' THEN NULL ELSE 0 END`;
  };
const asWhole =
  (column: string) =>
  (columns: Columns): string => {
    const actual = columns.get(column) ?? null;
    if (actual === null) return 'NULL';
    const cell = quoteName(actual);
    return `CASE WHEN typeof(${cell}) = 'integer' AND ${cell} BETWEEN 0 AND 2147483647 THEN ${cell}
      WHEN ${cell} IS NOT NULL THEN x'' END`;
  };

function wanted(value: Buffer | number | null, bytes: boolean): Buffer | number | null {
  if (value !== null && Buffer.isBuffer(value) !== bytes) throw new NotForFastPath('a cell of another kind');
  return value;
}

/** Rows that `odd` counts take the staged path. Multibyte characters and NUL make the two lengths differ. */
const PLAIN = {
  track_id: `typeof(track_id) = 'text' AND length(track_id) BETWEEN 1 AND 800
    AND length(CAST(track_id AS BLOB)) = length(track_id) AND track_id NOT GLOB '*[^0-9A-Za-z_:%.-]*'`,
  snapshot_date: `typeof(snapshot_date) = 'text' AND date(snapshot_date) IS snapshot_date 
    AND snapshot_date >= '${FIRST_YEAR}' AND snapshot_date < '${LAST_YEAR + 1}'`,
  time_range: `typeof(time_range) = 'text' AND time_range IN ('short_term', 'medium_term', 'long_term')`,
  rank: `(rank IS NULL OR typeof(rank) = 'integer' AND rank BETWEEN 1 AND 2147483647)`,
};

interface SourceList {
  readonly lines: Buffer | null;
  readonly last: number | null;
  readonly odd: number;
}

/** Lines for COPY, made by SQLite. @throws NotForFastPath */
function* readSourceSnapshots(
  db: Database,
  { name, columns }: SourceTable,
): Generator<Buffer, void, undefined> {
  const named = Object.keys(PLAIN).map((column) => {
    const actual = columns.get(column) ?? null;
    return `${actual === null ? 'NULL' : quoteName(actual)} AS ${column}`;
  });
  const statement = db.prepare<[number], SourceList>(
    `SELECT CAST(group_concat(track_id || char(9) || snapshot_date || char(9) || time_range || char(9) ||
              COALESCE(rank, '\\N'), char(10)) || char(10) AS BLOB) AS lines,
            max(row) AS last, total((${Object.values(PLAIN).join(' AND ')}) IS NOT TRUE) AS odd
     FROM (SELECT _rowid_ AS row, ${named.join(', ')} FROM ${quoteName(name)} NOT INDEXED
           WHERE _rowid_ > ? ORDER BY _rowid_ LIMIT ${LIST_ROWS})`,
  );
  for (let list = statement.get(-1); list && list.last !== null; list = statement.get(list.last)) {
    if (list.odd > 0 || list.lines === null) throw new NotForFastPath('a list entry that is not plain');
    yield list.lines;
  }
}

/** As source_snapshots, a table of this transaction. */
export async function stageSourceSnapshots(
  tx: Transaction,
  db: Database,
  table: SourceTable,
  go: () => void,
): Promise<void> {
  await tx.execute(
    `CREATE TEMP TABLE source_snapshots (track_id text, snapshot_date date, time_range text, rank integer) ON COMMIT DROP`,
  );
  const pieces = function* (): Generator<Buffer, void, undefined> {
    for (const lines of readSourceSnapshots(db, table)) {
      go();
      yield lines;
    }
  };
  const stream = tx.client.query(copyFrom('COPY source_snapshots FROM STDIN'));
  await pipeline(Readable.from(pieces(), { highWaterMark: 1 }), stream);
}

const digest = (row: string, from: string): string =>
  `SELECT count(*)::int AS rows, COALESCE(sum(hash_record_extended(ROW(${row}), 0)::numeric), 0)::text AS sum FROM ${from}`;

const TRACK =
  'track_id, name, artist_name, album_name, duration_ms, spotify_url, raw_json, release_date, release_date_precision, popularity';
const ENTRY = 'track_id, snapshot_date, time_range, rank';

/** This time the server reads the payloads. */
const SOURCE_TRACK = `k.track_id, k.name, k.artist_name, k.album_name, k.duration_ms,
  COALESCE(k.spotify_url, pg_temp.payload_url(k.raw_json)), k.raw_json, r.release_date, r.release_precision,
  pg_temp.payload_popularity(k.raw_json)`;

const SOURCE_TRACKS_DIGEST = digest(
  SOURCE_TRACK,
  `${sourceTracks(1)} CROSS JOIN LATERAL pg_temp.payload_release(k.raw_json) AS r`,
);

export async function digestSourceTracks(
  tx: Transaction,
  db: Database,
  table: SourceTable,
  go: () => void,
): Promise<Digest> {
  let [rows, sum] = [0, 0n];
  for (const chunk of readSourceTracks(db, table)) {
    go();
    const found = await tx.one<Digest>(SOURCE_TRACKS_DIGEST, chunk.values);
    rows += found.rows;
    sum += BigInt(found.sum);
  }
  return { rows, sum: sum.toString() };
}

export const digestSourceSnapshots = (tx: Transaction): Promise<Digest> =>
  tx.one(digest(ENTRY, 'source_snapshots'));

export const digestTracks = (tx: Transaction): Promise<Digest> => tx.one(digest(TRACK, 'tracks'));

export const digestSnapshots = (tx: Transaction, userId: number): Promise<Digest> =>
  tx.one(digest(ENTRY, 'snapshots WHERE user_id = $1'), [userId]);
