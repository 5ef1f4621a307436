import { types } from 'pg';
import { describe, expect, it } from 'vitest';
import { ask, listAskedTogether, question, together } from '../../src/database/ask-together.ts';
import { listHotQueries } from '../../src/database/hot-queries.ts';
import { PLAY_POLL } from '../../src/plays/poll.ts';
import { NEWEST_RUNS } from '../../src/snapshots/capture-runs.ts';
import { useDatabase } from '../support/database.ts';
import '../../src/app.ts';

const test = useDatabase();

const between = question<[from: number, to: number], readonly string[]>(
  `SELECT n, DATE '2026-11-01' + n AS day FROM generate_series($1::int, $2::int) AS n ORDER BY n DESC`,
  (rows: readonly { n: number; day: string }[]) => rows.map(({ n, day }) => `${n}: ${day}`),
);
const greeting = question<[name: string], string | null>(
  `SELECT 'Hello ' || $1 AS words WHERE $1 <> ''`,
  ([row]: readonly { words: string }[]) => row?.words ?? null,
);

describe('questions asked together', () => {
  const askAll = together('test: all at once', { days: between, alice: greeting, nobody: greeting });

  it('have the answers they have alone, in one statement: order, dates, and that there is none', async () => {
    const answers = await askAll(test.db, { days: [1, 3], alice: ['Alice'], nobody: [''] });
    expect(answers).toEqual({
      days: await ask(test.db, between, 1, 3),
      alice: await ask(test.db, greeting, 'Alice'),
      nobody: await ask(test.db, greeting, ''),
    });
    expect(answers.days).toEqual(['3: 2026-11-04', '2: 2026-11-03', '1: 2026-11-02']);
    expect(answers).toMatchObject({ alice: 'Hello Alice', nobody: null });
  });

  it('are one hot query, which npm run explain shows whole', () => {
    const known = listHotQueries().find(({ name }) => name === 'test: all at once');
    expect(known?.sql).toContain('$4');
  });
});

describe('what is asked together', () => {
  const INSTANTS = new Set([types.builtins.TIMESTAMP, types.builtins.TIMESTAMPTZ]);
  /** Those that the answer makes an instant again, whichever way it was asked for. */
  const RUN = ['started_at', 'finished_at'];
  const POLL = ['next_poll_at', 'polled_at', 'succeeded_at'];
  const PLAYS = ['first_played_at', 'last_played_at', 'after_played_at', 'before_played_at', 'began_at'];
  const MADE_AGAIN = new Set([...RUN, ...POLL, ...PLAYS]);
  const instantsOf = async (sql: string): Promise<string[]> => {
    const numbers = [...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
    const values = Array.from({ length: Math.max(0, ...numbers) }, () => null);
    const { fields } = await test.db.pool.query(`SELECT * FROM (${sql}) AS row LIMIT 0`, values);
    return fields.filter(({ dataTypeID }) => INSTANTS.has(dataTypeID)).map(({ name }) => name);
  };

  it('makes an instant of a capture and of a poll again, and leaves out what never was', () => {
    const rowOf = (names: readonly string[], value: unknown) =>
      Object.fromEntries(names.map((name) => [name, value])) as never;
    const then = new Date('2026-11-20T10:00:00.123Z');
    expect(NEWEST_RUNS.answer([rowOf(RUN, then.toISOString())])).toEqual([rowOf(RUN, then)]);
    expect(PLAY_POLL.answer([rowOf(POLL, then.toISOString())])).toEqual(rowOf(POLL, then));
    const never = { ...(rowOf(POLL, then) as object), succeeded_at: null };
    expect(PLAY_POLL.answer([never as never])).toEqual(never);
  });

  it('holds no instant, which JSON makes text, but where the answer makes it an instant again', async () => {
    expect(listAskedTogether().length).toBeGreaterThan(10);
    for (const { sql } of listAskedTogether()) {
      const unknown = (await instantsOf(sql)).filter((name) => !MADE_AGAIN.has(name));
      expect.soft(unknown, sql).toEqual([]);
    }
    expect(await instantsOf('SELECT now() AS then, 1 AS one')).toEqual(['then']);
  });
});
