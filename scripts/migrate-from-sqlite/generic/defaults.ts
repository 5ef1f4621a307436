import type { PgType } from '../audit/choose-type.ts';
import { convertCell } from './convert-cell.ts';

/** SQLite writes both in UTC. */
const CLOCKS: Readonly<Record<string, Partial<Record<PgType, string>>>> = {
  CURRENT_TIMESTAMP: { timestamptz: 'now()', timestamp: `(now() AT TIME ZONE 'UTC')` },
  CURRENT_DATE: { date: `(now() AT TIME ZONE 'UTC')::date` },
};

/** A clock, or a literal that the type accepts; else null. */
export function planDefault(sql: string | null, type: PgType): string | null {
  if (sql === null) return null;
  const clock = CLOCKS[sql.toUpperCase()]?.[type];
  if (clock !== undefined) return clock;
  const cell = literal(sql);
  if (cell === null) return null;
  const { value } = convertCell(cell, type, 'UTC');
  return value === null ? null : `'${value.replaceAll("'", "''")}'`;
}

function literal(sql: string): string | bigint | number | null {
  if (/^'(?:[^'\\]|'')*'$/.test(sql)) return sql.slice(1, -1).replaceAll("''", "'");
  if (/^[-+]?\d{1,18}$/.test(sql)) return BigInt(sql.replace('+', ''));
  if (/^[-+]?\d+\.\d+$/.test(sql)) return Number(sql);
  return /^(?:true|false)$/i.test(sql) ? BigInt(sql.toLowerCase() === 'true') : null;
}
