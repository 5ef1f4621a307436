import type { Db, Transaction } from '../db.ts';

export async function rehearse<Found>(db: Db, work: (tx: Transaction) => Promise<Found>): Promise<Found> {
  const end = new Rehearsed<Found>();
  const failed = await db
    .withTransaction(async (tx) => {
      end.found = [await work(tx)];
      throw end;
    })
    .catch((error: unknown) => error);
  if (failed !== end || end.found === null) throw failed;
  return end.found[0];
}

class Rehearsed<Found> extends Error {
  override readonly name = 'Rehearsed';
  found: [Found] | null = null;
}
