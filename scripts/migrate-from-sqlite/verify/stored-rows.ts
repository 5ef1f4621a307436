import type { Queries } from '../../../src/db.ts';
import type { ComparedTable } from './compared-tables.ts';
import type { Question } from './questions.ts';
import type { PlainRow } from './read-cells.ts';

/** A source row's counterpart. `held`: for each column the stored spelling, or what a check found. */
export interface StoredRow {
  readonly found: boolean;
  readonly fresh: boolean;
  readonly held: readonly (string | null)[];
  readonly answers: readonly (boolean | null)[];
}

export interface Chunk {
  readonly values: readonly unknown[];
  /** One row: the hash over the stored rows, whether every check holds, and how many rows answer yes. */
  readonly digestSql: string;
  /** A StoredRow per source row, in order. */
  readonly rowsSql: string;
  readonly lines: readonly string[];
  /** Per column and row; undefined: NULL, or a cell that the archive cannot hold. */
  readonly readings: readonly (readonly (string | undefined)[])[];
  readonly yes: readonly (readonly (bigint | null)[])[];
}

/** How the server reads JSON and times, for this session only. Every date it gets has at least a day. */
export async function createReaders(db: Queries): Promise<void> {
  await db.execute(`
    CREATE OR REPLACE FUNCTION pg_temp.is_stored_json(source text, stored jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
    DECLARE sent jsonb;
    BEGIN
      sent := source::jsonb;
      IF jsonb_typeof(sent) = 'string' THEN sent := (sent #>> '{}')::jsonb; END IF;
      RETURN COALESCE(jsonb_typeof(stored) = 'object' AND sent = stored AND sent::text = stored::text, false);
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
      RETURN false;
    END $$`);
  await db.execute(FEATURES_READER);
  await db.execute(TRACK_READER);
  await db.execute(`
    CREATE OR REPLACE FUNCTION pg_temp.read_instant(source text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
    BEGIN
      RETURN CASE
        WHEN source ~ '^\\d{9,10}$' THEN to_timestamp(source::bigint)
        WHEN source ~ '^\\d{9,10}\\.\\d+$'
          THEN to_timestamp(0) + round(source::numeric * 1000000)::bigint * interval '1 microsecond'
        WHEN source ~ '^\\d{12,13}$' THEN to_timestamp(0) + source::bigint * interval '1 millisecond'
        WHEN source ~ '^\\d{15,16}$' THEN to_timestamp(0) + source::bigint * interval '1 microsecond'
        WHEN source ~ '^\\d{18,19}$' THEN to_timestamp(0) + source::bigint / 1000 * interval '1 microsecond'
        WHEN source ~* '^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d'
          THEN regexp_replace(source, '([+-]\\d\\d:?\\d\\d) ([A-Z]{2,5}|[+-]\\d{2,4})$', '\\1', 'i')::timestamptz
      END;
    EXCEPTION WHEN data_exception OR invalid_parameter_value THEN
      RETURN NULL;
    END $$`);
}

/** Features as the one item of a list, or with numbers as text, are stored as what they mean. */
const FEATURES_READER = `
  CREATE OR REPLACE FUNCTION pg_temp.is_stored_features(source text, stored jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE sent jsonb;
  BEGIN
    IF pg_temp.is_stored_json(source, stored) THEN RETURN true; END IF;
    sent := source::jsonb;
    IF jsonb_typeof(sent) = 'string' THEN sent := (sent #>> '{}')::jsonb; END IF;
    IF jsonb_typeof(sent) = 'array' AND jsonb_array_length(sent) = 1 THEN sent := sent -> 0; END IF;
    RETURN COALESCE(jsonb_typeof(sent) = 'object' AND jsonb_typeof(stored) = 'object', false) AND NOT EXISTS (
      SELECT FROM jsonb_each(sent) AS s FULL JOIN jsonb_each(stored) AS k USING (key)
      WHERE (s.value::text = k.value::text OR jsonb_typeof(s.value) = 'string' AND jsonb_typeof(k.value) = 'number'
               AND (s.value #>> '{}')::jsonb::text = k.value::text) IS NOT TRUE);
  EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN false;
  END $$`;

const TRACK_READER = `
  CREATE OR REPLACE FUNCTION pg_temp.track_of(listener bigint, written text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT COALESCE(
      (SELECT track_id FROM library_tracks WHERE user_id = listener AND track_id = written),
      substring(written FROM '(?i)^(?:spotify:track:|.*spotify[.]com/(?:.*/)?track/)([A-Za-z0-9]{22})(?:[/?#]|$)'),
      written) $$`;

export function askFor(
  table: ComparedTable,
  questions: readonly Question[],
  rows: readonly PlainRow[],
): Chunk {
  const keys = table.key.map((part) =>
    rows.map((row) => {
      const cell = row.cells[part.source];
      return cell && (sendable(part.read(cell)) ?? null);
    }),
  );
  const readings = table.columns.map((column) =>
    rows.map((row) => {
      const cell = row.cells[column.source];
      if (cell === undefined || cell.type === 'null') return undefined;
      return sendable(column.read(cell, column.computed && row.cells[column.computed.name]));
    }),
  );
  const checks = table.columns.flatMap(({ kind }, index) => (kind === 'check' ? [index] : []));
  const masks = rows.map((row) => maskOf(table, row));
  const lines = rows.map((row, at) =>
    [
      ...keys.map((part) => spell(part[at] ?? undefined)),
      ...table.columns.map(({ source, kind }, index) =>
        kind === 'check' || (row.cells[source]?.type ?? 'null') === 'null'
          ? '-'
          : spell(readings[index]?.[at]),
      ),
    ].join(' '),
  );
  const sent = checks.map((index) => readings[index]?.map((text) => text ?? null) ?? []);
  return {
    values: [...keys, ...sent, masks],
    ...statements(table, questions, checks),
    lines,
    readings,
    yes: rows.map((row) => row.answers),
  };
}

/** One bit per column with a value in this row, and per question that can be asked about it. */
function maskOf(table: ComparedTable, row: PlainRow): number {
  const says = table.columns.map(({ source }) => (row.cells[source]?.type ?? 'null') !== 'null');
  return [...says, ...row.answers.map((answer) => answer !== null)].reduce(
    (mask, bit, at) => (bit ? mask + 2 ** at : mask),
    0,
  );
}

const sendable = (text: string | undefined): string | undefined => (text?.includes('\0') ? undefined : text);

/** The length separates it from its neighbours; `?` matches nothing. */
const spell = (text: string | undefined): string =>
  text === undefined ? '?' : `${Buffer.byteLength(text)}:${text}`;

const isSaid = (bit: number): string => `k.mask & ${2 ** bit} <> 0`;

function statements(
  table: ComparedTable,
  questions: readonly Question[],
  checks: readonly number[],
): { digestSql: string; rowsSql: string } {
  const names = [...table.key.map((_, at) => `key${at}`), ...checks.map((at) => `sent${at}`)];
  const arrays = [...names.map((_, at) => `$${at + 2}::text[]`), `$${names.length + 2}::int[]`];
  const held = table.columns.map(({ sql }, at) => sql.replaceAll('$sent', `k.sent${at}`));
  const joined = [
    ...(table.personal ? ['t.user_id = $1'] : ['$1::bigint IS NOT NULL']),
    ...table.key.map(({ target, sql }, at) => `t.${target} = ${sql(`k.key${at}`)}`),
  ].join(' AND ');
  const from = `FROM unnest(${arrays.join(', ')}) WITH ORDINALITY AS k (${names.join(', ')}, mask, n)
     LEFT JOIN ${table.stored ?? table.target} AS t ON ${joined}`;
  const line = [
    ...table.key.map(({ target }) => spelled(`t.${target}::text`)),
    ...held.map((sql, at) =>
      checks.includes(at) ? `'-'` : `CASE WHEN ${isSaid(at)} THEN ${spelled(sql)} ELSE '-' END`,
    ),
  ].join(` || ' ' || `);
  const holds = checks.map((at) => `(NOT (${isSaid(at)}) OR COALESCE(${held[at]}, false))`);
  const yes = questions.map(
    ({ target }, at) => `(${isSaid(table.columns.length + at)} AND COALESCE(${target}, false))`,
  );
  return {
    digestSql: `
      SELECT md5(string_agg(line, E'\\n' ORDER BY n)) AS digest, bool_and(same) AS same,
             ARRAY[${yes.map((_, at) => `count(*) FILTER (WHERE yes${at})::int`).join(', ')}]::int[] AS answers
      FROM (SELECT k.n, ${line} AS line, ${[`t.${table.key[0]?.target} IS NOT NULL`, ...member(table), ...holds].join(' AND ')} AS same
              ${yes.map((sql, at) => `, ${sql} AS yes${at}`).join('')} ${from}) AS compared`,
    rowsSql: `
      SELECT t.${table.key[0]?.target} IS NOT NULL AND ${[...member(table), 'true'].join(' AND ')} AS found,
             t.xmin = pg_current_xact_id()::xid AS fresh,
             ARRAY[${held.map((sql) => `(${sql})::text`).join(', ')}]::text[] AS held,
             ARRAY[${yes.join(', ')}]::boolean[] AS answers
      ${from} ORDER BY k.n`,
  };
}

/** Every track of the file must be in the listener's library. */
const member = (table: ComparedTable): string[] =>
  table.target === 'tracks'
    ? ['EXISTS (SELECT FROM library_tracks AS a WHERE a.user_id = $1 AND a.track_id = t.track_id)']
    : [];

const spelled = (sql: string): string => `COALESCE(octet_length(${sql}) || ':' || ${sql}, '-')`;
