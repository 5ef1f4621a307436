import type { Transaction } from '../db.ts';
import { createOldFile, unwritable } from './old-file.ts';
import { OLD_TABLES } from './old-layout.ts';
import { readRows } from './read-rows.ts';

type OldRow = Readonly<Record<string, string | number | null>>;

const sizeOf = (row: OldRow): number =>
  Object.values(row).reduce<number>((sum, value) => sum + String(value).length, 0);

export async function fillOldFile(tx: Transaction, file: string, signal: AbortSignal): Promise<string> {
  const old = await createOldFile(file);
  try {
    for (const { query, insert } of OLD_TABLES) {
      const statement = old.db.prepare(insert);
      for await (const rows of readRows<OldRow>(tx, query, sizeOf, signal))
        for (const row of rows) statement.run(...Object.values(row));
    }
    // Syncing to disk would make the other requests of this process wait.
    old.keep({ fleeting: true });
    return file;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_'))
      throw unwritable(file, error);
    throw error;
  } finally {
    old.discard();
  }
}
