import { describe, expect, it } from 'vitest';
import { useGenericMoves } from '../../support/generic-moves.ts';
import { insert } from '../../support/old-archives.ts';

const { file, move, rows, rejects, types } = useGenericMoves();

const constraints = (table: string): Promise<{ what: string }[]> =>
  rows(
    `SELECT pg_get_constraintdef(oid) AS what FROM pg_constraint
     WHERE conrelid = 's."${table}"'::regclass AND contype IN ('p', 'u', 'f') ORDER BY contype, 1`,
  );
const indexes = async (table: string): Promise<string[]> =>
  (
    await rows<{ what: string }>(
      `SELECT replace(pg_get_indexdef(indexrelid), 'USING btree ', '') AS what FROM pg_index
       WHERE indrelid = 's."${table}"'::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1`,
    )
  ).map(({ what }) => what);

const next = async (table: string): Promise<unknown> =>
  (await rows<{ id: number }>(`INSERT INTO s.${table} DEFAULT VALUES RETURNING id`))[0]?.id;

describe('keys', () => {
  it('of several columns, WITHOUT ROWID, keep their order and tell case and spaces apart', async () => {
    const source = file(
      'CREATE TABLE t (b TEXT, a INTEGER, v TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID',
      (db) => insert(db, 't', { a: 1, b: 'x' }, { a: 1, b: 'X' }, { a: 1, b: 'x ' }, { a: 2, b: 'x' }),
    );
    expect((await move(source)).tables).toMatchObject([{ moved: 4 }]);
    expect(await constraints('t')).toEqual([{ what: 'PRIMARY KEY (a, b)' }]);
    expect(await move(source)).toMatchObject({ changed: false, tables: [{ alreadyThere: 4 }] });
  });

  it('that are NULL, too long or one and the same in PostgreSQL go to the rejects with their rows', async () => {
    const source = file(
      'CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT); CREATE TABLE n (k PRIMARY KEY, v)',
      (db) => {
        insert(
          db,
          't',
          { k: null, v: 'same' },
          { k: null, v: 'same' },
          { k: 'k'.repeat(3_000) },
          { k: 'good' },
        );
        insert(db, 'n', { k: 1, v: 'number' }, { k: '1', v: 'text' }, { k: 'x' });
      },
    );
    expect((await move(source)).rejects).toEqual([
      { table: 'n', column: null, reason: 'an earlier row has the same key', count: 1 },
      { table: 't', column: null, reason: 'the key is missing', count: 2 },
      { table: 't', column: null, reason: 'the key is too long', count: 1 },
    ]);
    const kept = await rejects();
    expect(kept.filter(({ reason }) => reason === 'the key is missing').map((one) => one.source_key)).toEqual(
      ['k=NULL, row 1', 'k=NULL, row 2'],
    );
    expect(await move(source)).toMatchObject({ changed: false, newRejects: 0 });
  });

  it('that are times and name one instant twice stay text, and both rows stay', async () => {
    const source = file('CREATE TABLE t (at TEXT UNIQUE)', (db) =>
      insert(db, 't', { at: '2024-01-01T10:00:00Z' }, { at: '2024-01-01T11:00:00+01:00' }),
    );
    expect((await move(source)).rejects).toEqual([]);
    expect(await types('t')).toEqual({ at: 'text' });
  });

  it('count on where SQLite stood, even where the last rows are gone', async () => {
    const schema = `CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, v); CREATE TABLE b (id INTEGER PRIMARY KEY, v);
      CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT, v); CREATE TABLE d (id INTEGER PRIMARY KEY, v);`;
    const source = file(schema, (db) => {
      insert(db, 'a', { id: 5 }, { id: 99 });
      db.exec('DELETE FROM a WHERE id = 99');
      insert(db, 'b', { id: -7 }, { id: 41 });
      insert(db, 'd', { id: -1 });
    });
    await move(source);
    expect([await next('a'), await next('b'), await next('c'), await next('d')]).toEqual([100, 42, 1, 1]);
  });
});

describe('constraints and indexes', () => {
  it('come along: NOT NULL, defaults, unique sets, plain indexes under their names', async () => {
    const source = file(
      `CREATE TABLE t (a TEXT NOT NULL, b INTEGER DEFAULT 7, c TEXT DEFAULT (lower('X')), d TEXT COLLATE NOCASE, UNIQUE (a, b));
       CREATE INDEX "by b;" ON t (b DESC, a); CREATE UNIQUE INDEX one_d ON t (d); CREATE INDEX part ON t (a) WHERE b > 1`,
      (db) => {
        insert(db, 't', { a: 'x', b: 1, d: 'd' }, { a: 'x', b: 2 }, { a: 'x', b: null }, { a: 'x', b: null });
        db.exec(
          'CREATE INDEX expr ON t (lower(a)); CREATE VIEW v AS SELECT 1; CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END',
        );
      },
    );
    const report = await move(source);
    expect(await constraints('t')).toEqual([{ what: 'UNIQUE (a, b)' }]);
    expect(await indexes('t')).toEqual([
      'CREATE INDEX "by b;" ON s.t (b DESC, a)',
      'CREATE UNIQUE INDEX one_d ON s.t (d)',
    ]);
    expect(await types('t')).toMatchObject({ a: 'text not null', b: 'integer' });
    expect(await rows(`INSERT INTO s.t (a) VALUES ('y') RETURNING b`)).toEqual([{ b: 7 }]);
    expect(report.leftBehind.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'default t.c',
      'index expr',
      'collation t.d',
      'index part',
      'view v',
      'trigger tr',
    ]);
  });

  it('that a value is too long for is named, not made', async () => {
    const source = file('CREATE TABLE t (a TEXT UNIQUE, b TEXT); CREATE INDEX by_b ON t (b)', (db) =>
      insert(db, 't', { a: 'a'.repeat(3_000), b: 'b'.repeat(9_000) }),
    );
    const report = await move(source);
    expect(report.rejects).toEqual([]);
    expect(report.leftBehind).toMatchObject([{ kind: 'unique' }, { kind: 'index', name: 'by_b' }]);
  });

  it('an index whose name a table has gets another', async () => {
    const source = file(
      'CREATE TABLE t (a TEXT); CREATE TABLE t_a (a TEXT PRIMARY KEY); CREATE INDEX t_a_pkey ON t (a)',
    );
    expect((await move(source)).leftBehind).toMatchObject([{ kind: 'name', name: 't_a_pkey' }]);
    expect(await indexes('t')).toHaveLength(1);
  });
});

describe('foreign keys', () => {
  const FAMILY = `CREATE TABLE parent (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
    CREATE TABLE child (id INTEGER PRIMARY KEY, p TEXT REFERENCES parent ON DELETE CASCADE, c TEXT REFERENCES parent (code));`;

  it('hold after the move, with their actions and the type of what they refer to', async () => {
    await move(
      file(FAMILY, (db) => {
        insert(db, 'parent', { id: 1, code: 'a' });
        insert(db, 'child', { id: 1, p: '1', c: 'a' }, { id: 2, p: null });
      }),
    );
    expect(await types('child')).toMatchObject({ p: 'bigint', c: 'text' });
    expect((await constraints('child')).map(({ what }) => what)).toEqual([
      'FOREIGN KEY (c) REFERENCES s.parent(code) DEFERRABLE',
      'FOREIGN KEY (p) REFERENCES s.parent(id) ON DELETE CASCADE DEFERRABLE',
      'PRIMARY KEY (id)',
    ]);
  });

  it('set orphans aside, and the rows that are orphans for want of them', async () => {
    const schema = `CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t (id), x INTEGER, y INTEGER, FOREIGN KEY (x, y) REFERENCES p (x, y));
      CREATE TABLE p (x INTEGER, y INTEGER, PRIMARY KEY (x, y))`;
    const source = file(schema, (db) => {
      insert(db, 'p', { x: 1, y: 1 });
      insert(db, 't', { id: 1, up: 2, x: 1, y: 1 }, { id: 2, up: 1 }, { id: 3, up: 3, x: 1, y: 2 });
      insert(db, 't', { id: 4, up: 3 }, { id: 5, up: 4 }, { id: 6, up: null, x: null, y: 9 });
    });
    const report = await move(source);
    expect(report.tables).toMatchObject([
      { table: 'p', moved: 1 },
      { table: 't', moved: 3, rejected: 3 },
    ]);
    expect((await rejects()).map(({ source_key, reason }) => [source_key, reason])).toEqual(
      ['id=3', 'id=4', 'id=5'].map((key) => [key, 'the row it refers to does not exist']),
    );
    expect(await move(source)).toMatchObject({ changed: false });
  });

  it('that lead nowhere are named, not made', async () => {
    const schema = `CREATE TABLE p (id INTEGER PRIMARY KEY, plain TEXT);
      CREATE TABLE c (a INTEGER REFERENCES gone (id), b TEXT REFERENCES p (plain))`;
    const report = await move(file(schema, (db) => insert(db, 'c', { a: 1, b: 'x' })));
    expect(report.tables).toMatchObject([{ moved: 1 }, { moved: 0 }]);
    expect(report.leftBehind.map(({ why }) => why)).toEqual([
      'it does not refer to a key',
      'the table does not exist',
    ]);
  });
});

it('what is generated arrives as data, what is virtual is named', async () => {
  const schema = `CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) VIRTUAL, c TEXT AS (a || 'x') STORED, CHECK (a > 0));
    CREATE VIRTUAL TABLE f USING fts5 (words)`;
  const report = await move(file(schema, (db) => insert(db, 't', { a: 2 })));
  expect(await rows('SELECT a, b, c FROM s.t')).toEqual([{ a: 2, b: 4, c: '2x' }]);
  expect(report.tables).toHaveLength(1);
  expect(report.leftBehind.map(({ kind }) => kind)).toEqual([
    'virtual table',
    'check',
    'generated column',
    'generated column',
  ]);
});
