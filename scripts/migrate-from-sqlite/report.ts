import path from 'node:path';
import { alignColumns, grouped, sum } from '../print.ts';
import type { Source, Unmoved } from './read/open-source.ts';
import { escapeControls } from './escape-controls.ts';
import type { Layout } from './read/layouts.ts';
import type { RejectCount } from './rejects/rejects.ts';

export type MoveMode = 'move' | 'dry-run';

/** Where the rows of one source table went; `read` is the sum of the others. */
export interface TableReport {
  readonly table: string;
  readonly read: number;
  /** Added or completed. */
  readonly moved: number;
  readonly alreadyThere: number;
  /** The archive has something else, which stays; the source's values become rejects. */
  readonly kept: number;
  /** Equal to an earlier row of the file. */
  readonly duplicates: number;
  readonly rejected: number;
}

export interface MoveReport {
  readonly mode: MoveMode;
  readonly source: { readonly name: string; readonly layout: Layout; readonly bytes: number };
  /** Null: no copy was wanted. */
  readonly backup: string | null;
  readonly archive: { readonly userId: number; readonly spotifyId: string | null };
  /** False: the archive had everything already, and no row was written. */
  readonly changed: boolean;
  readonly tables: readonly TableReport[];
  readonly rejects: readonly RejectCount[];
  /** Rejects that no earlier run has stored. */
  readonly newRejects: number;
  readonly conversions: Readonly<Record<string, number>>;
  /** `table.column`; a missing column counts as NULL. */
  readonly missingColumns: readonly string[];
  readonly unmoved: readonly Unmoved[];
  readonly warnings: readonly string[];
  readonly seconds: number;
  readonly rowsPerSecond: number;
}

/** @param started performance.now() at the start */
export function timeOf(
  tables: readonly TableReport[],
  started: number,
): { seconds: number; rowsPerSecond: number } {
  const seconds = (performance.now() - started) / 1000;
  const rows = sum(tables.map((table) => table.read));
  return { seconds: Math.round(seconds * 100) / 100, rowsPerSecond: Math.round(rows / seconds) };
}

interface Run {
  readonly options: { readonly file: string; readonly mode?: MoveMode };
  readonly backup: string | null;
  readonly started: number;
}

export function describeMove(
  { options, backup, started }: Run,
  { layout, bytes, tables, unmoved }: Source,
  found: Pick<
    MoveReport,
    'tables' | 'conversions' | 'archive' | 'rejects' | 'newRejects' | 'changed' | 'warnings'
  >,
): MoveReport {
  return {
    mode: options.mode ?? 'move',
    source: { name: path.basename(options.file), layout, bytes },
    backup,
    ...found,
    missingColumns: tables.flatMap((table) => table.missing.map((column) => `${table.name}.${column}`)),
    unmoved,
    ...timeOf(found.tables, started),
  };
}

/** 1: something is in the rejects, or in a table that the archive does not have. */
export function exitCodeOf(report: MoveReport): 0 | 1 {
  const left = report.unmoved.some(
    ({ kind, rows }) => (rows ?? 0) > 0 || ((kind === 'table' || kind === 'column') && rows === null),
  );
  return report.rejects.length > 0 || left ? 1 : 0;
}

const FIGURES = ['read', 'moved', 'alreadyThere', 'kept', 'duplicates', 'rejected'] as const;
const HEADERS = ['table', 'read', 'moved', 'already there', 'kept newer', 'duplicates', 'rejected'];

export function printReport(report: MoveReport): string {
  return [
    `${report.source.name} (${report.source.layout} layout), ${whose(report)}`,
    '',
    ...describeTables(report.tables),
    '',
    ...describeRejects(report),
    ...describeRest(report),
    summary(report),
  ]
    .map(escapeControls)
    .join('\n');
}

function whose({ archive }: MoveReport): string {
  return archive.spotifyId === null
    ? 'unclaimed until its owner signs in and claims it'
    : `in the archive of ${archive.spotifyId}`;
}

function describeTables(tables: readonly TableReport[]): string[] {
  const total = (figure: (typeof FIGURES)[number]): string =>
    grouped(sum(tables.map((table) => table[figure])));
  const rows = tables.map((table) => [table.table, ...FIGURES.map((figure) => grouped(table[figure]))]);
  const all = tables.length > 1 ? [['all', ...FIGURES.map(total)]] : [];
  return alignColumns([HEADERS, ...rows, ...all]);
}

/** Most frequent first; these also explain "kept newer" and "rejected". */
function describeRejects({ rejects, newRejects }: MoveReport): string[] {
  if (rejects.length === 0) return [];
  const lines = rejects
    .toSorted((a, b) => b.count - a.count)
    .map(
      ({ table, column, reason, count }) =>
        `  ${grouped(count)} × ${table}${column === null ? ' (whole row)' : `.${column}`}: ${reason}`,
    );
  return [`Set aside unchanged in import_rejects (${grouped(newRejects)} new):`, ...lines, ''];
}

function describeRest(report: MoveReport): string[] {
  const converted = Object.entries(report.conversions).map(
    ([what, count]) => `  ${grouped(count)} × ${what}`,
  );
  const unmoved = report.unmoved.map(({ kind, name, rows }) => `  ${kind} ${name}${rowsInWords(kind, rows)}`);
  return [
    ...section('Converted:', converted),
    ...section(
      'Columns that the file does not have:',
      report.missingColumns.map((name) => `  ${name}`),
    ),
    ...section('Not moved:', unmoved),
    ...section(
      'Warnings:',
      report.warnings.map((line) => `  ${line}`),
    ),
    ...(report.backup === null ? [] : [`Backup copy: ${report.backup}`]),
  ];
}

/** Views and triggers have no number; a table without one cannot be read. */
function rowsInWords(kind: string, rows: number | null): string {
  if (rows !== null) return ` (${grouped(rows)} rows)`;
  return kind === 'table' || kind === 'column' ? ' (cannot be read)' : '';
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines, ''];

const OUTCOMES: Readonly<Record<MoveMode, (changed: boolean) => string>> = {
  move: (changed) =>
    changed
      ? 'Moved and verified value by value'
      : 'Nothing new: the archive already had everything, verified value by value',
  'dry-run': () => 'Dry run: everything was tried and rolled back, nothing was written',
};

function summary(report: MoveReport): string {
  const speed = `${report.seconds.toFixed(1)} s, ${grouped(report.rowsPerSecond)} rows/s`;
  return `${OUTCOMES[report.mode](report.changed)} (${speed}).`;
}
