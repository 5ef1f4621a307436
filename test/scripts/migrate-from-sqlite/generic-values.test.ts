import { describe, expect, it } from 'vitest';
import type { PgType } from '../../../scripts/migrate-from-sqlite/audit/choose-type.ts';
import { BrokenText, type Cell } from '../../../scripts/migrate-from-sqlite/read/cells.ts';
import { convertCell } from '../../../scripts/migrate-from-sqlite/generic/convert-cell.ts';
import { planDefault } from '../../../scripts/migrate-from-sqlite/generic/defaults.ts';
import { instantIn, localTime } from '../../../scripts/migrate-from-sqlite/read/local-time.ts';
import { matches } from '../../../scripts/migrate-from-sqlite/generic/matches.ts';
import { printGenericReport } from '../../../scripts/migrate-from-sqlite/generic/report.ts';
import { checkSchemaName, legalName } from '../../../scripts/migrate-from-sqlite/generic/names.ts';
import { change, useGenericMoves, WEATHER } from '../../support/generic-moves.ts';
import { insert } from '../../support/old-archives.ts';

const { file, move, rows, rejects, types } = useGenericMoves();

describe('a weather cache', () => {
  it('arrives with its types, its key, its values and a counter past its largest id', async () => {
    const cache = file(WEATHER, (db) =>
      insert(
        db,
        'weather_history',
        { location: 'Vienna', temperature: 21.5, conditions: 'clear', timestamp: '2024-03-15T14:30:22Z' },
        {
          location: 'Linz',
          temperature: null,
          conditions: null,
          timestamp: '2024-03-15T14:30:22.123456+05:30',
        },
      ),
    );
    const report = await move(cache);
    expect(report).toMatchObject({ created: true, changed: true, rejects: [] });
    expect(report.tables).toMatchObject([{ target: 's.weather_history', read: 2, moved: 2, rejected: 0 }]);
    expect(await types('weather_history')).toEqual({
      id: 'bigint not null',
      location: 'text not null',
      temperature: 'double precision',
      conditions: 'text',
      timestamp: 'timestamp with time zone not null',
    });
    expect(
      await rows(`SELECT id, temperature, timestamp AT TIME ZONE 'UTC' = '2024-03-15 09:00:22.123456' AS exact
                       FROM s.weather_history WHERE id = 2`),
    ).toEqual([{ id: 2, temperature: null, exact: true }]);
    expect(
      await rows(`INSERT INTO s.weather_history (location, timestamp) VALUES ('Graz', now()) RETURNING id`),
    ).toEqual([{ id: 3 }]);
  });

  it('keeps a time without a zone as it is, or reads it in the zone that is named', async () => {
    const cache = file(WEATHER, (db) =>
      insert(db, 'weather_history', { location: 'Vienna', timestamp: '2024-07-01 12:00:00' }),
    );
    await move(cache, { mode: 'dry-run' });
    await move(cache);
    expect(await rows('SELECT timestamp::text AS at FROM s.weather_history')).toEqual([
      { at: '2024-07-01 12:00:00' },
    ]);
    const vienna = await move(cache, { schema: 'vienna', assumedZone: 'Europe/Vienna' });
    expect(vienna.tables[0]?.columns.at(-1)).toEqual({ name: 'timestamp', type: 'timestamptz' });
    expect(
      await rows(`SELECT (timestamp AT TIME ZONE 'UTC')::text AS at FROM vienna.weather_history`),
    ).toEqual([{ at: '2024-07-01 10:00:00' }]);
    await rows('DROP SCHEMA vienna CASCADE');
  });

  it('sets a time aside that the clocks of the zone skip', async () => {
    const cache = file('CREATE TABLE t (at TEXT)', (db) =>
      insert(db, 't', { at: '2024-03-31 02:30:00' }, { at: '2024-10-27 02:30:00' }),
    );
    const report = await move(cache, { assumedZone: 'Europe/Vienna' });
    expect(report.rejects).toMatchObject([
      { column: 'at', reason: 'a time that the clocks of its zone skip', count: 1 },
    ]);
  });
});

describe('every storage class', () => {
  it('in a column of its own is kept exactly', async () => {
    const blob = Buffer.from([...Array(256).keys()]);
    const text = 'tab\t line\n return\r back\\ \\N \\. é 🎵 \u2028 \u0001';
    await move(
      file('CREATE TABLE t (i INTEGER, big INTEGER, r REAL, t TEXT, b BLOB, n NUMERIC, f BOOLEAN)', (db) => {
        insert(db, 't', { i: 1, big: 2n ** 63n - 1n, r: 0.1, t: text, b: blob, n: 0.1, f: 1 });
        insert(db, 't', {
          i: -1,
          big: -(2n ** 63n),
          r: -2.5,
          t: '',
          b: Buffer.alloc(0),
          n: 12_345_678_901n,
          f: 0,
        });
        db.exec('INSERT INTO t (r) VALUES (1e308), (5e-324), (9e999), (-9e999)');
      }),
    );
    const [first, second] = await rows<Record<string, unknown>>(
      'SELECT i, big::text AS big, r::text AS r, t, b, n::text AS n, f FROM s.t WHERE i IS NOT NULL',
    );
    expect(first).toEqual({
      i: 1,
      big: '9223372036854775807',
      r: '0.1',
      t: text,
      b: blob,
      n: '0.1',
      f: true,
    });
    expect(second).toMatchObject({
      big: '-9223372036854775808',
      r: '-2.5',
      t: '',
      b: Buffer.alloc(0),
      f: false,
    });
    expect(await rows('SELECT r::text AS r FROM s.t WHERE i IS NULL ORDER BY s.t.r')).toEqual(
      ['-Infinity', '5e-324', '1e+308', 'Infinity'].map((r) => ({ r })),
    );
  });

  it('where it does not fit leaves NULL and goes to the rejects exactly as it was', async () => {
    const report = await move(
      file('CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, t TEXT, d DATE)', (db) => {
        insert(db, 't', { id: 1, i: 7, t: 'a', d: '2024-01-31' }, { id: 2, i: 8, t: 'b', d: '2024-02-29' });
        insert(db, 't', { id: 3, i: 3.7, t: Buffer.from([255, 0]), d: '2024-02-30' });
        db.exec(`INSERT INTO t VALUES (4, 'abc', CAST(x'ff41' AS TEXT), 'now')`);
        insert(
          db,
          't',
          { id: 5, i: '', t: 'a\0b', d: '2024-03-01' },
          { id: 6, i: 9, t: 'c', d: '2024-03-02' },
        );
      }),
    );
    expect(report.tables).toMatchObject([{ moved: 6, rejected: 0 }]);
    expect(await rows('SELECT i, t, d FROM s.t WHERE id IN (3, 4)')).toEqual([
      { i: null, t: null, d: null },
      { i: null, t: null, d: null },
    ]);
    const kept = await rejects();
    expect(kept.map((reject) => [reject.source_key, reject.source_column, reject.original])).toEqual([
      ['id=3', 'd', { type: 'text', text: '2024-02-30' }],
      ['id=3', 'i', { type: 'real', text: '3.7' }],
      ['id=3', 't', { type: 'blob', hex: 'ff00' }],
      ['id=4', 'd', { type: 'text', text: 'now' }],
      ['id=4', 'i', { type: 'text', text: 'abc' }],
      ['id=4', 't', { type: 'text', hex: 'ff41' }],
      ['id=5', 'i', { type: 'text', text: '' }],
      ['id=5', 't', { type: 'text', hex: '610062' }],
    ]);
  });

  it('takes its row along where the column may not be NULL', async () => {
    const report = await move(
      file('CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER NOT NULL, x TEXT)', (db) =>
        insert(db, 't', { i: 1 }, { i: 2 }, { i: 'abc', x: 'kept' }),
      ),
    );
    expect(report.tables).toMatchObject([{ read: 3, moved: 2, rejected: 1 }]);
    expect(await rejects()).toEqual([
      {
        source_table: 't',
        source_key: 'id=3',
        source_column: null,
        reason: 'not a whole number',
        original: {
          id: { type: 'integer', text: '3' },
          i: { type: 'text', text: 'abc' },
          x: { type: 'text', text: 'kept' },
        },
      },
    ]);
  });

  it('of a mixed column becomes text, numbers as they are written', async () => {
    const report = await move(
      file('CREATE TABLE t (v)', (db) =>
        insert(db, 't', { v: 1 }, { v: 1.5 }, { v: 'x' }, { v: null }, { v: 2n ** 60n }),
      ),
    );
    expect(report.rejects).toEqual([]);
    expect(await rows('SELECT v FROM s.t')).toEqual(
      ['1', '1.5', 'x', null, '1152921504606846976'].map((v) => ({ v })),
    );
  });
});

describe('JSON', () => {
  it('is kept number for number, and what PostgreSQL cannot store is set aside', async () => {
    const bad = [
      '{"a":"\\u0000"}',
      '{"a":"\\ud800"}',
      '{"n":1e200000}',
      '['.repeat(50_000) + ']'.repeat(50_000),
    ];
    const good = [
      '{"n":12345678901234567890.10,"e":1e400,"z":-0}',
      '{"a":"\\\\u0000"}',
      '[]',
      '{"é":"🎵"}',
      '{"x":1}',
    ];
    const report = await move(
      file('CREATE TABLE t (j TEXT)', (db) => insert(db, 't', ...[...good, ...bad].map((j) => ({ j })))),
    );
    expect(report.rejects.map(({ reason, count }) => [reason, count])).toEqual([
      ['JSON nested too deep', 1],
      ['a NUL character in JSON', 1],
      ['a number in JSON that is too large', 1],
      ['half a character in JSON', 1],
    ]);
    expect(await rows(`SELECT j ->> 'n' AS n, length(j ->> 'e') AS e FROM s.t WHERE j ? 'n'`)).toEqual([
      { n: '12345678901234567890.10', e: 401 },
    ]);
    expect((await rejects()).map(({ original }) => original)).toContainEqual({ type: 'text', text: bad[0] });
  });

  it('that repeats keys stays the text it is', async () => {
    await move(
      file('CREATE TABLE t (j TEXT)', (db) => insert(db, 't', { j: '{"a":1, "a":2}' }, { j: '{}' })),
    );
    expect(await types('t')).toEqual({ j: 'json' });
    expect(await rows('SELECT j::text AS j FROM s.t')).toEqual([{ j: '{"a":1, "a":2}' }, { j: '{}' }]);
  });
});

describe('names', () => {
  it('that are hostile, reserved, too long, empty or taken arrive quoted or as near as can be', async () => {
    const long = 'ä'.repeat(40);
    const source = file(
      `CREATE TABLE "select" ("order" INTEGER PRIMARY KEY, "a""b;--" TEXT, "" TEXT, ctid TEXT, "__proto__" TEXT, "1" TEXT,
         "${long}1" TEXT, "${long}2" TEXT, "naïve 🎵" TEXT);
       CREATE TABLE import_rejects (v TEXT); CREATE TABLE "Upper" (v); CREATE TABLE "'; DROP SCHEMA s; --" (v TEXT);`,
      (db) => {
        db.exec(`INSERT INTO "select" VALUES (1, 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')`);
        db.exec(
          `INSERT INTO import_rejects VALUES ('a'), (x'ff'); INSERT INTO "'; DROP SCHEMA s; --" VALUES ('x')`,
        );
      },
    );
    const report = await move(source);
    const [, , , reserved] = report.tables.toSorted((one, other) => one.table.length - other.table.length);
    expect(report.tables.map(({ table }) => table)).toEqual([
      "'; DROP SCHEMA s; --",
      'Upper',
      'import_rejects',
      'select',
    ]);
    expect(reserved).toBeDefined();
    expect(await rows('SELECT * FROM s."select"')).toEqual([
      expect.objectContaining({ order: 1, 'a"b;--': 'b', ['__proto__']: 'e', '1': 'f', 'naïve 🎵': 'i' }),
    ]);
    const renamed = report.leftBehind.filter(({ kind }) => kind === 'name').map(({ name }) => name);
    expect(renamed).toEqual([
      'import_rejects',
      'select.',
      'select.ctid',
      `select.${long}1`,
      `select.${long}2`,
    ]);
    expect(await rejects()).toMatchObject([{ source_table: 'import_rejects', original: { hex: 'ff' } }]);
    expect((await move(source)).changed).toBe(false);
  });

  it('are cut at a character, and never given twice', () => {
    const taken = new Set<string>();
    const names = ['a', 'a', '', 'x'.repeat(64), '🎵'.repeat(20), 'xmin'].map((name) =>
      legalName(name, taken),
    );
    expect(names[0]).toBe('a');
    expect(new Set(names).size).toBe(6);
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
    expect(names[4]).not.toContain('\uFFFD');
  });

  it.each(['weather', '_x', 'a1', 'pgx', 'a'.repeat(63)])('%s may be a schema', (name) => {
    expect(checkSchemaName(name)).toBe(name);
  });

  it.each([
    '',
    'public',
    'pg_temp',
    'pg_',
    'information_schema',
    'Weather',
    '1a',
    'a-b',
    'a b',
    'a"',
    'a\n',
    'ä',
    'a'.repeat(64),
  ])('%j may not be a schema', (name) => {
    expect(() => checkSchemaName(name)).toThrow(/schema/);
  });
});

describe('a value', () => {
  const kept: [Cell, PgType, string, string][] = [
    [12n, 'integer', '12', '12'],
    [12.0, 'integer', '12', '12'],
    ['-12', 'bigint', '-12', '-12'],
    [3n, 'double precision', '3', '3'],
    [-0, 'double precision', '-0', '-0'],
    [1e21, 'numeric', '1e+21', '1000000000000000000000'],
    ['1.50', 'numeric', '1.50', '1.50'],
    [1n, 'boolean', 'true', 't'],
    ['FALSE', 'boolean', 'false', 'f'],
    [1.5, 'text', '1.5', '1.5'],
    ['2024-02-29', 'date', '2024-02-29', '2024-02-29'],
    ['2024-03-15T14:30', 'timestamp', '2024-03-15 14:30:00.0', '2024-03-15 14:30:00'],
    ['2024-03-15 14:30:22.10+0530', 'timestamptz', '2024-03-15 14:30:22.10+05:30', '2024-03-15 09:00:22.1'],
    ['2024-03-15 14:30:22 +02', 'timestamptz', '2024-03-15 14:30:22.0+02:00', '2024-03-15 12:30:22'],
    [1_710_513_022n, 'timestamptz', '2024-03-15T14:30:22.000Z', '2024-03-15 14:30:22'],
    [1_710_513_022_123n, 'timestamptz', '2024-03-15T14:30:22.123Z', '2024-03-15 14:30:22.123'],
    ['{"b":1.0,"a":2}', 'jsonb', '{"b":1.0,"a":2}', '{"a": 2, "b": 1.0}'],
    [Buffer.from([1, 255]), 'bytea', '\\x01ff', '\\x01ff'],
  ];
  it.each(kept)('%o is sent to %s as %s, and recognised in %s', (cell, type, sent, stored) => {
    expect(convertCell(cell, type, 'UTC')).toEqual({ value: sent, reason: null });
    expect(matches(cell, stored, type, 'UTC')).toBe(true);
  });

  const refused: [Cell, PgType][] = [
    [2_147_483_648n, 'integer'],
    [3.7, 'bigint'],
    ['9223372036854775808', 'bigint'],
    ['012', 'integer'],
    ['', 'integer'],
    [9_007_199_254_740_993n, 'double precision'],
    ['1.5', 'double precision'],
    ['1e5000', 'numeric'],
    ['NaN', 'numeric'],
    [2n, 'boolean'],
    [Buffer.from('true'), 'boolean'],
    ['a\0', 'text'],
    [new BrokenText(Buffer.from([255])), 'text'],
    ['2024', 'date'],
    [20_240_101n, 'date'],
    ['2024-03-15 14:30:22Z', 'timestamp'],
    [1_710_513_022n, 'timestamp'],
    ['tomorrow', 'timestamptz'],
    ['0001-01-01T00:00:00+01:00', 'timestamptz'],
    ['9999-12-31T23:59:59-01:00', 'timestamptz'],
    ['{"a":1,"a":1}', 'jsonb'],
    ['1', 'jsonb'],
    ['{', 'json'],
    ['text', 'bytea'],
  ];
  it.each(refused)('%o is nothing for %s', (cell, type) => {
    const { value, reason } = convertCell(cell, type, 'UTC');
    expect(value).toBeNull();
    expect(reason).toMatch(/\w/);
  });

  const different: [Cell, string | null, PgType][] = [
    [null, '0', 'integer'],
    [0n, null, 'integer'],
    [12n, '13', 'bigint'],
    [9_007_199_254_740_993n, '9007199254740992', 'bigint'],
    [0.1, '0.10000000000000002', 'double precision'],
    [-0, '0', 'double precision'],
    ['a', 'a ', 'text'],
    ['', null, 'text'],
    [1n, 'f', 'boolean'],
    ['2024-02-29', '2024-02-28', 'date'],
    ['2024-03-15 14:30:22.1', '2024-03-15 14:30:22.2', 'timestamp'],
    ['2024-03-15T14:30:22Z', '2024-03-15 15:30:22', 'timestamptz'],
    ['2024-03-15T14:30:22+01:00', '2024-03-15 14:30:22', 'timestamptz'],
    ['2024-03-15 14:30:22', '2024-03-15 14:30:23', 'timestamptz'],
    [1_710_513_022n, '2024-03-15 14:30:23', 'timestamptz'],
    ['{"n":12345678901234567890}', '{"n": 12345678901234567000}', 'jsonb'],
    ['{"a":1}', '{"a":1,"b":2}', 'jsonb'],
    ['{"a":1}', '{"a": 1}', 'json'],
    [Buffer.from([1]), '\\x02', 'bytea'],
    [new BrokenText(Buffer.from([65])), 'A', 'text'],
  ];
  it.each(different)('%o is not recognised in %j (%s)', (cell, stored, type) => {
    expect(matches(cell, stored, type, 'UTC')).toBe(false);
  });

  it('keeps its column’s default where it is a plain one', () => {
    expect(planDefault("'it''s'", 'text')).toBe("'it''s'");
    expect(planDefault('0', 'boolean')).toBe("'false'");
    expect(planDefault('-1.5', 'double precision')).toBe("'-1.5'");
    expect(planDefault('CURRENT_TIMESTAMP', 'timestamp')).toBe("(now() AT TIME ZONE 'UTC')");
    expect(planDefault("strftime('%s')", 'integer')).toBeNull();
    expect(planDefault("'abc'", 'integer')).toBeNull();
  });
});

it('a clock’s zone knows summer, winter and the hours between', () => {
  expect(localTime('Europe/Vienna', Date.parse('2024-07-01T10:00:00Z'))).toBe('2024-07-01T12:00:00');
  expect(instantIn('Europe/Vienna', '2024-03-31T02:30:00')).toBeNull();
  expect(instantIn('Europe/Vienna', '2024-10-27T02:30:00')).not.toBeNull();
  expect(instantIn('Pacific/Kiritimati', '2024-01-01T00:00:00')).toBe(Date.parse('2023-12-31T10:00:00Z'));
  expect(instantIn('America/New_York', '2024-07-01T12:00:00')).toBe(Date.parse('2024-07-01T16:00:00Z'));
});

it('a rejected value that was mended in the file fills the gap it left, and nothing else', async () => {
  const source = file('CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, v TEXT)', (db) =>
    insert(db, 't', { i: 1, v: 'a' }, { i: 2, v: 'b' }, { i: 'abc', v: 'c' }, { i: 'def', v: 'd' }),
  );
  await move(source);
  await rows(`UPDATE s.t SET v = 'live' WHERE id = 4`);
  change(source, (db) => db.exec('UPDATE t SET i = id WHERE id > 2'));
  expect((await move(source)).tables).toMatchObject([{ moved: 1, alreadyThere: 2, kept: 1 }]);
  expect(await rows('SELECT i, v FROM s.t WHERE id > 2 ORDER BY id')).toEqual([
    { i: 3, v: 'c' },
    { i: 4, v: 'live' },
  ]);
});

it('no name of the file leads the terminal: each is shown with its controls as numbers', async () => {
  const odd = file('CREATE TABLE "a\u001b[2J" ("b\nc" INTEGER, d); CREATE VIEW "v\u202E" AS SELECT 1', (db) =>
    db.exec(`INSERT INTO "a\u001b[2J" VALUES (1, x'ff'), (2, 'x')`),
  );
  const text = printGenericReport(await move(odd));
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain('s.a\\u{1b}[2J ');
  expect(text).toContain('view v\\u{202e}:');
});
