import { change } from './generic-moves.ts';

/** Puts into a file's schema what no program of ours knows: a collation, a function, a module, a tokenizer. */
export function rewriteSchema(file: string, from: string, to: string): void {
  change(file, (db) => {
    db.unsafeMode();
    db.pragma('writable_schema = ON');
    db.prepare('UPDATE sqlite_schema SET sql = replace(sql, ?, ?)').run(from, to);
  });
}
