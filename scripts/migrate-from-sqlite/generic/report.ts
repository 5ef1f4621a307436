import type { LeftBehind } from './left-behind.ts';
import { escapeControls } from '../escape-controls.ts';
import type { RejectCount } from '../rejects/rejects.ts';
import { alignColumns, grouped } from '../../print.ts';
import type { MoveMode } from '../report.ts';

/** A verification is a move that is rolled back. */
export type FileMode = MoveMode | 'verify';

/** `read` is the sum of `moved`, `alreadyThere`, `kept` and `rejected`. */
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
  /** This run made the schema. */
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

/** 1: some values are in the rejects, or in a table that could not be moved. */
export function exitCodeOf(report: GenericReport): 0 | 1 {
  const isData = ({ kind }: LeftBehind): boolean => kind === 'virtual table' || kind === 'column';
  return report.rejects.length > 0 || report.leftBehind.some(isData) ? 1 : 0;
}

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
      `Set aside unchanged in ${report.schema}.import_rejects (${grouped(report.newRejects)} new):`,
      rejects,
    ),
    ...section(
      'Not moved, or changed:',
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
      : 'Nothing new: the schema already had everything, verified value by value',
  'dry-run': () => 'Dry run: everything was tried and rolled back, nothing was written',
  verify: () => 'Verified: the schema has every value of the file',
};
