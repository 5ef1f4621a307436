import { damaged } from './open-zip.ts';
import type { Queries } from '../db.ts';
import { dataFileOf, type TableFile } from '../exports/manifest.ts';
import { FIRST_YEAR } from '../calendar.ts';
import { BOUNDS, type World } from './bounds.ts';

const SHOWN = 60;

export const badRow = (file: TableFile, row: number, what: string, cause?: unknown) =>
  damaged(`${dataFileOf(file.table)}, row ${row}: ${what}`, cause);

/** @throws AppError 400 for a line that is not a row of the table, or a value out of bounds */
export function judgeRow(
  table: string,
  file: TableFile,
  line: string,
  at: { row: number; world: World },
): void {
  const values = readObject(line);
  if (values === null) throw badRow(file, at.row, 'it is not a JSON object');
  const names = Object.keys(values);
  const odd =
    names.find((name) => !file.columns.includes(name)) ?? file.columns.find((name) => !(name in values));
  if (odd !== undefined) throw badRow(file, at.row, `the column ${shown(odd)} differs from the manifest`);
  for (const name of names) {
    const [value, bound] = [values[name], BOUNDS[table]?.[name]];
    if (value === null) continue;
    if (bound?.fits(value, at.world) !== true)
      throw badRow(
        file,
        at.row,
        `${name} is ${shown(JSON.stringify(value))}, not ${bound?.words ?? 'known here'}`,
      );
  }
}

function readObject(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

const shown = (written: string): string => {
  const plain = written.replaceAll(/\p{C}+/gu, ' ');
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}…` : plain;
};

/** Time zones that both the database and Intl know. */
export async function readWorld(db: Queries, version: number): Promise<World> {
  const zones = await db.many<{ name: string }>('SELECT name FROM pg_timezone_names');
  const timeZones = new Set(zones.map(({ name }) => name).filter(isKnownHere));
  return { now: new Date(), timeZones, firstYear: version === 1 ? 1 : FIRST_YEAR };
}

function isKnownHere(timeZone: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
