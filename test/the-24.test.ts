import path from 'node:path';
import { runner } from 'node-pg-migrate';
import { beforeAll, expect, it } from 'vitest';
import { migrateUp } from '../src/schema.ts';
import { useDatabase } from './support/database.ts';
import { describeSchema } from './support/schema-description.ts';

const before = useDatabase();
const after = useDatabase();

beforeAll(async () => {
  for (const { db } of [before, after]) {
    await db.execute('DROP SCHEMA public, pgboss CASCADE');
    await db.execute('CREATE SCHEMA public');
  }
  await runner({
    databaseUrl: before.url,
    dir: path.join(import.meta.dirname, 'the-24'),
    direction: 'up',
    migrationsTable: 'pgmigrations',
    singleTransaction: true,
    logger: { info() {}, debug() {}, warn() {}, error() {} },
  });
  await migrateUp(after.url);
});

it('the baselines make the schema that the 24 migrations made', async () => {
  expect((await describeSchema(before.db)).length).toBeGreaterThan(500);
  expect(await describeSchema(after.db)).toEqual(await describeSchema(before.db));
});

it('and fill it with the same rows', async () => {
  const rows = ({ db }: typeof before) =>
    db.many(
      `SELECT to_jsonb(e) AS row FROM enrichments AS e
       UNION ALL SELECT to_jsonb(v) FROM pgboss.version AS v
       UNION ALL SELECT to_jsonb(q) - 'created_on' - 'updated_on' FROM pgboss.queue AS q ORDER BY 1`,
    );
  expect(await rows(after)).toEqual(await rows(before));
  expect(await rows(before)).toHaveLength(8);
});
