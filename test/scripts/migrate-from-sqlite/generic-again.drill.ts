import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../scripts/migrate-from-sqlite/progress.ts';
import { silentProgress } from '../../../scripts/migrate-from-sqlite/progress.ts';
import { change, useGenericMoves, WEATHER } from '../../support/generic-moves.ts';
import { insert } from '../../support/old-archives.ts';

const { test, file, move, rows, rejects, dump } = useGenericMoves();

const weather = (...cities: string[]) =>
  file(WEATHER, (db) => {
    for (const location of cities)
      insert(db, 'weather_history', { location, timestamp: '2024-01-01T10:00:00Z' });
  });

const NOKEY = 'CREATE TABLE t (a TEXT, j TEXT, r REAL)';

describe('a move run again', () => {
  it('changes nothing: not a row, not a byte, not a counter', async () => {
    const source = file(`${WEATHER} ${NOKEY};`, (db) => {
      insert(db, 'weather_history', {
        location: 'Vienna',
        temperature: 'warm',
        timestamp: '2024-01-01T10:00:00Z',
      });
      insert(
        db,
        't',
        { a: 'x', j: '{"a":1,"a":2}', r: -0 },
        { a: 'x', j: '{"a":1,"a":2}', r: -0 },
        { a: null },
      );
    });
    await move(source);
    const before = await dump();
    const again = await move(source);
    expect(again).toMatchObject({ changed: false, created: false, newRejects: 0 });
    expect(again.tables).toMatchObject([
      { moved: 0, alreadyThere: 3 },
      { moved: 0, alreadyThere: 1 },
    ]);
    await move(source, { mode: 'verify' });
    expect(await dump()).toEqual(before);
    expect(
      await rows(`INSERT INTO s.weather_history (location, timestamp) VALUES ('x', now()) RETURNING id`),
    ).toEqual([{ id: 2 }]);
  });

  it('adds what the file gained, by primary key', async () => {
    const source = weather('Vienna', 'Linz');
    await move(source);
    change(source, (db) =>
      insert(db, 'weather_history', { id: 9, location: 'Graz', timestamp: '2024-01-02T10:00:00Z' }),
    );
    await expect(move(source, { mode: 'verify' })).rejects.toThrow('not have all of this file');
    expect((await move(source)).tables).toMatchObject([{ moved: 1, alreadyThere: 2 }]);
    expect(
      await rows(`INSERT INTO s.weather_history (location, timestamp) VALUES ('x', now()) RETURNING id`),
    ).toEqual([{ id: 10 }]);
    expect((await move(source, { mode: 'verify' })).changed).toBe(false);
  });

  it('counts rows that nothing tells apart', async () => {
    const source = file(NOKEY, (db) => insert(db, 't', { a: 'x' }, { a: 'x' }, { a: null }));
    await move(source);
    change(source, (db) => insert(db, 't', { a: 'x' }, { a: 'y' }, { a: null }));
    expect((await move(source)).tables).toMatchObject([{ read: 6, moved: 3, alreadyThere: 3 }]);
    expect(await rows('SELECT a, count(*)::int AS n FROM s.t GROUP BY 1 ORDER BY 1')).toEqual([
      { a: 'x', n: 3 },
      { a: 'y', n: 1 },
      { a: null, n: 2 },
    ]);
  });

  it('keeps what was changed or added since, and reports the difference', async () => {
    const source = weather('Vienna', 'Linz');
    await move(source);
    await rows(`UPDATE s.weather_history SET location = 'Wien' WHERE id = 1`);
    await rows(`INSERT INTO s.weather_history (location, timestamp) VALUES ('Graz', now())`);
    const report = await move(source);
    expect(report.tables).toMatchObject([{ moved: 0, alreadyThere: 1, kept: 1 }]);
    expect(await rejects()).toMatchObject([
      {
        source_key: 'id=1',
        source_column: 'location',
        reason: 'the archive already has a different value',
        original: { text: 'Vienna' },
      },
    ]);
    expect(await rows('SELECT location FROM s.weather_history ORDER BY id')).toEqual([
      { location: 'Wien' },
      { location: 'Linz' },
      { location: 'Graz' },
    ]);
    expect(await move(source)).toMatchObject({ changed: false, newRejects: 0 });
  });

  it('keeps to the types of the first time: what does not fit them is set aside', async () => {
    const source = file('CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, d TEXT)', (db) =>
      insert(db, 't', { n: 1, d: '2024-01-01' }),
    );
    await move(source);
    change(source, (db) => insert(db, 't', { n: 3_000_000_000, d: 'soon' }));
    expect((await move(source)).rejects).toMatchObject([
      { column: 'd', reason: 'not a day of the calendar written as YYYY-MM-DD' },
      { column: 'n', reason: 'a number out of range' },
    ]);
    expect(await move(source)).toMatchObject({ changed: false });
  });

  it('adds rows that refer to each other in a circle, and those whose parent came now', async () => {
    const schema = `CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id)); CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id))`;
    const source = file(schema, (db) => {
      insert(db, 'a', { id: 1, b: 1 }, { id: 5, b: 7 });
      insert(db, 'b', { id: 1, a: 1 });
    });
    expect((await move(source)).tables).toMatchObject([{ moved: 1, rejected: 1 }, { moved: 1 }]);
    change(source, (db) => {
      insert(db, 'a', { id: 2, b: 2 });
      insert(db, 'b', { id: 2, a: 2 }, { id: 7, a: 5 });
    });
    expect((await move(source)).tables).toMatchObject([{ moved: 2, rejected: 0 }, { moved: 2 }]);
  });

  it('sets a row aside whose unique value another row has by now', async () => {
    const source = file('CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT UNIQUE)', (db) =>
      insert(db, 't', { u: 'a' }),
    );
    await move(source);
    await rows(`INSERT INTO s.t VALUES (50, 'b')`);
    change(source, (db) => insert(db, 't', { u: 'b' }, { u: 'c' }));
    const report = await move(source);
    expect(report.tables).toMatchObject([{ moved: 1, alreadyThere: 1, rejected: 1 }]);
    expect(report.rejects).toMatchObject([{ reason: 'another row already has the same unique values' }]);
  });
});

describe('a schema', () => {
  it('that this command did not make is left alone', async () => {
    await rows('CREATE SCHEMA s');
    await expect(move(weather('Vienna'))).rejects.toThrow('not made by this command');
    await rows(
      `CREATE TABLE s.t (a int); COMMENT ON SCHEMA s IS 'Moved by migrate:sqlite from x; source 12'`,
    );
    await expect(move(weather('Vienna'))).rejects.toThrow('not made by this command');
  });

  it('that was made from another file takes no rows of this one', async () => {
    await move(weather('Vienna', 'Linz'));
    const before = await dump();
    await expect(move(weather('Rome', 'Oslo'))).rejects.toThrow('another file with the same tables');
    await expect(move(file('CREATE TABLE t (a)'))).rejects.toThrow('other tables or columns');
    expect(await dump()).toEqual(before);
  });

  it('whose tables were changed is named', async () => {
    const source = weather('Vienna');
    await move(source);
    await rows('ALTER TABLE s.weather_history DROP COLUMN temperature');
    await expect(move(source)).rejects.toThrow(/temperature has been changed/);
  });

  it('is not there after a dry run, and not verified before the move', async () => {
    const source = weather('Vienna');
    expect(await move(source, { mode: 'dry-run' })).toMatchObject({
      mode: 'dry-run',
      tables: [{ moved: 1 }],
    });
    expect(await rows(`SELECT FROM pg_namespace WHERE nspname = 's'`)).toEqual([]);
    await expect(move(source, { mode: 'verify' })).rejects.toThrow('there is no schema s');
    await expect(move(file('PRAGMA user_version = 1'))).rejects.toThrow('has no tables');
  });
});

/** Calls back where the rows are staged and the tables not yet filled. */
const midWay = (act: () => Promise<unknown>): Progress => ({ ...silentProgress, say: () => void act() });

const endOtherSessions = () =>
  test.db
    .many(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND state <> 'idle'`);

describe('cut off', { timeout: 120_000 }, () => {
  it('by the server half-way it leaves nothing, and the next run ends as if undisturbed', async () => {
    const source = file(`${WEATHER} ${NOKEY}`, (db) => {
      for (let n = 0; n < 20_000; n += 1)
        insert(db, 'weather_history', { location: `c${n}`, timestamp: '2024-01-01T10:00:00Z' });
    });
    await expect(move(source, { progress: midWay(endOtherSessions) })).rejects.toThrow(
      /terminat|not answering/i,
    );
    expect(await rows(`SELECT FROM pg_namespace WHERE nspname = 's'`)).toEqual([]);
    expect((await move(source)).tables).toMatchObject([{ moved: 0 }, { moved: 20_000 }]);
  });

  it('a row the database would alter on the way in is found by the verification', async () => {
    const source = weather('Vienna');
    await move(source);
    const before = await dump();
    await rows(
      `CREATE FUNCTION s.meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.location := 'x'; RETURN NEW; END $$`,
    );
    await rows(
      'CREATE TRIGGER meddle BEFORE INSERT ON s.weather_history FOR EACH ROW EXECUTE FUNCTION s.meddle()',
    );
    change(source, (db) =>
      insert(db, 'weather_history', { location: 'Linz', timestamp: '2024-01-02T10:00:00Z' }),
    );
    await expect(move(source)).rejects.toThrow('s.weather_history: 1 rows differ (id=2: location differs)');
    expect(await dump()).toEqual(before);
  });

  it('two runs at once wait for one another', async () => {
    const source = weather('Vienna', 'Linz');
    const both = await Promise.all([move(source), move(source)]);
    expect(both.filter(({ changed }) => changed)).toHaveLength(1);
  });
});
