import type { Database } from 'better-sqlite3';
import { expect, it } from 'vitest';
import { auditFile } from '../../../scripts/migrate-from-sqlite/audit/audit-file.ts';
import { printAudit } from '../../../scripts/migrate-from-sqlite/audit/print-audit.ts';
import { change, useGenericMoves } from '../../support/generic-moves.ts';

const { file, move } = useGenericMoves();

/** The same numbers for the same seed, on every machine. */
function dice(seed: number) {
  let state = seed;
  const roll = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return {
    roll,
    pick: <Item>(items: readonly Item[]): Item => items[Math.floor(roll() * items.length)] as Item,
  };
}
type Dice = ReturnType<typeof dice>;

const TYPES =
  `INTEGER,TEXT,REAL,NUMERIC,BLOB,,BOOLEAN,DATETIME,DATE,JSON,VARCHAR(5),STRING,DECIMAL(5,2)`.split(
    /,(?!2\))/,
  );
const PLAIN = String.raw`a|A|a |1|01|-0|1.0|1e5|9223372036854775808|now|infinity|true|FALSE|2024|2024-02|2024-02-29|
2024-02-30|0000-01-01|2024-03-15 14:30:22|2024-03-15T14:30:22Z|2024-03-15T14:30:22.123456+05:30|2024-03-15T14:30|
2024-03-31 02:30:00|0001-01-01 00:00:00|9999-12-31T23:59:59.999999Z|2024-03-15 14:30:22 -02|1710513022|{}|{"a":1}|{|
[1,[2]]|{"a":1,"a":2}|{"x":"\u0000"}|{"x":"\ud800"}|{"n":1e400,"m":-0.0,"k":1.10}|"s"|null|\N|\.|🎵`;
const TEXTS = [...PLAIN.split(/\|\n?/), '', 'a\0b', 'tab\tline\nreturn\r\\', '\uFFFD', 'x'.repeat(3_000)];
const NUMBERS = [
  0n,
  1n,
  -1n,
  2n ** 31n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  1.5,
  1e308,
  3,
  Infinity,
  1_710_513_022n,
  1_710_513_022_123n,
];
const ANYTHING = [null, ...TEXTS, ...NUMBERS, Buffer.from([]), Buffer.from([0, 255]), Buffer.from('text')];
const ALIKE = [
  [1n, 2n, 3n, null, 2n ** 32n],
  ['2024-01-01', '2024-05-05', null],
  ['2024-03-15 14:30:22', '2024-03-15T10:00'],
  ['2024-03-15T14:30:22Z', '2024-03-15T14:30:22+02:00'],
  ['{"a":1}', '[]'],
  [0n, 1n],
  [Buffer.from([1]), Buffer.from([2])],
  ['a', 'b', 'c'],
];

function tableSql(at: number, width: number, { roll, pick }: Dice): string {
  const withoutRowid = roll() < 0.2;
  const columns = Array.from({ length: width }, (_, n) =>
    [
      `c${n} ${pick(TYPES)}`,
      ...(roll() < 0.15 ? ['NOT NULL'] : []),
      ...(roll() < 0.15 ? ['UNIQUE'] : []),
      ...(at > 0 && roll() < 0.2 ? [`REFERENCES t${at - 1} (c0)`] : []),
    ].join(' '),
  );
  const hasKey = withoutRowid || roll() < 0.4;
  if (!hasKey && roll() < 0.5) columns[0] = 'c0 INTEGER PRIMARY KEY';
  const key = hasKey ? [`PRIMARY KEY (${width > 1 && roll() < 0.5 ? 'c0, c1' : 'c0'})`] : [];
  const index = roll() < 0.4 ? `CREATE INDEX i${at} ON t${at} (c${Math.floor(roll() * width)});` : '';
  return `CREATE TABLE t${at} (${[...columns, ...key].join(', ')})${withoutRowid ? ' WITHOUT ROWID' : ''};${index}`;
}

function fill(db: Database, widths: readonly number[], count: number, { roll, pick }: Dice): void {
  widths.forEach((width, at) => {
    const pools = Array.from({ length: width }, () => (roll() < 0.6 ? pick(ALIKE) : ANYTHING));
    const add = db.prepare(`INSERT OR IGNORE INTO t${at} VALUES (${pools.map(() => '?').join(', ')})`);
    for (let n = 0; n < count; n += 1) {
      try {
        add.run(...pools.map((pool) => pick(roll() < 0.05 ? ANYTHING : pool)));
      } catch (error) {
        // A row number that is no number: the one thing SQLite itself refuses.
        if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_MISMATCH')) throw error;
      }
    }
  });
}

it.each([...Array(12).keys()])(
  'a file made at random (%i) moves, verifies, moves again without a change, and is completed when it grew',
  async (seed) => {
    const chance = dice(seed + 1);
    const widths = Array.from(
      { length: 1 + Math.floor(chance.roll() * 3) },
      () => 1 + Math.floor(chance.roll() * 5),
    );
    const schema = widths.map((width, at) => tableSql(at, width, chance)).join('\n');
    const source = file(schema, (db) => fill(db, widths, 30, chance));
    const assumedZone = chance.pick([null, 'UTC', 'Europe/Vienna', 'America/New_York']);
    expect(printAudit(await auditFile(source))).toContain('t0');
    await move(source, { assumedZone });
    expect((await move(source, { assumedZone })).changed).toBe(false);
    change(source, (db) => fill(db, widths, 15, chance));
    await move(source, { assumedZone });
    expect((await move(source, { assumedZone, mode: 'verify' })).changed).toBe(false);
  },
);
