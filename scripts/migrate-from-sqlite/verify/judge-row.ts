import type { SourceTable } from '../read/open-source.ts';
import type { ComparedTable } from './compared-tables.ts';
import type { PlainCell } from './read-cells.ts';
import { holdsCell, holdsRow, isKept, type StoredReject } from './rejects-of.ts';
import type { StoredRow } from './stored-rows.ts';

type Outcome = 'equal' | 'kept' | 'setAside' | 'missing' | 'different';

export interface RowPair {
  readonly cells: Readonly<Record<string, PlainCell>>;
  /** For each compared column the cell as sent or hashed. */
  readonly readings: readonly (string | undefined)[];
  readonly stored: StoredRow | undefined;
  readonly rejects: readonly StoredReject[];
}

export interface Judgement {
  readonly outcome: Outcome;
  /** Equal in the database, or known better there if the file's cell says nothing. */
  readonly columns: readonly string[];
  /** Neither stored nor set aside. */
  readonly differing: readonly string[];
  /** The row is stored, and what differs is set aside value by value. */
  readonly arrived: boolean;
}

/** A source row is stored, set aside unchanged, or lost. */
export function judgeRow(table: SourceTable, compared: ComparedTable, pair: RowPair): Judgement {
  const { cells, stored, rejects } = pair;
  if (stored?.found !== true) {
    const outcome = rejects.some((reject) => holdsRow(reject, cells)) ? 'setAside' : 'missing';
    return { outcome, columns: [], differing: [], arrived: false };
  }
  const columns = equalColumns(compared, pair, stored);
  const held = otherColumns(table, cells, columns).map((name) => ({
    name,
    by: rejects.filter((reject) => cells[name] && holdsCell(reject, name, cells[name])),
  }));
  const differing = held.filter(({ by }) => by.length === 0).map(({ name }) => name);
  const arrived = differing.length === 0;
  if (arrived) {
    const isLive = held.every(({ by }) => by.some(isKept));
    return {
      outcome: held.length === 0 ? 'equal' : isLive ? 'kept' : 'setAside',
      columns,
      differing,
      arrived,
    };
  }
  if (rejects.some((reject) => holdsRow(reject, cells)))
    return { outcome: 'setAside', columns, differing: [], arrived };
  return { outcome: 'different', columns, differing, arrived };
}

function equalColumns(compared: ComparedTable, { cells, readings }: RowPair, stored: StoredRow): string[] {
  return compared.columns.flatMap(({ source, kind, unknown }, at) => {
    if ((cells[source]?.type ?? 'null') === 'null') return [];
    const value = stored.held[at] ?? null;
    const same = kind === 'check' ? value === 'true' : readings[at] !== undefined && value === readings[at];
    const known = unknown !== undefined && readings[at] === unknown && value !== null;
    return same || known ? [source] : [];
  });
}

/** Except row numbers, which only joined the old tables, and the key. */
function otherColumns(
  table: SourceTable,
  cells: Readonly<Record<string, PlainCell>>,
  equal: readonly string[],
): string[] {
  const isJoining = (name: string): boolean =>
    table.key.includes(name) || (name === 'id' && !table.extra.includes(name));
  return Object.entries(cells).flatMap(([name, cell]) =>
    cell.type === 'null' || equal.includes(name) || isJoining(name) ? [] : [name],
  );
}
