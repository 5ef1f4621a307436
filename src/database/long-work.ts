import type { Transaction } from '../db.ts';

const LONGEST_MS = 120_000;

/** Inside a transaction that has all of an archive to work on: statements that may take longer than a page's. */
export type LongWork = (sql: string, values?: readonly unknown[]) => Promise<number>;

/** Neither the server, nor the client, nor the request gives up before two minutes have passed. */
export async function beginLongWork(tx: Transaction): Promise<LongWork> {
  await tx.execute(`SELECT set_config('statement_timeout', $1, true)`, [String(LONGEST_MS)]);
  return async (text, values = []) => {
    const patient = { text, query_timeout: LONGEST_MS };
    return (await tx.client.query({ ...patient, values: [...values] })).rowCount ?? 0;
  };
}
