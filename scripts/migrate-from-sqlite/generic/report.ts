import type { LeftBehind } from './left-behind.ts';
import { escapeControls } from '../escape-controls.ts';
import type { RejectCount } from '../rejects/rejects.ts';
import { alignColumns, grouped } from '../../print.ts';
import type { MoveMode } from '../report.ts';

/** Here a verification is a move that is taken back. */
export type FileMode = MoveMode | 'verify';

/** Where the rows of one table went; `read` is the sum of `moved`, `alreadyThere`, `kept` and `rejected`. */
export interface GenericTableReport {
  readonly table: string;
  /** `schema.table`. */
  readonly target: string;
  readonly read: number;
  readonly moved: number;
  readonly alreadyThere: number;
  readonly kept: number;
  readonly rejected: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export interface GenericReport {
  readonly mode: FileMode;
  readonly source: { readonly name: string; readonly bytes: number; readonly digest: string };
  readonly schema: string;
  /** The schema was made by this run. */
  readonly created: boolean;
  readonly backup: string | null;
  readonly changed: boolean;
  readonly tables: readonly GenericTableReport[];
  readonly rejects: readonly RejectCount[];
  readonly newRejects: number;
  readonly leftBehind: readonly LeftBehind[];
  readonly seconds: number;
  readonly rowsPerSecond: number;
}

/** 0: every value is in PostgreSQL; 1: some are among the rejects, or in a table that could not be moved. */
export function exitCodeOf(report: GenericReport): 0 | 1 {
  const isData = ({ kind }: LeftBehind): boolean => kind === 'virtual table' || kind === 'column';
  return report.rejects.length > 0 || report.leftBehind.some(isData) ? 1 : 0;
}

/** The report as a person reads it. */
export function printGenericReport(report: GenericReport): string {
  const rows = report.tables.map((table) => [
    table.target,
    ...[table.read, table.moved, table.alreadyThere, table.kept, table.rejected].map(grouped),
  ]);
  const rejects = report.rejects.map(
    ({ table, column, reason, count }) =>
      `  ${grouped(count)} × ${table}${column === null ? ' (whole row)' : `.${column}`}: ${reason}`,
  );
  return [
    `${report.source.name} → schema ${report.schema}`,
    '',
    ...alignColumns([['table', 'read', 'moved', 'already there', 'kept', 'rejected'], ...rows]),
    '',
    ...section(
      `Kept in ${report.schema}.import_rejects exactly as they were (${grouped(report.newRejects)} new):`,
      rejects,
    ),
    ...section(
      'Did not come along as it is:',
      report.leftBehind.map(({ kind, name, why }) => `  ${kind} ${name}: ${why}`),
    ),
    ...(report.backup === null ? [] : [`Backup copy: ${report.backup}`]),
    `${OUTCOMES[report.mode](report.changed)} (${report.seconds.toFixed(1)} s, ${grouped(report.rowsPerSecond)} rows/s).`,
  ]
    .map(escapeControls)
    .join('\n');
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines, ''];

const OUTCOMES: Readonly<Record<FileMode, (changed: boolean) => string>> = {
  move: (changed) =>
    changed
      ? 'Moved and verified value by value'
      : 'Nothing new: all of it was there already, verified value by value',
  'dry-run': () => 'Dry run: all of it was tried and taken back, nothing was written',
  verify: () => 'Verified: the schema holds every value of the file',
};
