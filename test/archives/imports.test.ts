import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../src/database/ask-together.ts';
import {
  IMPORTS_COUNT,
  getImport,
  listImports,
  listRejectReasons,
  listRejects,
  streamRejects,
  type Reject,
} from '../../src/archives/imports.ts';
import { useDatabase } from '../support/database.ts';
import { insertImport, insertListener, insertReject } from '../support/factories.ts';
import { incompressible } from '../support/incompressible.ts';

const test = useDatabase();
let alice: number;
let bob: number;

const table = { table: 'tracks', read: 5, moved: 3, alreadyThere: 1, kept: 0, duplicates: 0, rejected: 1 };
const report = {
  mode: 'move',
  tables: [table],
  seconds: 12.3,
  rowsPerSecond: 400,
  backup: '/home/alice/x.db',
};

beforeAll(async () => {
  [alice, bob] = [await insertListener(test.db, 'alice'), await insertListener(test.db, 'bob')];
});

const stream = async (importId: number, userId = alice): Promise<Reject[]> => {
  const all: Reject[] = [];
  for await (const reject of streamRejects(test.db, userId, importId)) all.push(reject);
  return all;
};

describe('the imports of a listener', () => {
  it('are theirs alone, newest first, each with its report and how much was set aside', async () => {
    const first = await insertImport(test.db, alice, '/home/alice/old/music.db', report);
    const second = await insertImport(test.db, alice, String.raw`C:\Users\Alice\music.db`);
    const his = await insertImport(test.db, bob, 'bobs.db', report);
    await insertReject(test.db, alice, first, { key: 'k', text: 'x' });
    await insertReject(test.db, bob, his, { key: 'k', text: 'x' });
    expect(await ask(test.db, IMPORTS_COUNT, alice)).toBe(2);
    const shown = (await listImports(test.db, alice)).map(({ finished_at: _when, ...rest }) => rest);
    expect(shown).toEqual([
      { import_id: second, source_name: 'music.db', source_layout: 'snapshots', rejects: 0, report: null },
      {
        import_id: first,
        source_name: 'music.db',
        source_layout: 'snapshots',
        rejects: 1,
        report: { tables: [table], seconds: 12.3, rowsPerSecond: 400 },
      },
    ]);
    await expect(getImport(test.db, alice, his)).rejects.toMatchObject({ status: 404 });
    await expect(getImport(test.db, alice, 999_999)).rejects.toMatchObject({ status: 404 });
    expect(await listRejects(test.db, alice, his, 1)).toEqual([]);
    expect(await listRejectReasons(test.db, alice, his)).toEqual([]);
    expect(await stream(his)).toEqual([]);
  });

  it.each([
    [{}],
    [[]],
    ['text'],
    [{ tables: 'none', seconds: 1 }],
    [{ tables: [{ ...table, read: 'x' }], seconds: 1 }],
  ])('with the report %j are shown without it', async (strange) => {
    const importId = await insertImport(test.db, alice, 'strange.db', strange);
    expect((await getImport(test.db, alice, importId)).report).toBeNull();
  });
});

const cell = (text: string): object => ({ type: 'text', text });

const keys = (rejects: readonly { source_key: string }[]) =>
  rejects.map((reject) => Number(reject.source_key));

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe('the rejects of an import', () => {
  it('are counted by reason, most frequent first', async () => {
    const importId = await insertImport(test.db, alice, 'reasons.db');
    for (const key of ['a', 'b', 'c'])
      await insertReject(test.db, alice, importId, {
        key,
        text: 'x',
        reason: 'not a whole number',
        table: 'r',
      });
    await insertReject(test.db, alice, importId, {
      key: 'd',
      text: 'x',
      column: null,
      reason: 'no track',
      table: 'r',
    });
    expect(await listRejectReasons(test.db, alice, importId)).toEqual([
      { source_table: 'r', source_column: 'duration_ms', reason: 'not a whole number', rejects: 3 },
      { source_table: 'r', source_column: null, reason: 'no track', rejects: 1 },
    ]);
  });

  it('are shown in words: text, bytes, NULL, a whole row; what is long is cut, what is huge stays closed', async () => {
    const importId = await insertImport(test.db, alice, 'words.db');
    const originals: [object, string | null][] = [
      [cell('plain'), 'plain'],
      [cell(''), ''],
      [{ type: 'blob', hex: '00ff' }, "x'00ff'"],
      [{ type: 'null', text: null }, 'NULL'],
      [cell('字'.repeat(500)), `${'字'.repeat(200)}…`],
      [cell(incompressible(200_000)), null],
      [{ strange: true }, '{"strange": true}'],
    ];
    for (const [index, [original]] of originals.entries())
      await insertReject(test.db, alice, importId, { key: `w${index}`, text: '', original });
    const row = {
      track_id: cell('t'),
      rank: { type: 'integer', text: '0' },
      odd: 7,
      none: { type: 'null', text: null },
    };
    await insertReject(test.db, alice, importId, { key: 'w-row', text: '', column: null, original: row });
    await insertReject(test.db, alice, importId, { key: 'k'.repeat(400), text: 'last' });
    const shown = await listRejects(test.db, alice, importId, 1);
    expect(shown.map(({ original }) => original)).toEqual([
      ...originals.map(([, text]) => text),
      'odd: 7, none: NULL, rank: 0, track_id: t',
      'last',
    ]);
    expect(shown.at(-1)?.source_key).toBe(`${'k'.repeat(200)}…`);
  });

  it('are shown fifty at a time and streamed whole, each once and in order', async () => {
    const importId = await insertImport(test.db, alice, 'many.db');
    await test.db.execute(
      `INSERT INTO import_rejects (user_id, import_id, source_table, source_key, source_column, reason, original)
       SELECT $1, $2, 'many', n::text, 'c', 'r', jsonb_build_object('type', 'text', 'text', repeat(md5(n::text), n % 100))
       FROM generate_series(1, 3217) AS n`,
      [alice, importId],
    );
    expect(keys(await listRejects(test.db, alice, importId, 1))).toEqual(range(1, 50));
    expect(keys(await listRejects(test.db, alice, importId, 65))).toEqual(range(3201, 3217));
    expect(keys(await stream(importId))).toEqual(range(1, 3217));
  });

  it('are streamed by size too: large ones come one by one', async () => {
    const importId = await insertImport(test.db, alice, 'large.db');
    for (const key of ['l1', 'l2', 'l3'])
      await insertReject(test.db, alice, importId, { key, text: incompressible(400_000) });
    const asked: number[] = [];
    const counting = {
      ...test.db,
      many: async (sql: string, values?: readonly unknown[]) => {
        const rows = await test.db.many(sql, values);
        asked.push(rows.length);
        return rows;
      },
    };
    for await (const reject of streamRejects(counting as never, alice, importId))
      expect((reject.original as { text: string }).text).toHaveLength(400_000);
    expect(asked).toEqual([1, 1, 1, 0]);
  });
});
