import path from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { afterEach } from 'vitest';
import { moveFile, type GenericOptions } from '../../scripts/migrate-from-sqlite/generic/move-file.ts';
import type { GenericReport } from '../../scripts/migrate-from-sqlite/generic/report.ts';
import { useDatabase, type TestDatabase } from './database.ts';
import type { Reject } from './moves.ts';
import { useDirectory, writeArchive } from './old-archives.ts';

export interface GenericMoves {
  readonly test: TestDatabase;
  readonly directory: string;
  /** Writes a SQLite file and returns its path. */
  readonly file: (schema: string, fill?: (db: Database) => void) => string;
  /** Moves it into the schema `s`, without a backup copy unless told otherwise. */
  readonly move: (file: string, options?: Partial<GenericOptions>) => Promise<GenericReport>;
  readonly rows: <Row>(sql: string) => Promise<Row[]>;
  readonly rejects: () => Promise<Reject[]>;
  /** Column name → type, as PostgreSQL writes it. */
  readonly types: (table: string) => Promise<Record<string, string>>;
  /** Every row of the schema with the transaction that wrote it. */
  readonly dump: () => Promise<Record<string, string[]>>;
}

/** A database, a directory for SQLite files, and the move of any file between them. */
export function useGenericMoves(): GenericMoves {
  const test = useDatabase();
  const directory = useDirectory();
  let files = 0;
  const rows = <Row>(sql: string): Promise<Row[]> => test.patient.many<Row>(sql);
  afterEach(() => test.patient.execute('DROP SCHEMA IF EXISTS s CASCADE'));
  return {
    test,
    directory,
    file(schema, fill) {
      files += 1;
      return writeArchive(directory, `any${files}`, schema, fill);
    },
    move: (file, options = {}) =>
      moveFile({ db: test.patient, file, schema: 's', backup: false, ...options }),
    rows,
    rejects: () =>
      rows(
        `SELECT source_table, source_key, source_column, reason, original FROM s.import_rejects
         ORDER BY source_table, source_key, source_column`,
      ),
    async types(table) {
      const found = await test.db.many<{ name: string; type: string }>(
        `SELECT attname AS name, format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END AS type
         FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
        [`s."${table.replaceAll('"', '""')}"`],
      );
      return Object.fromEntries(found.map(({ name, type }) => [name, type]));
    },
    async dump() {
      const tables = await rows<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 's'::regnamespace ORDER BY 1`,
      );
      const dump: Record<string, string[]> = {};
      for (const { name } of tables) {
        const lines = await rows<{ line: string }>(
          `SELECT t.xmin || ' ' || t.ctid || ' ' || t::text AS line FROM s."${name.replaceAll('"', '""')}" AS t ORDER BY 1`,
        );
        dump[name] = lines.map(({ line }) => line);
      }
      return dump;
    },
  };
}

/** Opens a file again and changes it. */
export function change(file: string, work: (db: Database) => void): void {
  const db = new Sqlite(path.resolve(file));
  db.pragma('foreign_keys = OFF');
  work(db);
  db.close();
}

export const WEATHER = `CREATE TABLE weather_history (id INTEGER PRIMARY KEY AUTOINCREMENT, location TEXT NOT NULL,
  temperature REAL, conditions TEXT, timestamp TEXT NOT NULL);`;
