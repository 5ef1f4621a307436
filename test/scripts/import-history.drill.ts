import { mkdtempSync, rmSync, truncateSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeExtendedPackage, type PackageReceipt } from '../../scripts/invented/listening/package.ts';
import { useDatabase } from '../support/database.ts';
import { listStrayDerived } from '../support/derived.ts';
import { runScript } from '../support/run-script.ts';

const test = useDatabase();
const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-import-history-'));
const file = path.join(directory, 'my_spotify_data.zip');
let receipt: PackageReceipt;

beforeAll(async () => {
  receipt = await writeExtendedPackage(file, { seed: 7, rows: 1_500, files: 2 });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (...args: string[]) =>
  runScript('scripts/import-history.ts', [...args, '--json'], {
    env: { DATABASE_URL: test.url, PATH: process.env.PATH ?? '' },
  });
const countPlays = async () =>
  (await test.db.one<{ plays: number }>('SELECT count(*)::int AS plays FROM plays')).plays;
const countsIn = (output: string): Record<string, number> =>
  (JSON.parse(output.slice(output.indexOf('{'))) as { account: { counts: Record<string, number> } }).account
    .counts;

it('imports a package, every row in the bucket it was invented for, and adds nothing the second time', async () => {
  const { play, again, ...others } = receipt.fates;
  const first = await run(file, '--owner', 'alice');
  expect(first.code).toBe(1);
  expect(countsIn(first.output)).toEqual({ added: play, 'same row again': again, ...others });
  expect(await countPlays()).toBe(play);
  expect(await listStrayDerived(test.patient)).toEqual([]);
  const dry = await run(file, '--owner', 'alice', '--dry-run');
  const second = await run(file, '--owner', 'alice');
  const repeated = { 'same row again': play + again, ...others };
  expect(countsIn(dry.output)).toEqual(repeated);
  expect(countsIn(second.output)).toEqual(repeated);
  expect(await countPlays()).toBe(play);
  expect(await test.db.many('SELECT FROM history_imports')).toHaveLength(2);
  expect(await test.db.many('SELECT FROM staged_plays')).toEqual([]);
}, 120_000);

it('writes nothing where it is used wrongly, or finds no history', async () => {
  const picture = path.join(import.meta.dirname, '../../public/img/icon.svg');
  for (const args of [[], [file], ['--owner', 'bob', '--dry-run', file], ['--owner', 'bob', picture]])
    expect(await run(...args)).toMatchObject({ code: 2 });
  expect(
    await test.db.many(`SELECT FROM history_imports JOIN users USING (user_id) WHERE spotify_id = 'bob'`),
  ).toEqual([]);
}, 120_000);

it.each([
  [
    'the disk is full while rows are read',
    'staged_plays',
    `RAISE 'no space left' USING ERRCODE = 'disk_full'`,
  ],
  ['the server goes away at the end', 'plays', 'PERFORM pg_terminate_backend(pg_backend_pid())'],
])(
  'keeps nothing and says that it was cut off where %s; the next run is whole',
  async (_when, table, what) => {
    await test.db.execute(`
      CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${what}; RETURN NULL; END $$;
      CREATE TRIGGER breaks_off AFTER INSERT ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION break_off()`);
    const before = await countPlays();
    const { code, output } = await run(file, '--owner', table);
    await test.db.execute('DROP FUNCTION break_off CASCADE');
    expect({ code, output }).toMatchObject({ code: 3 });
    expect(await countPlays()).toBe(before);
    expect(await test.db.many('SELECT FROM staged_plays')).toEqual([]);
    expect(await run(file, '--owner', table)).toMatchObject({ code: 1 });
    expect(await countPlays()).toBe(before + receipt.fates.play);
  },
  120_000,
);

it('takes the rows before the cut of a file that is cut off', async () => {
  truncateSync(file, Math.floor(statSync(file).size / 2));
  const { code, output } = await run(file, '--owner', 'carol');
  expect(code).toBe(1);
  expect(countsIn(output).added).toBeGreaterThan(0);
}, 120_000);
