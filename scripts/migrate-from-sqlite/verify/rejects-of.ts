import type { Queries } from '../../../src/db.ts';
import { REASON } from '../faults.ts';
import { sameCell, type PlainCell } from './read-cells.ts';

export interface StoredReject {
  readonly reject_id: number;
  readonly source_key: string;
  readonly source_column: string | null;
  readonly reason: string;
  readonly original: PlainCell & Readonly<Record<string, PlainCell>>;
}

const KEPT: ReadonlySet<string> = new Set([REASON.keptValue, REASON.keptRank, REASON.keptTime]);
export const isKept = (reject: StoredReject): boolean => KEPT.has(reject.reason);

/** By the row's key. */
export async function findRejects(
  db: Queries,
  userId: number,
  table: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredReject[]>> {
  const found = await db.many<StoredReject>(
    `SELECT reject_id, source_key, source_column, reason, original FROM import_rejects
     WHERE user_id = $1 AND source_table = $2
       AND md5(source_key) = ANY (SELECT md5(key) FROM unnest($3::text[]) AS keys (key))`,
    [userId, table, keys],
  );
  const byKey = new Map<string, StoredReject[]>();
  for (const reject of found) {
    const others = byKey.get(reject.source_key);
    if (others) others.push(reject);
    else byKey.set(reject.source_key, [reject]);
  }
  return byKey;
}

/** Whether a reject is this cell, unchanged. */
export const holdsCell = (reject: StoredReject, column: string, cell: PlainCell): boolean =>
  reject.source_column === column && sameCell(reject.original, cell);

/** Whether a reject is the whole row, unchanged. */
export function holdsRow(reject: StoredReject, cells: Readonly<Record<string, PlainCell>>): boolean {
  if (reject.source_column !== null) return false;
  const names = Object.keys(reject.original);
  return (
    names.length === Object.keys(cells).length &&
    names.every((name) => sameCell(reject.original[name], cells[name]))
  );
}

/** As in import_rejects. */
export function keyOf(cells: Readonly<Record<string, PlainCell>>, key: readonly string[]): string {
  const part = (name: string): string => {
    const cell = cells[name];
    return `${name}=${cell?.hex === undefined ? (cell?.text ?? 'NULL') : `x'${cell.hex}'`}`;
  };
  return key.map(part).join(', ');
}
