import { expect, it } from 'vitest';
import { openDatabase, type OpenOptions } from '../../src/database/open.ts';
import { DatabaseUnavailable } from '../../src/database/errors.ts';
import { useDatabase } from '../support/database.ts';

const test = useDatabase();

/** An answer from the server, behind a pooler that is away. */
async function ask(options: Omit<OpenOptions, 'applicationName'>) {
  const pooler = 'postgres://nobody@127.0.0.1:9/nothing';
  const database = { kind: 'server', url: pooler, directUrl: test.url, pooled: true } as const;
  const { db, close } = await openDatabase(
    { database, poolMin: 0, poolMax: 1 },
    { applicationName: 'opened', ...options },
  );
  try {
    return await db.one('SHOW application_name');
  } finally {
    await close();
  }
}

it('a command goes past a pooler, which may end what takes long; pages go through it', async () => {
  expect(await ask({ statementTimeoutMs: 0 })).toEqual({ application_name: 'opened' });
  await expect(ask({ pooled: true })).rejects.toThrow(DatabaseUnavailable);
});
