import { AppError } from './errors.ts';

/** Optional, since it may have to be compiled; pages do not need it. @throws AppError with what to do */
export async function loadSqlite() {
  try {
    const { default: Sqlite } = await import('better-sqlite3');
    new Sqlite(':memory:').close();
    return Sqlite;
  } catch (cause) {
    throw new AppError(
      500,
      'SQLite files need the package better-sqlite3, which could not be loaded. Run "npm install better-sqlite3", which shows why, and try again.',
      { cause },
    );
  }
}
