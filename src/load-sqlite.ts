import { AppError } from './errors.ts';

/**
 * better-sqlite3, which pages do without: it is optional, because it has to be built where no built one can be fetched.
 * @throws AppError where it is not there or does not run, saying what to do
 */
export async function loadSqlite() {
  try {
    const { default: Sqlite } = await import('better-sqlite3');
    // What was built is loaded with the first database only.
    new Sqlite(':memory:').close();
    return Sqlite;
  } catch (cause) {
    throw new AppError(
      500,
      'SQLite files need the package better-sqlite3, which could not be loaded: run "npm install better-sqlite3", which says why, and try again.',
      { cause },
    );
  }
}
