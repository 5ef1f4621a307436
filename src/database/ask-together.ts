import type { Queries } from '../db.ts';
import { hotQuery, type HotQueryOptions } from './hot-queries.ts';

/** Instants in the rows are text: JSON has none. */
export interface Question<Values extends readonly unknown[], Answer> {
  readonly sql: string;
  answer(this: void, rows: readonly never[]): Answer;
  /** Only a type: no question has any. */
  readonly values?: Values;
}

export const question = <Values extends readonly unknown[], Answer>(
  sql: string,
  answer: (rows: readonly never[]) => Answer,
): Question<Values, Answer> => ({ sql, answer });

export const ask = async <Values extends readonly unknown[], Answer>(
  db: Queries,
  { sql, answer }: Question<Values, Answer>,
  ...values: Values
): Promise<Answer> => answer(await db.many<never>(sql, values));

export const theRow = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new Error('a query that always has one row has none');
  return row;
};

type Questions = Readonly<Record<string, Question<readonly unknown[], unknown>>>;
type ValuesOf<Asked extends Questions> = {
  readonly [Name in keyof Asked]: Asked[Name] extends Question<infer Values, unknown> ? Values : never;
};
type AnswersTo<Asked extends Questions> = {
  readonly [Name in keyof Asked]: Asked[Name] extends Question<readonly unknown[], infer Answer>
    ? Answer
    : never;
};

const askedTogether: { readonly name: string; readonly sql: string }[] = [];

/** Of the modules that are imported, each with the name of its statement. */
export const listAskedTogether = (): typeof askedTogether => askedTogether;

/** As one statement: each costs Node and PostgreSQL some tenths of a millisecond, whatever it asks. */
export function together<Asked extends Questions>(name: string, asked: Asked, options: HotQueryOptions = {}) {
  const names = Object.keys(asked);
  askedTogether.push(...Object.values(asked).map(({ sql }) => ({ name, sql })));
  let before = 0;
  const columns = names.map((one) => {
    const { sql } = asked[one] as Question<readonly unknown[], unknown>;
    const column = `COALESCE((SELECT json_agg(row) FROM (${shifted(sql, before)}) AS row), '[]') AS "${one}"`;
    before += countValues(sql);
    return column;
  });
  const sql = hotQuery(name, `SELECT ${columns.join(',\n')}`, options);
  return async (db: Queries, values: ValuesOf<Asked>): Promise<AnswersTo<Asked>> => {
    const given = names.flatMap((one) => values[one] as readonly unknown[]);
    const rows = await db.one<Record<string, readonly never[]>>(sql, given);
    const answers = names.map((one) => [one, asked[one]?.answer(rows[one] ?? [])] as const);
    return Object.fromEntries(answers) as AnswersTo<Asked>;
  };
}

const VALUE = /\$(\d+)/g;
const shifted = (sql: string, by: number): string =>
  sql.replace(VALUE, (_, number: string) => `$${Number(number) + by}`);
const countValues = (sql: string): number =>
  Math.max(0, ...[...sql.matchAll(VALUE)].map(([, number]) => Number(number)));
