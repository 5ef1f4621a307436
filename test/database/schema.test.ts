import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeSchema } from '../../scripts/migrate/schema-text.ts';
import { listPendingMigrations, migrateDown, migrateUp } from '../../src/database/schema.ts';
import { useDatabase } from '../support/database.ts';
import { describeSchema } from '../support/schema-description.ts';

const test = useDatabase();
const made = useDatabase();

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
  await test.db.execute('DROP SCHEMA public CASCADE');
  await test.db.execute('CREATE SCHEMA public');
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrateUp(test.url)));
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
});

const EMBEDDED_MAJOR = 18;

describe('schema.sql', () => {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../schema.sql'), 'utf8');
  const ofPublic = async (): Promise<unknown[]> =>
    ((await describeSchema(made.db)) as { relation: string; name: string }[]).filter(
      ({ relation, name }) => !/pgmigrations/.test(`${relation} ${name}`),
    );

  it('is what the migrations lead to (npm run migrate -- schema)', async ({ skip }) => {
    const { major } = await made.db.one<{ major: number }>(
      `SELECT current_setting('server_version_num')::int / 10000 AS major`,
    );
    skip(major !== EMBEDDED_MAJOR, `PostgreSQL ${major} puts views in other words than the embedded one`);
    expect(await writeSchema(made.db)).toBe(text);
  });

  it('makes the same schema', async () => {
    const migrated = await ofPublic();
    await made.db.execute('DROP SCHEMA public CASCADE');
    await made.db.execute('CREATE SCHEMA public');
    await made.db.execute(text);
    expect(await ofPublic()).toEqual(migrated);
  });
});
