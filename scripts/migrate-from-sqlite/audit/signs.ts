import { grouped } from '../../print.ts';
import { statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { AuditedTable } from './audited.ts';
import type { FileObject } from './read-schema.ts';

export type Verdict = 'yes' | 'not yet' | 'no';

/** One of five reasons to leave SQLite, as far as a file can show it. */
export interface Sign {
  readonly sign: 'concurrent writers' | 'network access' | 'several tools' | 'features' | 'size';
  readonly seen: string;
  readonly verdict: Verdict;
}

/** The state around the file before opening it, which adds files. */
export interface Surroundings {
  readonly walBytes: number | null;
  readonly journalBytes: number | null;
  readonly network: string | null;
}

export interface FileFigures {
  readonly bytes: number;
  readonly freeBytes: number;
  readonly journalMode: string;
  readonly applicationId: number;
  readonly userVersion: number;
}

/** Network file systems, by their numbers on Linux. */
const NETWORK_FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xfe534d42: 'SMB',
  0xff534d42: 'CIFS',
  0x01021997: '9P',
  0x5346414f: 'AFS',
  0x00c36400: 'Ceph',
};

const sizeOf = (name: string): number | null => statSync(name, { throwIfNoEntry: false })?.size ?? null;

export function lookAround(file: string): Surroundings {
  return {
    walBytes: sizeOf(`${file}-wal`),
    journalBytes: sizeOf(`${file}-journal`),
    network: NETWORK_FILE_SYSTEMS[statfsSync(path.dirname(path.resolve(file))).type] ?? null,
  };
}

export function judgeSigns(
  figures: FileFigures,
  around: Surroundings,
  tables: readonly AuditedTable[],
  others: readonly FileObject[],
): Sign[] {
  return [
    writers(figures, around),
    network(around),
    tools(figures, tables, others),
    features(tables),
    size(figures, tables),
  ];
}

function writers({ journalMode }: FileFigures, { walBytes, journalBytes }: Surroundings): Sign {
  const sign = 'concurrent writers';
  if ((walBytes ?? 0) > 0)
    return {
      sign,
      seen: `a -wal file of ${walBytes} bytes: a program was writing when the file was last used`,
      verdict: 'yes',
    };
  if (journalBytes !== null)
    return { sign, seen: 'a -journal file: a program is writing, or died while writing', verdict: 'yes' };
  return journalMode === 'wal'
    ? { sign, seen: 'WAL mode: programs read while another writes', verdict: 'not yet' }
    : {
        sign,
        seen: `journal mode ${journalMode}, nobody writing: one at a time is enough`,
        verdict: 'no',
      };
}

function network({ network: kind }: Surroundings): Sign {
  return kind === null
    ? {
        sign: 'network access',
        seen: 'the file is on a local disk; a second machine could not use it',
        verdict: 'no',
      }
    : {
        sign: 'network access',
        seen: `the file is on a network file system (${kind}), where SQLite’s locks are not reliable`,
        verdict: 'yes',
      };
}

/** Tables that tools create for themselves. */
const TOOLS: Readonly<Record<string, string>> = {
  django_migrations: 'Django',
  alembic_version: 'Alembic',
  schema_migrations: 'Rails or another migrator',
  _prisma_migrations: 'Prisma',
  knex_migrations: 'Knex',
  sequelizemeta: 'Sequelize',
  android_metadata: 'Android',
  room_master_table: 'Room',
  grdb_migrations: 'GRDB',
  flyway_schema_history: 'Flyway',
};

function tools(figures: FileFigures, tables: readonly AuditedTable[], others: readonly FileObject[]): Sign {
  const found = tables.flatMap((table) => TOOLS[table.name.toLowerCase()] ?? []);
  const marks = [
    ...found.map((name) => `bookkeeping of ${name}`),
    ...(figures.applicationId === 0 ? [] : [`application id ${figures.applicationId}`]),
    ...(figures.userVersion === 0 ? [] : [`user version ${figures.userVersion}`]),
    ...(others.length === 0 ? [] : [`views and triggers for other readers: ${others.length}`]),
  ];
  const verdict = found.length > 1 ? 'yes' : marks.length > 0 ? 'not yet' : 'no';
  return { sign: 'several tools', seen: marks.join('; ') || 'no trace of a second tool', verdict };
}

function features(tables: readonly AuditedTable[]): Sign {
  const columns = tables.flatMap((table) =>
    table.columns.map((column) => ({ ...column, at: `${table.name}.${column.name}` })),
  );
  const list = (what: string, wanted: (column: (typeof columns)[number]) => boolean): string[] => {
    const found = columns.filter(wanted).map((column) => column.at);
    return found.length === 0
      ? []
      : [`${what}: ${found.slice(0, 3).join(', ')}${found.length > 3 ? ', …' : ''}`];
  };
  const marks = [
    ...list('JSON to search (JSONB)', (column) => column.type.startsWith('json')),
    ...list(
      'long texts (full-text search)',
      (column) => column.type === 'text' && (column.lengths?.longest ?? 0) > 200,
    ),
    ...tables.filter((table) => table.kind === 'virtual table').map((table) => `an extension: ${table.name}`),
    ...list('values of several people (roles)', (column) =>
      /^(user|owner|account|tenant)_?id$/i.test(column.name),
    ),
    ...list('values that break their type', (column) => column.misfits > 0),
  ];
  const seen = marks.join('; ') || 'plain columns whose values fit their types';
  return { sign: 'features', seen, verdict: marks.length > 0 ? 'yes' : 'no' };
}

const GIGABYTE = 1024 ** 3;

function size({ bytes, freeBytes }: FileFigures, tables: readonly AuditedTable[]): Sign {
  const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0);
  const free = freeBytes > 0 ? `, ${Math.round((100 * freeBytes) / bytes)} % of it unused` : '';
  const seen = `${grouped(rows)} rows in ${sizeInWords(bytes)}${free}`;
  const verdict = bytes > 10 * GIGABYTE ? 'yes' : bytes > GIGABYTE ? 'not yet' : 'no';
  return { sign: 'size', seen, verdict };
}

export function sizeInWords(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${(bytes / 1024 ** power).toFixed(power === 0 || bytes % 1024 ** power === 0 ? 0 : 1)} ${units[power]}`;
}
