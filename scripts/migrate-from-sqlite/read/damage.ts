import type { Database } from 'better-sqlite3';

/** Findings of a check about rows that break a rule of their table, or about an index out of step: all can be read. */
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
 * Checks that the file's pages are whole. What a table demands of its rows does not matter here: each is judged as it
 * is moved.
 * @returns the first thing that is wrong, or null
 * @throws the driver's error where SQLite lacks a part that the file asks for (isLacking)
 */
export function findDamage(db: Database, but?: RegExp): string | null {
  db.pragma('ignore_check_constraints = ON');
  for (const line of db.prepare<[], string>('PRAGMA quick_check(1000000000)').pluck().iterate()) {
    if (line !== 'ok' && !ABOUT_RULES.test(line) && but?.test(line) !== true) return line;
  }
  return null;
}

/** A collation, function, module or tokenizer of the program that made the file. */
export const isLacking = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_ERROR');

/** SQLite's result code; empty for any other error. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')
    ? String(error.code)
    : '';
