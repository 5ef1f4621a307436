import { TRACK_VALUES } from '../catalogue/files-and-spotify.ts';
import type { Queries } from '../db.ts';
import { quoteName } from '../sql-text.ts';
import { OWN } from './old-layout.ts';

/** A table that an export holds, one JSON line for each row. */
export interface ExportedTable {
  readonly name: string;
  /** Which rows, as SQL after the columns; `t` is the table. */
  readonly rows: string;
  /** A settled order, the same in every database. */
  readonly order: string;
  /** Columns that stay here, and why. */
  readonly without?: Readonly<Record<string, string>>;
  /** The version of the export's layout that first had it, where that is not the first. */
  readonly since?: number;
  /** The only columns that are no derivation. */
  readonly only?: readonly string[];
}

const OWN_ROWS = (table: string): string => `FROM ${table} AS t WHERE ${OWN}`;
const OWN_TRACKS = `(SELECT track_id FROM library_tracks WHERE ${OWN}
  UNION SELECT track_id FROM hidden_tracks WHERE ${OWN}
  UNION SELECT track_id FROM file_tracks WHERE ${OWN})`;
const OWN_ARTISTS = `(SELECT artist_id FROM track_artists WHERE track_id IN ${OWN_TRACKS}
  UNION SELECT artist_id FROM artist_snapshots WHERE ${OWN}
  UNION SELECT artist_id FROM hidden_artists WHERE ${OWN}
  UNION SELECT artist_id FROM file_artists WHERE ${OWN})`;
/** A row that says nothing says that the catalogue still does. */
const FILED = (table: string, ...values: readonly string[]): string =>
  `${OWN_ROWS(table)} AND num_nonnulls(${values.join(', ')}) > 0`;
const CATALOGUE_KNOWS = 'which of it stands in the catalogue: each instance knows that of its own';
const FILED_HERE = { brought: CATALOGUE_KNOWS, gave_way_at: CATALOGUE_KNOWS };
const ASKED_HERE = { from_spotify: 'whether Spotify was asked: each instance knows that of itself' };
const LEASE = 'who was sending it there; nobody is here';

/** What the archive refers to and other listeners may share. In the order of the foreign keys. */
const CATALOGUE: readonly ExportedTable[] = [
  {
    name: 'tracks',
    rows: `FROM tracks AS t WHERE track_id IN ${OWN_TRACKS}`,
    order: 'track_id COLLATE "C"',
    without: { ...ASKED_HERE, newest_name: 'what Spotify says today: of a file nobody would believe it' },
  },
  {
    name: 'artists',
    rows: `FROM artists AS t WHERE artist_id IN ${OWN_ARTISTS}`,
    order: 'artist_id COLLATE "C"',
    without: ASKED_HERE,
  },
  {
    name: 'track_artists',
    rows: `FROM track_artists AS t WHERE track_id IN ${OWN_TRACKS}`,
    order: 'track_id COLLATE "C", artist_id COLLATE "C"',
  },
];

/** What belongs to one listener alone. In the order of the foreign keys. */
export const PERSONAL: readonly ExportedTable[] = [
  { name: 'users', rows: OWN_ROWS('users'), order: 'spotify_id' },
  {
    name: 'library_tracks',
    rows: OWN_ROWS('library_tracks'),
    order: 'track_id COLLATE "C"',
    only: ['track_id'],
  },
  {
    name: 'snapshots',
    rows: OWN_ROWS('snapshots'),
    order: 'snapshot_date, time_range COLLATE "C", track_id COLLATE "C"',
  },
  {
    name: 'artist_snapshots',
    rows: OWN_ROWS('artist_snapshots'),
    order: 'snapshot_date, time_range COLLATE "C", artist_id COLLATE "C"',
    since: 2,
  },
  { name: 'playlists', rows: OWN_ROWS('playlists'), order: 'playlist_id COLLATE "C"' },
  {
    name: 'playlist_tracks',
    rows: OWN_ROWS('playlist_tracks'),
    order: 'playlist_id COLLATE "C", track_id COLLATE "C"',
  },
  {
    name: 'playlist_sendings',
    rows: OWN_ROWS('playlist_sendings'),
    order: 'playlist_id COLLATE "C"',
    without: {
      lease: LEASE,
      leased_until: LEASE,
      again_at: 'a worker there may go on with it; here only its listener says so',
    },
  },
  {
    name: 'history_imports',
    rows: `${OWN_ROWS('history_imports')} AND state = 'done'`,
    order: 'history_import_id',
    without: { leased_until: 'which process is reading the files' },
    since: 2,
  },
  {
    name: 'history_import_rows',
    rows: OWN_ROWS('history_import_rows'),
    order: 'history_import_id, row_id',
    since: 2,
  },
  {
    name: 'history_import_repeats',
    rows: OWN_ROWS('history_import_repeats'),
    order: 'history_import_id, file_number',
    since: 2,
  },
  {
    name: 'history_import_tracks',
    rows: OWN_ROWS('history_import_tracks'),
    order: 'track_id COLLATE "C"',
    since: 2,
  },
  { name: 'plays', rows: OWN_ROWS('plays'), order: 'played_at, track_id COLLATE "C", nth' },
  { name: 'paired_plays', rows: OWN_ROWS('paired_plays'), order: 'row_key', since: 2 },
  { name: 'play_gaps', rows: OWN_ROWS('play_gaps'), order: 'after_played_at' },
  { name: 'capture_runs', rows: OWN_ROWS('capture_runs'), order: 'run_id' },
  { name: 'imports', rows: OWN_ROWS('imports'), order: 'import_id' },
  { name: 'hidden_tracks', rows: OWN_ROWS('hidden_tracks'), order: 'track_id COLLATE "C"' },
  { name: 'hidden_artists', rows: OWN_ROWS('hidden_artists'), order: 'artist_id COLLATE "C"' },
  { name: 'own_audio_features', rows: OWN_ROWS('own_audio_features'), order: 'track_id COLLATE "C"' },
  {
    name: 'file_tracks',
    rows: FILED('file_tracks', ...TRACK_VALUES, 'artist_ids'),
    order: 'track_id COLLATE "C"',
    without: FILED_HERE,
    since: 2,
  },
  {
    name: 'file_artists',
    rows: FILED('file_artists', 'name', 'raw_json'),
    order: 'artist_id COLLATE "C"',
    without: FILED_HERE,
    since: 2,
  },
  { name: 'import_rejects', rows: OWN_ROWS('import_rejects'), order: 'import_id, reject_id' },
];

export const EXPORTED: readonly ExportedTable[] = [...CATALOGUE, ...PERSONAL];

const DERIVED = 'derived: the database makes it anew from what is in the export';

/** Tables with rows of a listener that no export holds, and why. */
export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  spotify_connections: 'Spotify’s tokens: a key to an account has no place in a file',
  api_tokens: 'keys to this instance: no other one knows them, and a key has no place in a file',
  play_polls: 'when Spotify is asked for plays next: whoever holds the archive decides that anew',
  job_leases: 'which worker has a job in hand: no worker elsewhere has it',
  downloads: 'what is being sent to them at this moment',
  snapshot_lists: DERIVED,
  snapshot_periods: DERIVED,
  staged_plays: 'rows of files that the listener has not said yes to: the files are theirs',
  played_tracks: DERIVED,
  played_artists: DERIVED,
  played_albums: DERIVED,
  play_periods: DERIVED,
  play_quarters: DERIVED,
  archive_summaries: DERIVED,
  archive_changes: DERIVED,
};

/** The columns of each table that a row can be given. (Whose row it is, is told once for the whole file.) */
export async function listColumns(
  db: Queries,
  tables: readonly ExportedTable[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = await db.many<{ table: string; columns: string[] }>(
    `SELECT relname AS table, array_agg(attname::text ORDER BY attnum) AS columns
     FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
     WHERE attrelid = ANY ($1::regclass[]) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
       AND attname <> 'user_id'
     GROUP BY relname`,
    [tables.map(({ name }) => name)],
  );
  const columnsOf = new Map(found.map(({ table, columns }) => [table, columns]));
  return new Map(
    tables.map(({ name, only, without = {} }) => [
      name,
      only ?? (columnsOf.get(name) ?? []).filter((column) => without[column] === undefined),
    ]),
  );
}

/** One text `line` for each row; `columns` are SQL, with `t` for the row. PostgreSQL itself writes it: a payload is byte for byte what is stored. */
export const linesQuery = ({ name, rows, order }: ExportedTable, columns: readonly string[]): string =>
  `SELECT (SELECT row_to_json(r)::text FROM (SELECT ${columns.join(', ')}) AS r) AS line
   ${name === 'users' ? rows.replace('WHERE user_id', 'WHERE t.user_id') : rows} ORDER BY ${order}`;

export const ofRow = (column: string): string => `t.${quoteName(column)}`;
