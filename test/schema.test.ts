import { expect, it } from 'vitest';
import { listPendingMigrations, migrateDown, migrateUp } from '../src/schema.ts';
import { useDatabase } from './support/database.ts';
import { describeSchema } from './support/schema-description.ts';

const test = useDatabase();

it('goes down to nothing and up again', async () => {
  expect(await listPendingMigrations(test.db)).toEqual([]);
  await migrateDown(test.url, Infinity);
  const left = (await describeSchema(test.db)) as { kind: string; relation: string }[];
  expect(left.filter((part) => part.kind !== 'extension' && !part.relation.includes('pgmigrations'))).toEqual(
    [],
  );
  expect((await listPendingMigrations(test.db)).length).toBeGreaterThan(0);

  await migrateUp(test.url);
  expect(await listPendingMigrations(test.db)).toEqual([]);
});

it('may be started five times at once', async () => {
  await test.db.execute('DROP SCHEMA public, pgboss CASCADE');
  await test.db.execute('CREATE SCHEMA public');
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrateUp(test.url)));
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
});
