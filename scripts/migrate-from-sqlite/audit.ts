import type { Database } from 'better-sqlite3';
import { columnsOf, openReadOnly } from './open-source.ts';
import { describeCell, quoteName, type Cell } from './cells.ts';
import { detectLayout, LAYOUTS } from './layouts.ts';
import { alignColumns } from './report.ts';

export interface AuditedColumn {
  readonly name: string;
  readonly declaredType: string;
  readonly constraints: readonly string[];
  readonly nulls: number;
  /** Storage classes found, with counts. */
  readonly holds: Readonly<Record<string, number>>;
  readonly sample: string | null;
  readonly becomes: string;
  readonly why: string;
}

export interface AuditedTable {
  readonly name: string;
  readonly rows: number;
  readonly foreignKeys: readonly string[];
  readonly indexes: readonly string[];
  readonly columns: readonly AuditedColumn[];
}

export interface Audit {
  readonly file: string;
  readonly layout: string | null;
  readonly tables: readonly AuditedTable[];
}

/** Looks at every table and column of a SQLite file and says what each becomes; changes nothing. */
export async function auditFile(file: string): Promise<Audit> {
  const db = await openReadOnly(file);
  try {
    const names = db
      .prepare<[], { name: string }>(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
      )
      .all()
      .map((row) => row.name);
    const tracks = names.find((name) => name.toLowerCase() === 'tracks');
    const layout = tracks === undefined ? null : detectLayout(columnsOf(db, tracks));
    const known = layout === null ? [] : LAYOUTS[layout].map((shape) => shape.name);
    const tables = names.map((name) => auditTable(db, name, known.includes(name.toLowerCase())));
    return { file, layout, tables };
  } finally {
    db.close();
  }
}

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
}

function auditTable(db: Database, table: string, known: boolean): AuditedTable {
  const list = (sql: string): string[] =>
    db
      .prepare<[string], { line: string }>(sql)
      .all(table)
      .map((row) => row.line);
  const columns = db
    .prepare<[string], ColumnInfo>('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?)')
    .all(table);
  return {
    name: table,
    rows:
      db
        .prepare<[], number>(`SELECT count(*) FROM ${quoteName(table)}`)
        .pluck()
        .get() ?? 0,
    foreignKeys: list(`SELECT "from" || ' → ' || "table" || '.' || COALESCE("to", 'its key') AS line
                       FROM pragma_foreign_key_list(?)`),
    indexes: list('SELECT name AS line FROM pragma_index_list(?)'),
    columns: columns.map((column) => auditColumn(db, table, column, known)),
  };
}

function auditColumn(db: Database, table: string, column: ColumnInfo, known: boolean): AuditedColumn {
  const name = quoteName(column.name);
  const classes = db
    .prepare<[], { holds: string; count: number }>(
      `SELECT typeof(${name}) AS holds, count(*) AS count FROM ${quoteName(table)} GROUP BY 1 ORDER BY 1`,
    )
    .all();
  const holds = Object.fromEntries(classes.map((found) => [found.holds, found.count]));
  const sample = db
    .prepare<[], Record<'cell', Cell>>(
      `SELECT ${name} AS cell FROM ${quoteName(table)} WHERE ${name} IS NOT NULL LIMIT 1`,
    )
    .safeIntegers()
    .get();
  const constraints = [
    ...(column.pk > 0 ? ['PRIMARY KEY'] : []),
    ...(column.notnull > 0 ? ['NOT NULL'] : []),
    ...(column.dflt_value === null ? [] : [`DEFAULT ${column.dflt_value}`]),
  ];
  const [becomes, why] = known
    ? (TYPES[`${table.toLowerCase()}.${column.name.toLowerCase()}`] ??
      TYPES[column.name.toLowerCase()] ??
      UNKNOWN)
    : UNKNOWN_TABLE;
  return {
    name: column.name,
    declaredType: column.type,
    constraints,
    nulls: holds.null ?? 0,
    holds,
    sample: sample === undefined ? null : shorten(sample.cell),
    becomes,
    why,
  };
}

const UNKNOWN = [
  'import_rejects',
  'the archive has no such column: its values are kept as they are',
] as const;
const UNKNOWN_TABLE = ['nothing', 'the archive has no such table: it stays in the file'] as const;

/** What each column of the two layouts becomes; a table's own entry goes before the common one. */
const TYPES: Readonly<Record<string, readonly [string, string]>> = {
  track_id: ['text', 'Spotify’s own id: it has no order and no arithmetic'],
  'playlist_tracks.track_id': ['text', 'the row number is followed to the Spotify id of its track'],
  spotify_id: ['text, primary key', 'Spotify’s own id outlives the old row number'],
  id: ['nothing', 'a row number that only joined the old tables; references follow the Spotify id instead'],
  artist_id: ['text, in track_artists', 'the row number is followed to the Spotify id of its artist'],
  name: ['text', 'free text of any length'],
  artist_name: ['text', 'free text of any length'],
  album_name: ['text', 'free text of any length'],
  spotify_url: ['text', 'an address'],
  duration_ms: ['integer', 'milliseconds; 32 bits hold 24 days'],
  rank: ['integer, above 0', 'a place in a list'],
  position: ['integer', 'a place in a list'],
  popularity: ['smallint, 0 to 100', 'Spotify’s scale'],
  raw_json: ['jsonb', 'JSON text becomes searchable JSON; it must be an object'],
  audio_features: ['jsonb', 'JSON text becomes searchable JSON; it must be an object'],
  snapshot_date: ['date', 'text written YYYY-MM-DD; a day has no zone'],
  release_date: ['date and its precision', 'text that may be a year, a month or a day'],
  created_at: ['timestamptz', 'text with or without a zone; without one it is read in the assumed zone'],
  time_range: ['text, one of three', 'short_term, medium_term or long_term'],
  playlist_id: ['text', 'the old app’s own name for a playlist'],
};

function shorten(cell: Cell): string {
  const { text, hex } = describeCell(cell);
  const shown = text ?? `x'${hex}'`;
  return shown.length > 40 ? `${shown.slice(0, 39)}…` : shown;
}

/** The audit as a person reads it. */
export function printAudit(audit: Audit): string {
  const heading = `${audit.file}: ${audit.layout === null ? 'no layout this move knows' : `${audit.layout} layout`}`;
  return [heading, ...audit.tables.flatMap(printTable)].join('\n');
}

function printTable(table: AuditedTable): string[] {
  const rows = table.columns.map((column) => [
    column.name,
    [column.declaredType || '(no type)', ...column.constraints].join(' '),
    Object.entries(column.holds)
      .map(([what, count]) => `${count} ${what}`)
      .join(', '),
    column.sample ?? '',
    `${column.becomes}: ${column.why}`,
  ]);
  const widths = alignColumns(
    [['column', 'declared', 'holds', 'sample', 'becomes'], ...rows].map((row) =>
      row.map((cell) => cell.replaceAll(/\s+/g, ' ')),
    ),
  );
  return [
    '',
    `${table.name}: ${table.rows.toLocaleString('en')} rows`,
    ...widths.map((line) => `  ${line}`),
    ...table.foreignKeys.map((line) => `  foreign key ${line}`),
    ...table.indexes.map((line) => `  index ${line}`),
  ];
}
