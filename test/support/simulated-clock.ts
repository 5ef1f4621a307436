import { afterAll, beforeAll } from 'vitest';
import { createDb, type Db } from '../../src/db.ts';
import type { TestDatabase } from './database.ts';

export interface SimulatedClock {
  /** It is this instant now, for the database and whoever asks it; until it is set again. */
  set(instant: string | Date): Promise<void>;
  readonly now: () => Date;
}

/**
 * Gives a test database a clock that is set by hand: a function `now` of its own stands before PostgreSQL's, so that
 * our SQL and every "not before" go by it, in every process. Whoever else needs the time is handed `now`.
 */
export function useSimulatedClock(test: TestDatabase): SimulatedClock {
  let current = new Date();
  let own: Db;
  beforeAll(async () => {
    await test.db.execute('CREATE SCHEMA simulated');
    await test.db.execute('CREATE TABLE simulated.clock (instant timestamptz NOT NULL)');
    await test.db.execute('INSERT INTO simulated.clock VALUES (pg_catalog.now())');
    await test.db.execute(
      `CREATE FUNCTION simulated.now() RETURNS timestamptz LANGUAGE plpgsql STABLE
       AS 'BEGIN RETURN (SELECT instant FROM simulated.clock); END'`,
    );
    const { name } = await test.db.one<{ name: string }>('SELECT current_database() AS name');
    await test.db.execute(`ALTER DATABASE ${name} SET search_path = simulated, public, pg_catalog`);
    // Connections made before go by the old clock.
    await test.db.close();
    const settings = { url: test.url, poolMin: 0, applicationName: 'simulated' };
    test.db = createDb({ ...settings, poolMax: 10 });
    own = createDb({ ...settings, poolMax: 1 });
  });
  afterAll(() => own.close());
  return {
    async set(instant) {
      current = new Date(instant);
      await own.execute('UPDATE simulated.clock SET instant = $1', [current]);
    },
    now: () => current,
  };
}
