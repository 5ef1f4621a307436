import type { Layout } from '../read/layouts.ts';
import type { StagedTable } from './staged-tables.ts';

/** A value of the source and the one or two columns that store it. */
export interface MergedColumn {
  readonly source: string;
  readonly columns: readonly string[];
  readonly json?: true;
  /** The earliest time wins, so that the order of two moves does not matter. */
  readonly earliest?: true;
  /** SQL: a value that means unknown, in the file as in the archive. */
  readonly unknown?: string;
  /** Columns and values that are written together with the value. */
  readonly alongside?: Readonly<Record<string, string>>;
}

export interface MergedTable {
  readonly source: string;
  readonly staged: StagedTable;
  readonly target: string;
  readonly key: readonly string[];
  /** The key begins with `user_id`. */
  readonly personal: boolean;
  readonly columns: readonly MergedColumn[];
  /** For shared tables: records which listener's file said what. */
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

/** Parents before children. Only values that the source itself has; derived ones follow separately. */
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

/** `s.` is the staged value as the target's type, `t.` the target's; the first column of a pair decides for both. */
export const staged = (column: MergedColumn, name = column.columns[0]): string =>
  column.json ? `s.${name}::jsonb` : `s.${name}`;
const first = (column: MergedColumn): string => String(column.columns[0]);

export const joined = (table: MergedTable): string =>
  [
    ...(table.personal ? ['t.user_id = $1'] : ['$1::bigint IS NOT NULL']),
    ...table.key.map((column) => `t.${column} = s.${column}`),
  ].join(' AND ');

/** True if the target has nothing, or only an unknown value. */
function givesWay(column: MergedColumn): string {
  const name = first(column);
  const ways = [`t.${name} IS NULL`];
  if (column.unknown !== undefined)
    ways.push(`t.${name} = ${column.unknown} AND s.${name} <> ${column.unknown}`);
  return `(${ways.join(' OR ')})`;
}

/** True if the source knows something that the target does not. */
export function completes(column: MergedColumn): string {
  const name = first(column);
  return column.earliest ? `s.${name} < t.${name}` : `(${givesWay(column)} AND s.${name} IS NOT NULL)`;
}

/** True if both know something different. */
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

/** Comparing bytes first is several times faster than comparing payloads. */
const sameBytes = (column: MergedColumn): string =>
  `record_image_eq(ROW(${staged(column)}), ROW(t.${first(column)}))`;

/** True if the target has the source's value now. */
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

/** True if Spotify's answer has replaced the source's value, which is kept for its listener ($1). */
const isFiled = (table: MergedTable, column: MergedColumn): string =>
  filedColumns(table).includes(column)
    ? `EXISTS (SELECT FROM ${table.files} AS filed WHERE filed.user_id = $1
         AND filed.${table.key[0]} = s.${table.key[0]} AND filed.${first(column)} = ${staged(column)})`
    : 'false';

export function completed(column: MergedColumn): string[] {
  if (column.earliest) return column.columns.map((name) => `${name} = LEAST(t.${name}, s.${name})`);
  // The second column of a pair, and what is written alongside, come from the same side as the first.
  const values = [
    ...column.columns.map((name) => [name, staged(column, name)] as const),
    ...Object.entries(column.alongside ?? {}),
  ];
  return values.map(
    ([name, value]) => `${name} = CASE WHEN ${completes(column)} THEN ${value} ELSE t.${name} END`,
  );
}
