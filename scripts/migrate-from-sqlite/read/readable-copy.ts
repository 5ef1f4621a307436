import type { Database } from 'better-sqlite3';
import { quoteName } from '../../../src/database/sql-text.ts';
import { findDamage } from './damage.ts';
import { openAside, type Aside, type Driver } from './open-aside.ts';
import { hasForeignCollation, withPlainCollations } from './sql-text.ts';

/** With another collation the rows of a key are out of order, but nothing looks them up. */
const OUT_OF_ORDER = /^row not in PRIMARY KEY order for /;

export interface ReadableCopy extends Aside {
  readonly damage: string | null;
}

/**
 * A copy without what SQLite lacks (a collation, a function, a module): only its tables remain, compared byte by byte,
 * so that every row can be read. The original is not touched.
 */
export async function readableCopy(Sqlite: Driver, original: Database): Promise<ReadableCopy> {
  let damage: string | null = null;
  const aside = await openAside(Sqlite, async (file) => {
    await original.backup(file);
    keepPlainTables(Sqlite, file);
    damage = findCopyDamage(Sqlite, file);
  });
  return { ...aside, damage };
}

function keepPlainTables(Sqlite: Driver, file: string): void {
  const db = new Sqlite(file);
  try {
    db.pragma('journal_mode = DELETE');
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.exec(`DELETE FROM sqlite_schema WHERE type IN ('view', 'trigger') OR type = 'table' AND rootpage = 0`);
    const change = db.prepare<[string, string]>('UPDATE sqlite_schema SET sql = ? WHERE name = ?');
    const foreign = listSql(db).filter(({ sql }) => hasForeignCollation(sql));
    for (const { name, sql } of foreign) change.run(withPlainCollations(sql), name);
    db.pragma('writable_schema = RESET');
    const indexes = listSql(db).filter(({ type }) => type === 'index');
    for (const { name } of indexes) db.exec(`DROP INDEX ${quoteName(name)}`);
  } finally {
    db.close();
  }
}

export const listSql = (db: Database): { type: string; name: string; sql: string }[] =>
  db
    .prepare<[], { type: string; name: string; sql: string }>(
      `SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL`,
    )
    .all();

/** The check computes generated columns, so give it stubs for missing functions. */
function findCopyDamage(Sqlite: Driver, file: string): string | null {
  const db = new Sqlite(file, { readonly: true });
  const given = new Set<string>();
  try {
    for (;;) {
      try {
        return findDamage(db, OUT_OF_ORDER);
      } catch (error) {
        const [, name = ''] = /^(?:unknown|no such) function: (\w+)/.exec((error as Error).message) ?? [];
        if (name === '' || given.has(name)) throw error;
        given.add(name);
        db.function(name, { varargs: true, deterministic: true }, () => null);
      }
    }
  } finally {
    db.close();
  }
}
