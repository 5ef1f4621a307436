import { describe, expect, it } from 'vitest';
import { chooseType, type Circumstances } from '../../../scripts/migrate-from-sqlite/audit/choose-type.ts';
import { ColumnFacts } from '../../../scripts/migrate-from-sqlite/audit/column-facts.ts';
import { canonicalNumber, readJson } from '../../../scripts/migrate-from-sqlite/audit/json-text.ts';
import { listChecks, usesKeyword } from '../../../scripts/migrate-from-sqlite/read/sql-text.ts';
import { formOf } from '../../../scripts/migrate-from-sqlite/audit/text-forms.ts';
import { BrokenText, type Cell } from '../../../scripts/migrate-from-sqlite/read/cells.ts';

const PLAIN: Circumstances = {
  isRowid: false,
  isIndexed: false,
  isUnique: false,
  mayBeNull: true,
  zoneIsKnown: false,
};

function choose(declaredType: string, cells: readonly Cell[], around: Partial<Circumstances> = {}) {
  const facts = new ColumnFacts();
  for (const cell of cells) facts.add(cell);
  const column = { name: 'c', declaredType, notNull: false, defaultSql: null, generated: null };
  return chooseType(column, facts, { ...PLAIN, ...around });
}

const BLOB = Buffer.from([0, 255]);
const NAIVE = '2024-03-15 14:30:22';
const ZONED = '2024-03-15T14:30:22Z';

describe('the type map', () => {
  it('makes the row number an identity, whatever it holds', () => {
    expect(choose('INTEGER', [1n], { isRowid: true })).toMatchObject({ type: 'bigint', identity: true });
  });

  const rules: [string, readonly Cell[], string, number][] = [
    ['INTEGER', [1n, null, -2_147_483_648n], 'integer', 0],
    ['INTEGER', [1n, 2_147_483_648n], 'bigint', 0],
    ['INTEGER', [], 'bigint', 0],
    ['BIGINT UNSIGNED', [1n], 'integer', 0],
    ['INTEGER', [1n, 2n, 3.7, 'abc'], 'integer', 2],
    ['INTEGER', [1n, 'a', 'b', 'c'], 'text', 0],
    ['INTEGER', [1.5, 2.5, 3n], 'double precision', 0],
    ['REAL', [1.5, -0, Infinity], 'double precision', 0],
    ['REAL', [1.5, 2.5, 'warm'], 'double precision', 1],
    ['DOUBLE PRECISION', [], 'double precision', 0],
    ['NUMERIC', [1n, 2.5], 'numeric', 0],
    ['DECIMAL(10,2)', [1n], 'numeric', 0],
    ['BOOLEAN', [0n, 1n], 'boolean', 0],
    ['BOOLEAN', [0n, 'true'], 'boolean', 0],
    ['BOOLEAN', [0n, 2n], 'integer', 0],
    ['TEXT', ['2024-01-31', null], 'date', 0],
    ['TEXT', ['2024', '2024-01', '2024-01-31'], 'text', 0],
    ['TEXT', ['2024-01-31', ''], 'text', 0],
    ['TEXT', ['2024-01-31', '2024-02-30'], 'text', 0],
    ['TEXT', ['0000-01-01'], 'text', 0],
    ['TEXT', [NAIVE], 'timestamp', 0],
    ['TEXT', [ZONED, '2024-03-15 14:30:22+05:30'], 'timestamptz', 0],
    ['TEXT', [ZONED, NAIVE], 'timestamptz', 0],
    ['TEXT', [NAIVE, 'now'], 'text', 0],
    ['TEXT', ['2024-03-15 14:30:22.1234567'], 'text', 0],
    ['TEXT', ['{"a":1}', ' [1]'], 'jsonb', 0],
    ['TEXT', ['{"a":1,"a":2}'], 'json', 0],
    ['TEXT', ['{"a":1}', '{'], 'text', 0],
    ['TEXT', ['"scalar"', '1'], 'text', 0],
    ['TEXT', ['007', '12'], 'text', 0],
    ['VARCHAR(3)', ['longer than three'], 'text', 0],
    ['TEXT', ['a', 'b', BLOB, 'a\0b', new BrokenText(BLOB)], 'text', 3],
    ['JSON', ['{"a":1}', '[]', 'nope'], 'jsonb', 1],
    ['DATETIME', [NAIVE, NAIVE, 'now'], 'timestamp', 1],
    ['DATETIME', [1_710_513_022n, 1_710_513_022_123n], 'timestamptz', 0],
    ['DATE', ['2024-01-31', 'soon'], 'date', 1],
    ['BLOB', [BLOB, BLOB, 'text'], 'bytea', 1],
    ['BLOB', ['a', 'b'], 'text', 0],
    ['', [1n, 2n], 'integer', 0],
    ['', [1n, 2.5], 'double precision', 0],
    ['', [9_007_199_254_740_993n, 2.5], 'numeric', 0],
    ['', [BLOB], 'bytea', 0],
    ['', [1n, 'a', 2.5], 'text', 0],
    ['', ['a', BLOB], 'text', 1],
    ['', [BLOB, BLOB, 'a'], 'bytea', 1],
    ['', [], 'text', 0],
    ['', [null], 'text', 0],
    ['STRING', ['a'], 'text', 0],
  ];
  it.each(rules)('%s holding %o becomes %s, %i values aside', (declared, cells, type, misfits) => {
    const chosen = choose(declared, cells);
    expect(chosen).toMatchObject({ type, misfits, identity: false });
    expect(chosen.why).not.toBe('');
  });

  it('keeps a time without a zone as it is until a zone is named', () => {
    expect(choose('TEXT', [NAIVE], { zoneIsKnown: true }).type).toBe('timestamptz');
  });

  it('leaves JSON text where it is part of a key', () => {
    expect(choose('TEXT', ['{"a":1}'], { isIndexed: true }).type).toBe('text');
  });

  it('says why dates of several precisions stay text, and what numbers may be times', () => {
    expect(choose('TEXT', ['2024', '2024-01']).why).toContain('precisions');
    expect(choose('INTEGER', [1_710_513_022n]).why).toContain('seconds since 1970');
    expect(choose('INTEGER', [1_710_513_022_000n]).why).toContain('milliseconds since 1970');
    expect(choose('INTEGER', [0n, 1n]).why).not.toContain('1970');
  });
});

describe('what a column holds', () => {
  it('is counted by storage class, range, length and distinct values, in bounded memory', () => {
    const facts = new ColumnFacts();
    for (let n = 0n; n < 5_000n; n += 1n) facts.add(n);
    for (const cell of [null, -1.5, 'text', new BrokenText(BLOB), BLOB, 9_223_372_036_854_775_807n])
      facts.add(cell);
    expect(Object.fromEntries(facts.holds)).toEqual({
      integer: 5_001,
      null: 1,
      real: 1,
      text: 1,
      'broken text': 1,
      blob: 1,
    });
    expect([facts.least, facts.greatest]).toEqual([-1.5, 9_223_372_036_854_775_807n]);
    expect([facts.shortest, facts.longest, facts.beyond32]).toEqual([2, 4, 1]);
    expect(facts.distinct).toEqual({ count: 1_000, exact: false });
    expect(facts.samples).toEqual(['0', '1', '2']);
  });

  it.each([
    ['', 'empty'],
    ['2024', 'YYYY'],
    ['2024-02', 'YYYY-MM'],
    ['2024-02-29', 'YYYY-MM-DD'],
    ['2023-02-29', 'no day of the calendar'],
    ['2024-13', 'no day of the calendar'],
    [ZONED, 'time with a zone'],
    ['2024-03-15 14:30:22-0800', 'time with a zone'],
    [NAIVE, 'time without a zone'],
    ['2024-03-15T14:30', 'time without a zone'],
    ['-12', 'whole number'],
    ['9223372036854775807', 'whole number'],
    ['9223372036854775808', 'whole number beyond 64 bits'],
    ['-9223372036854775808', 'whole number'],
    ['007', 'decimal number'],
    ['1.50', 'decimal number'],
    ['True', 'true or false'],
    ['{"a":[1]}', 'JSON object'],
    [' []', 'JSON array'],
    ['{"a":1,"\\u0061":2}', 'JSON with repeated keys'],
    ['{a:1}', 'broken JSON'],
    ['a\0', 'with a NUL character'],
    ['now', 'other text'],
  ])('%j is written as %s', (text, form) => {
    expect(formOf(text)).toBe(form);
  });
});

describe('JSON read without changing it', () => {
  it.each([
    ['{"b":1,"a":[true,null]}', '{ "a" : [ true , null ], "b" : 1.0e0 }'],
    ['{"a":"\\u00e9\\/"}', '{"a":"é/"}'],
    ['[1e400]', `[1${'0'.repeat(400)}]`],
    ['[12345678901234567890.10]', '[12345678901234567890.1]'],
    ['[-0, 0.00]', '[0,0]'],
  ])('%s says the same as %s', (one, other) => {
    expect(readJson(one).canonical).toBe(readJson(other).canonical);
  });

  it.each([
    ['[12345678901234567890]', '[12345678901234567891]'],
    ['[1e400]', '[1e401]'],
    ['["1"]', '[1]'],
    ['[[],{}]', '[{},[]]'],
    ['{"a":{"b":1}}', '{"a":1,"b":1}'],
    ['[1,2]', '[2,1]'],
  ])('%s says something else than %s', (one, other) => {
    expect(readJson(one).canonical).not.toBe(readJson(other).canonical);
  });

  it('survives a depth that would overflow the stack', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(readJson(deep)).toEqual({ canonical: deep, repeatedKeys: false });
  });

  it('gives a number of any size one spelling', () => {
    expect(canonicalNumber('-0015.00')).toBe('-15e0');
    expect(canonicalNumber('1500')).toBe(canonicalNumber('1.5e3'));
    expect(canonicalNumber('Infinity')).toBe('Infinity');
  });
});

describe('SQL that no pragma tells', () => {
  it('finds checks, but not in names, texts and comments', () => {
    const sql = `CREATE TABLE t (a CHECK (a > (1)), "check (b)" TEXT DEFAULT 'CHECK (c)', -- CHECK (d)
      CONSTRAINT named check(a <> ')') /* CHECK (e) */)`;
    expect(listChecks(sql)).toEqual(['a > (1)', "a <> ')'"]);
  });

  it('tells a keyword from a name', () => {
    expect(usesKeyword('CREATE TABLE t (id INTEGER PRIMARY KEY autoincrement)', 'AUTOINCREMENT')).toBe(true);
    expect(usesKeyword('CREATE TABLE "autoincrement" (id)', 'AUTOINCREMENT')).toBe(false);
  });
});
