import type { Database } from 'better-sqlite3';

/** Findings about broken rules or stale indexes: every row can still be read. */
const ABOUT_RULES = new RegExp(
  [
    '^(?:NULL|NUMERIC|TEXT|non-\\w+) value in ',
    '^CHECK constraint failed in ',
    '^row \\d+ missing from index ',
    '^non-unique entry in index ',
    '^wrong # of entries in index ',
    '^In RTree ',
    '^malformed inverted index for FTS',
    '^unable to validate the inverted index for FTS',
    '^fts5: ',
  ].join('|'),
);

/**
 * Checks that the pages are whole; broken rules do not matter here, since each row is judged later.
 * @returns the first damage, or null
 * @throws the driver's error if SQLite lacks something the file needs (isLacking)
 */
export function findDamage(db: Database, but?: RegExp): string | null {
  db.pragma('ignore_check_constraints = ON');
  for (const line of db.prepare<[], string>('PRAGMA quick_check(1000000000)').pluck().iterate()) {
    if (line !== 'ok' && !ABOUT_RULES.test(line) && but?.test(line) !== true) return line;
  }
  return null;
}

/** A collation, function, module or tokenizer of another program. */
export const isLacking = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_ERROR');

/** SQLite's result code, or an empty string. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')
    ? String(error.code)
    : '';
