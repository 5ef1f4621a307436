import { REASON } from '../faults.ts';
import type { Source } from '../read/open-source.ts';
import type { ComparedRow } from '../verify/compare-table.ts';
import type { PlainCell } from '../verify/read-cells.ts';

export interface TriedReject {
  readonly reject_id: number;
  readonly source_table: string;
  readonly source_key: string;
  readonly source_column: string | null;
  readonly reason: string;
  /** Null for a value, which may be large and is not needed. */
  readonly original: unknown;
}

type Cells = Readonly<Record<string, PlainCell>>;

/** Rejects of rows that are equal except for the faulty part of the key. */
interface Group {
  readonly rejects: TriedReject[];
  rows: number;
}

/**
 * Finds mended rejects by looking at every row of the mended file. A value is mended if its column now says what the
 * archive has. A row is mended if the archive has it under its key or, if the key was faulty, if this run brought an
 * equal row with a new key. If fewer such rows came than rejects wait, it is unclear which one was mended, and all
 * stay.
 */
export class MendedRejects {
  private readonly mended = new Set<number>();
  private readonly seen = new Set<TriedReject>();
  private readonly byKey = new Map<string, TriedReject[]>();
  private readonly groups = new Map<string, Group>();
  /** Per table, the sets of faulty columns. */
  private readonly faulty = new Map<string, Map<string, readonly string[]>>();
  private readonly keys: ReadonlyMap<string, readonly string[]>;

  constructor(rejects: readonly TriedReject[], source: Source) {
    this.keys = new Map(
      source.tables.map((table) => [
        table.shape,
        table.key.filter((column) => !table.missing.includes(column)),
      ]),
    );
    for (const reject of rejects) {
      append(this.byKey, identify(reject.source_table, reject.source_key), reject);
      if (reject.source_column === null) this.group(reject);
    }
  }

  see(table: string, row: ComparedRow): void {
    for (const reject of this.byKey.get(identify(table, row.key)) ?? []) {
      this.seen.add(reject);
      if (
        reject.source_column === null ? this.isBack(reject, row) : row.columns.includes(reject.source_column)
      )
        this.mended.add(reject.reject_id);
    }
    if (!row.isNew || !row.arrived) return;
    for (const columns of this.faulty.get(table)?.values() ?? []) {
      const group = this.groups.get(fingerprint(table, row.cells, columns));
      if (group) group.rows += 1;
    }
  }

  /** Complete once every row was seen. */
  list(): number[] {
    for (const { rejects, rows } of this.groups.values()) {
      const gone = rejects.filter((reject) => !this.seen.has(reject));
      if (rows >= gone.length) for (const reject of gone) this.mended.add(reject.reject_id);
    }
    return [...this.mended];
  }

  /** Where only the row number tells two rows apart, an earlier row with the same key is another one. */
  private isBack(reject: TriedReject, row: ComparedRow): boolean {
    const isNamed = this.keys.get(reject.source_table)?.includes('id') === true;
    return row.arrived && (reject.reason !== REASON.sameKey || isNamed);
  }

  private group(reject: TriedReject): void {
    const cells = reject.original as Cells;
    const columns = columnsAtFault(reject.reason, cells, this.keys.get(reject.source_table) ?? []);
    if (columns.length === 0) return;
    const sets = this.faulty.get(reject.source_table) ?? new Map<string, readonly string[]>();
    this.faulty.set(reject.source_table, sets.set(columns.join(), columns));
    const print = fingerprint(reject.source_table, cells, columns);
    const group = this.groups.get(print) ?? { rejects: [], rows: 0 };
    group.rejects.push(reject);
    this.groups.set(print, group);
  }
}

const LONG = 200;

function columnsAtFault(reason: string, cells: Cells, key: readonly string[]): readonly string[] {
  const named: Readonly<Record<string, string>> = {
    [REASON.notADay]: 'snapshot_date',
    [REASON.farDay]: 'snapshot_date',
    [REASON.unknownTimeRange]: 'time_range',
    [REASON.noSuchTrack]: 'track_id',
  };
  if (named[reason] !== undefined) return [named[reason]];
  const isAtFault: Readonly<Record<string, (cell: PlainCell) => boolean>> = {
    [REASON.keyMissing]: (cell) => cell.type === 'null' || cell.text === '',
    [REASON.keyUnfit]: (cell) => cell.hex !== undefined || cell.type === 'real',
    [REASON.keyTooLong]: (cell) => (cell.text ?? '').length > LONG,
  };
  return key.filter((column) => cells[column] && isAtFault[reason]?.(cells[column]) === true);
}

function fingerprint(table: string, cells: Cells, without: readonly string[]): string {
  const rest = Object.entries(cells)
    .filter(([name]) => !without.includes(name))
    .map(([name, { type, text, hex }]) => [name, type, text, hex])
    .toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1));
  return JSON.stringify([table, without, rest]);
}

const identify = (table: string, key: string): string => `${table} ${key}`;

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
