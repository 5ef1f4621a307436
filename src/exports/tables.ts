import { TRACK_VALUES } from '../catalogue/files-and-spotify.ts';
import type { Queries } from '../db.ts';
import { quoteName } from '../database/sql-text.ts';
import { OWN } from './old-layout.ts';

export interface ExportedTable {
  readonly name: string;
  /** SQL after the columns; `t` is the table. */
  readonly rows: string;
  readonly order: string;
  readonly without?: Readonly<Record<string, string>>;
  /** The export's first version with this table. Default 1. */
  readonly since?: number;
  /** The only columns that are not derived. */
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
/** A row without values only says that the catalogue agrees. */
const FILED = (table: string, ...values: readonly string[]): string =>
  `${OWN_ROWS(table)} AND num_nonnulls(${values.join(', ')}) > 0`;
const CATALOGUE_KNOWS = 'what the catalogue has of it differs between instances';
const FILED_HERE = { brought: CATALOGUE_KNOWS, gave_way_at: CATALOGUE_KNOWS };
const ASKED_HERE = { from_spotify: 'whether Spotify was asked differs between instances' };
const LEASE = 'the worker that was sending it belongs to the other instance';
const TASK = 'the process that was at it belongs to the other instance';

const CATALOGUE: readonly ExportedTable[] = [
  {
    name: 'tracks',
    rows: `FROM tracks AS t WHERE track_id IN ${OWN_TRACKS}`,
    order: 'track_id COLLATE "C"',
    without: { ...ASKED_HERE, newest_name: 'what Spotify says today, which a file cannot know' },
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
      again_at: 'only the listener resumes a restored sending',
    },
  },
  {
    name: 'history_imports',
    rows: `${OWN_ROWS('history_imports')} AND state = 'done'`,
    order: 'history_import_id',
    without: { task: TASK, leased_until: TASK, share_done: TASK, rows_read: TASK, failure: TASK },
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

const DERIVED = 'derived: the database makes it from the rest of the export';

export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  spotify_connections: 'Spotify’s tokens: keys to an account do not belong in a file',
  api_tokens: 'keys to this instance do not belong in a file',
  play_polls: 'when plays are fetched next differs between instances',
  job_leases: 'jobs of this instance’s workers',
  downloads: 'downloads under way',
  listed_artists: DERIVED,
  library_measures: DERIVED,
  snapshot_lists: DERIVED,
  snapshot_periods: DERIVED,
  artist_snapshot_lists: DERIVED,
  artist_snapshot_periods: DERIVED,
  staged_plays: 'rows of files that the listener has not accepted yet',
  played_tracks: DERIVED,
  played_artists: DERIVED,
  played_albums: DERIVED,
  play_endings: DERIVED,
  play_days: DERIVED,
  played_from: DERIVED,
  discoveries: DERIVED,
  play_sessions: DERIVED,
  archive_summaries: DERIVED,
  archive_changes: DERIVED,
};

/** Without `user_id`, which the manifest gives once. */
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

/** PostgreSQL itself writes each row as one text `line`, so a payload is byte for byte what is stored. */
export const linesQuery = ({ name, rows, order }: ExportedTable, columns: readonly string[]): string =>
  `SELECT (SELECT row_to_json(r)::text FROM (SELECT ${columns.join(', ')}) AS r) AS line
   ${name === 'users' ? rows.replace('WHERE user_id', 'WHERE t.user_id') : rows} ORDER BY ${order}`;

export const ofRow = (column: string): string => `t.${quoteName(column)}`;
