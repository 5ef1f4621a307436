import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect } from 'vitest';
import { moveArchive } from '../../scripts/migrate-from-sqlite/move-archive.ts';
import type { MoveOptions } from '../../scripts/migrate-from-sqlite/options.ts';
import type { MoveReport } from '../../scripts/migrate-from-sqlite/report.ts';
import { verifyArchive, type Verification } from '../../scripts/migrate-from-sqlite/verify/verify-archive.ts';
import { useDatabase, type TestDatabase } from './database.ts';
import { listStrayDerived } from './derived.ts';
import { useDirectory, writeArchive } from './old-archives.ts';
import { emptyTables } from './table-dump.ts';

export interface Reject {
  readonly source_table: string;
  readonly source_key: string;
  readonly source_column: string | null;
  readonly reason: string;
  readonly original: unknown;
}

export interface Moves {
  readonly test: TestDatabase;
  /** Writes an old archive and returns its path. */
  readonly archive: (fill: (db: Database) => void, schema?: string) => string;
  /** Moves it, for Alice and without a backup copy unless told otherwise. */
  readonly move: (file: string, options?: Partial<MoveOptions>) => Promise<MoveReport>;
  /** Compares it with what the database holds. */
  readonly verify: (file: string, options?: Partial<MoveOptions>) => Promise<Verification>;
  readonly listRejects: () => Promise<Reject[]>;
  readonly track: (id: string) => Promise<Record<string, unknown>>;
}

/** A database that is empty before each test, a directory for old archives, and the move between them. */
export function useMoves(usualSchema: string): Moves {
  const test = useDatabase();
  const directory = useDirectory();
  let files = 0;
  let moved: [string, Partial<MoveOptions>] | null = null;
  const verify: Moves['verify'] = (file, options = {}) =>
    verifyArchive({ db: test.patient, file, owner: 'alice', ...options });
  const move: Moves['move'] = async (file, options = {}) => {
    const report = await moveArchive({ db: test.patient, file, owner: 'alice', backup: false, ...options });
    moved = report.mode === 'move' ? [file, options] : moved;
    return report;
  };
  beforeEach(() => {
    moved = null;
    return emptyTables(test.db);
  });
  // Whatever a test moves, the verification that shares nothing with the move finds all of it, and what is derived of
  // it says what the triggers would have made it say.
  afterEach(async () => {
    if (moved === null) return;
    const [file, options] = moved;
    const found = await verify(file, { ...options, db: test.patient });
    expect(found.ok ? [] : found).toEqual([]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });
  return {
    test,
    archive(fill, schema = usualSchema) {
      files += 1;
      return writeArchive(directory, `old${files}`, schema, fill);
    },
    move,
    verify,
    listRejects: () =>
      test.db.many<Reject>(
        `SELECT source_table, source_key, source_column, reason, original FROM import_rejects
         ORDER BY source_table, source_column, source_key`,
      ),
    track: (id) => test.db.one('SELECT *, raw_json::text AS raw_text FROM tracks WHERE track_id = $1', [id]),
  };
}
