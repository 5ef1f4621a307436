import type { ColumnFacts } from './column-facts.ts';
import type { FileColumn } from './read-schema.ts';

export type PgType =
  | 'integer'
  | 'bigint'
  | 'numeric'
  | 'double precision'
  | 'boolean'
  | 'text'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'jsonb'
  | 'json'
  | 'bytea';

export interface ChosenType {
  readonly type: PgType;
  readonly identity: boolean;
  readonly why: string;
  /** Values that the type cannot hold unchanged. */
  readonly misfits: number;
}

export interface Circumstances {
  /** SQLite fills the column by itself. */
  readonly isRowid: boolean;
  /** Part of a key, a unique constraint or an index, which JSON cannot be. */
  readonly isIndexed: boolean;
  /** Part of the primary key or of a unique set. */
  readonly isUnique: boolean;
  /** If false, a value that does not fit sets its whole row aside. */
  readonly mayBeNull: boolean;
  /** --assume-timezone was given. */
  readonly zoneIsKnown: boolean;
}

type Facts = ColumnFacts;
type Choice = Omit<ChosenType, 'identity' | 'misfits'>;

/**
 * A column's PostgreSQL type, from its declaration and every value. The declared type is kept if it fits at least half
 * of the values; a narrower type (dates in TEXT) must fit every one.
 */
export function chooseType(column: FileColumn, facts: Facts, around: Circumstances): ChosenType {
  if (around.isRowid)
    return {
      type: 'bigint',
      identity: true,
      why: 'SQLite’s row number, which the database continues',
      misfits: 0,
    };
  const chosen = declaredChoice(column.declaredType, facts, around) ?? valueChoice(facts, around);
  const choice = keptAsText(chosen, facts, around) ?? chosen;
  return { ...choice, identity: false, misfits: facts.values - countFits(choice.type, facts) };
}

/** Text keeps what a time or JSON would lose: a row that would be set aside, or one of two equal keys. */
function keptAsText({ type }: Choice, facts: Facts, around: Circumstances): Choice | null {
  const isTime = type === 'date' || type === 'timestamp' || type === 'timestamptz';
  if (isTime && around.isUnique && facts.timeSpellings.size > 1)
    return { type: 'text', why: 'a key of times in several spellings, two of which may be one instant' };
  const wouldLose = !around.mayBeNull && countFits(type, facts) < facts.values;
  if (!wouldLose || !(isTime || type === 'json' || type === 'jsonb')) return null;
  const finer = facts.form('time finer than microseconds') > 0;
  const what = isTime
    ? finer
      ? 'times finer than microseconds'
      : 'values that are not times'
    : 'broken JSON';
  return { type: 'text', why: `${what} in a NOT NULL column: as text every row stays` };
}

type Kind = 'whole' | 'real' | 'numeric' | 'boolean' | 'json' | 'time' | 'blob' | 'text' | 'none';

/** SQLite's rules of affinity, after the type names of other databases. */
function kindOf(declaredType: string): Kind {
  const declared = declaredType.toUpperCase();
  if (/BOOL/.test(declared)) return 'boolean';
  if (/JSON/.test(declared)) return 'json';
  if (/^(DATE|DATETIME|TIMESTAMP)/.test(declared)) return 'time';
  if (/INT/.test(declared)) return 'whole';
  if (/CHAR|CLOB|TEXT/.test(declared)) return 'text';
  if (/BLOB|BYTEA|BINARY/.test(declared)) return 'blob';
  if (/REAL|FLOA|DOUB/.test(declared)) return 'real';
  return /NUMERIC|DECIMAL|NUMBER|MONEY/.test(declared) ? 'numeric' : 'none';
}

function declaredChoice(declared: string, facts: Facts, around: Circumstances): Choice | null {
  const choice = DECLARED[kindOf(declared)](facts, around);
  if (choice === null) return null;
  return 2 * countFits(choice.type, facts) >= facts.values ? choice : null;
}

type Rule = (facts: Facts, around: Circumstances) => Choice | null;

const wholeChoice: Rule = (facts) => {
  if (facts.values === 0) return { type: 'bigint', why: 'whole numbers, no value yet' };
  return facts.beyond32 > 0
    ? { type: 'bigint', why: 'whole numbers beyond 32 bits' + epochNote(facts) }
    : { type: 'integer', why: 'whole numbers within 32 bits' + epochNote(facts) };
};

function epochNote(facts: Facts): string {
  const integers = facts.count('integer');
  if (integers === 0 || facts.zeroOrOne === integers) return '';
  if (facts.epochSeconds === integers) return '; all may be seconds since 1970: to_timestamp(n)';
  return facts.epochMilliseconds === integers
    ? '; all may be milliseconds since 1970: to_timestamp(n / 1000.0)'
    : '';
}

const timeChoice: Rule = (facts, around) => {
  const days = facts.form('YYYY-MM-DD');
  const times = countFits('timestamptz', facts);
  if (facts.values === 0) return { type: 'timestamptz', why: 'declared as a time, no value yet' };
  if (days >= times) return { type: 'date', why: 'days written YYYY-MM-DD' };
  return instantChoice(facts, around);
};

function instantChoice(facts: Facts, around: Circumstances): Choice {
  const naive = facts.form('time without a zone');
  if (naive === 0)
    return facts.epochs > 0
      ? { type: 'timestamptz', why: 'declared as a time: a count since 1970' }
      : { type: 'timestamptz', why: 'times with a zone: the instant is kept' };
  if (naive === countFits('timestamptz', facts) && !around.zoneIsKnown)
    return { type: 'timestamp', why: 'times without a zone (--assume-timezone sets one)' };
  return { type: 'timestamptz', why: 'times; those without a zone are in the assumed one' };
}

const DECLARED: Readonly<Record<Kind, Rule>> = {
  whole: wholeChoice,
  real: () => ({ type: 'double precision', why: 'the same 64-bit floating point number' }),
  numeric: () => ({ type: 'numeric', why: 'exact decimal numbers of any size' }),
  boolean: (facts) =>
    countFits('boolean', facts) === facts.values
      ? { type: 'boolean', why: 'declared as a boolean, all of it 0 and 1' }
      : null,
  json: (facts, around) => (around.isIndexed ? null : jsonChoice(facts)),
  time: timeChoice,
  blob: () => ({ type: 'bytea', why: 'bytes' }),
  text: (facts, around) =>
    inferred(facts, around) ?? { type: 'text', why: 'text of any length' + textNote(facts) },
  none: () => null,
};

function jsonChoice(facts: Facts): Choice {
  return facts.form('JSON with repeated keys') > 0
    ? { type: 'json', why: 'JSON that repeats keys, of which jsonb would keep only the last' }
    : { type: 'jsonb', why: 'JSON text becomes searchable JSON' };
}

/** What the texts have in common beyond being text. */
function inferred(facts: Facts, around: Circumstances): Choice | null {
  const texts = facts.values;
  if (texts === 0) return null;
  if (facts.form('YYYY-MM-DD') === texts) return { type: 'date', why: 'every value is a day YYYY-MM-DD' };
  if (facts.form('time with a zone', 'time without a zone') === texts) return instantChoice(facts, around);
  const json = facts.form('JSON object', 'JSON array', 'JSON with repeated keys');
  return json === texts && !around.isIndexed ? jsonChoice(facts) : null;
}

const textNote = (facts: Facts): string => {
  const dates = facts.form('YYYY', 'YYYY-MM', 'YYYY-MM-DD');
  if (facts.values > 0 && dates === facts.values && facts.form('YYYY') < dates)
    return '; dates of several precisions: the type date would invent the missing days';
  const json = facts.form('JSON object', 'JSON array');
  return json * 2 > facts.values ? `; ${facts.values - json} values are not JSON` : '';
};

/** Nothing useful is declared, or it does not fit: what the values have in common. */
function valueChoice(facts: Facts, around: Circumstances): Choice {
  const all = facts.values;
  if (all === 0) return { type: 'text', why: 'no type declared and no value yet' };
  if (facts.count('integer') === all) return wholeChoice(facts, around) as Choice;
  if (countFits('double precision', facts) === all)
    return { type: 'double precision', why: 'numbers, some with a fraction' };
  if (facts.count('integer', 'real') === all) return { type: 'numeric', why: 'numbers of any size' };
  if (facts.count('blob') === all) return { type: 'bytea', why: 'bytes' };
  if (facts.count('text') === all)
    return inferred(facts, around) ?? { type: 'text', why: 'every value is text' };
  return facts.count('blob') * 2 > all
    ? { type: 'bytea', why: 'mixed, mostly bytes; the rest is set aside' }
    : { type: 'text', why: 'mixed: text keeps numbers as they are written' };
}

/** Unchanged, or by a conversion whose meaning is certain. */
export function countFits(type: PgType, facts: Facts): number {
  return FITS[type](facts);
}

const wholeFits = (facts: Facts): number =>
  facts.count('integer') + facts.wholeReals + facts.form('whole number') + canonicalYears(facts);
const canonicalYears = (facts: Facts): number => facts.form('YYYY');

const FITS: Readonly<Record<PgType, (facts: Facts) => number>> = {
  integer: wholeFits,
  bigint: wholeFits,
  'double precision': (facts) => facts.count('integer', 'real') - facts.beyondSafe,
  numeric: (facts) =>
    facts.count('integer', 'real') +
    facts.form('whole number', 'whole number beyond 64 bits', 'decimal number', 'YYYY'),
  boolean: (facts) => facts.zeroOrOne + facts.form('true or false'),
  date: (facts) => facts.form('YYYY-MM-DD'),
  timestamp: (facts) => facts.form('time without a zone'),
  timestamptz: (facts) => facts.form('time with a zone', 'time without a zone') + facts.epochs,
  jsonb: (facts) => facts.form('JSON object', 'JSON array'),
  json: (facts) => facts.form('JSON object', 'JSON array', 'JSON with repeated keys'),
  bytea: (facts) => facts.count('blob'),
  text: (facts) => facts.count('integer', 'real', 'text') - facts.form('with a NUL character'),
};
