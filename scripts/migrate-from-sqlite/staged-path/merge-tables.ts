import type { Layout } from '../read/layouts.ts';
import type { StagedTable } from './staged-tables.ts';

/** A value of the source and the column, or the two columns, that hold it. */
export interface MergedColumn {
  /** As the source calls it. */
  readonly source: string;
  readonly columns: readonly string[];
  readonly json?: true;
  /** The archive keeps the earliest time it was given, so that the order of two moves makes no difference. */
  readonly earliest?: true;
  /** SQL: a value that says nothing, in a file as in the archive: it stays until something is known. */
  readonly unknown?: string;
  /** What is written with the value, and only with it: columns and their values. */
  readonly alongside?: Readonly<Record<string, string>>;
}

export interface MergedTable {
  readonly source: string;
  readonly staged: StagedTable;
  readonly target: string;
  readonly key: readonly string[];
  /** The listener's own rows: `user_id` leads the key. */
  readonly personal: boolean;
  readonly columns: readonly MergedColumn[];
  /** Shared by all: where it is kept which listener's file said what. */
  readonly files?: 'file_tracks' | 'file_artists';
  readonly keptReason: 'keptValue' | 'keptRank';
  readonly touches: string;
}

const plain = (name: string): MergedColumn => ({ source: name, columns: [name] });
const NO_LETTERS = `''`;
const text = (name: string): MergedColumn => ({ ...plain(name), unknown: NO_LETTERS });
const duration: MergedColumn = { ...plain('duration_ms'), unknown: '0' };
const json = (name: string): MergedColumn => ({ source: name, columns: [name], json: true });
const audioFeatures: MergedColumn = {
  ...json('audio_features'),
  alongside: { audio_features_source: `'archive'`, audio_features_at: 'now()' },
};
const createdAt: MergedColumn = { source: 'created_at', columns: ['created_at'], earliest: true };
const released: MergedColumn = {
  source: 'release_date',
  columns: ['release_date', 'release_date_precision'],
};

const ARTISTS: MergedTable = {
  source: 'artists',
  staged: 'staged_artists',
  target: 'artists',
  key: ['artist_id'],
  personal: false,
  columns: [text('name'), createdAt],
  files: 'file_artists',
  keptReason: 'keptValue',
  touches: '',
};

const tracks = (columns: readonly MergedColumn[]): MergedTable => ({
  source: 'tracks',
  staged: 'staged_tracks',
  target: 'tracks',
  key: ['track_id'],
  personal: false,
  columns,
  files: 'file_tracks',
  keptReason: 'keptValue',
  touches: ', updated_at = now()',
});

const SNAPSHOTS: MergedTable = {
  source: 'snapshots',
  staged: 'staged_snapshots',
  target: 'snapshots',
  key: ['snapshot_date', 'time_range', 'track_id'],
  personal: true,
  columns: [plain('rank')],
  keptReason: 'keptRank',
  touches: '',
};

const PLAYLIST_TRACKS: MergedTable = {
  source: 'playlist_tracks',
  staged: 'staged_entries',
  target: 'playlist_tracks',
  key: ['playlist_id', 'track_id'],
  personal: true,
  columns: [plain('position'), createdAt],
  keptReason: 'keptValue',
  touches: '',
};

/** In foreign-key order: parents before children. Only values the source itself holds; what is derived comes apart. */
export const MERGED: Readonly<Record<Layout, readonly MergedTable[]>> = {
  snapshots: [
    tracks([
      text('name'),
      text('artist_name'),
      text('album_name'),
      duration,
      plain('spotify_url'),
      json('raw_json'),
    ]),
    SNAPSHOTS,
  ],
  playlists: [
    ARTISTS,
    tracks([
      text('name'),
      text('album_name'),
      released,
      duration,
      plain('popularity'),
      audioFeatures,
      createdAt,
    ]),
    PLAYLIST_TRACKS,
  ],
};

/** `s.` the staged value as the target's type, `t.` the target's; a pair stands and falls with its first column. */
export const staged = (column: MergedColumn, name = column.columns[0]): string =>
  column.json ? `s.${name}::jsonb` : `s.${name}`;
const first = (column: MergedColumn): string => String(column.columns[0]);

export const joined = (table: MergedTable): string =>
  [
    ...(table.personal ? ['t.user_id = $1'] : ['$1::bigint IS NOT NULL']),
    ...table.key.map((column) => `t.${column} = s.${column}`),
  ].join(' AND ');

/** True where the target holds nothing, or nothing that stands against the file's. */
function givesWay(column: MergedColumn): string {
  const name = first(column);
  const ways = [`t.${name} IS NULL`];
  if (column.unknown !== undefined)
    ways.push(`t.${name} = ${column.unknown} AND s.${name} <> ${column.unknown}`);
  return `(${ways.join(' OR ')})`;
}

/** True where the source knows something that the target does not. */
export function completes(column: MergedColumn): string {
  const name = first(column);
  return column.earliest ? `s.${name} < t.${name}` : `(${givesWay(column)} AND s.${name} IS NOT NULL)`;
}

/** True where both know something and it is not the same. */
export function differs(table: MergedTable, column: MergedColumn): string {
  if (column.earliest) return `s.${first(column)} > t.${first(column)}`;
  const unlike = column.columns.map((name) => `${staged(column, name)} <> t.${name}`).join(' OR ');
  const both =
    column.unknown === undefined
      ? ''
      : ` AND ${column.unknown} NOT IN (s.${first(column)}, t.${first(column)})`;
  const anything = column.json ? `(NOT ${sameBytes(column)} AND ${unlike})` : `((${unlike})${both})`;
  return `(${anything} AND NOT ${isFiled(table, column)})`;
}

/** Two payloads stored alike byte for byte are equal, and that is seen several times faster than by walking them. */
const sameBytes = (column: MergedColumn): string =>
  `record_image_eq(ROW(${staged(column)}), ROW(t.${first(column)}))`;

/** True where the target holds the source's value now. */
export function arrived(table: MergedTable, column: MergedColumn): string {
  const same = column.columns.map((name) => `t.${name} IS NOT DISTINCT FROM ${staged(column, name)}`);
  const quick = column.json ? `${sameBytes(column)} OR ` : '';
  const says =
    column.unknown === undefined
      ? ''
      : `s.${first(column)} = ${column.unknown} AND t.${first(column)} IS NOT NULL OR `;
  return `(s.${first(column)} IS NULL OR ${says}${quick}(${same.join(' AND ')}) OR ${isFiled(table, column)})`;
}

/** What a listener's file may have said before Spotify did: see file_tracks. */
const FILED: ReadonlySet<string> = new Set([
  'name',
  'artist_name',
  'album_name',
  'duration_ms',
  'spotify_url',
  'raw_json',
  'release_date',
  'popularity',
]);
export const filedColumns = (table: MergedTable): readonly MergedColumn[] =>
  table.files === undefined ? [] : table.columns.filter((column) => FILED.has(first(column)));

/** True where the catalogue has given way to Spotify, and the source's value is kept with its listener ($1). */
const isFiled = (table: MergedTable, column: MergedColumn): string =>
  filedColumns(table).includes(column)
    ? `EXISTS (SELECT FROM ${table.files} AS filed WHERE filed.user_id = $1
         AND filed.${table.key[0]} = s.${table.key[0]} AND filed.${first(column)} = ${staged(column)})`
    : 'false';

export function completed(column: MergedColumn): string[] {
  if (column.earliest) return column.columns.map((name) => `${name} = LEAST(t.${name}, s.${name})`);
  // A pair comes from one side: its second column follows the first. So does what is written alongside.
  const values = [
    ...column.columns.map((name) => [name, staged(column, name)] as const),
    ...Object.entries(column.alongside ?? {}),
  ];
  return values.map(
    ([name, value]) => `${name} = CASE WHEN ${completes(column)} THEN ${value} ELSE t.${name} END`,
  );
}
