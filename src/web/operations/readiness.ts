import type { Db } from '../../db.ts';
import { listPendingMigrations } from '../../schema.ts';

type ReadinessState = 'ready' | 'draining' | 'no-database' | 'old-schema';

export interface Readiness {
  /** Answers within about a second. */
  check(): Promise<ReadinessState>;
  /** The process is about to stop: send no new listeners here. */
  drain(): void;
  /** Whoever holds an answer open should end it. */
  readonly isDraining: boolean;
}

const PATIENCE_MS = 1_000;

export function createReadiness(db: Db): Readiness {
  let draining = false;
  let schemaSeen = false;
  return {
    async check() {
      if (draining) return 'draining';
      const state = await Promise.race([probe(db, schemaSeen), outOfPatience()]);
      schemaSeen ||= state === 'ready';
      return state;
    },
    drain() {
      draining = true;
    },
    get isDraining() {
      return draining;
    },
  };
}

/** The schema is looked at until it is once complete: migrations are only ever added. */
async function probe(db: Db, schemaSeen: boolean): Promise<ReadinessState> {
  try {
    if (schemaSeen) await db.one('SELECT 1 AS alive');
    else if ((await listPendingMigrations(db)).length > 0) return 'old-schema';
    return 'ready';
  } catch {
    return 'no-database';
  }
}

const outOfPatience = (): Promise<ReadinessState> =>
  new Promise((resolve) => {
    setTimeout(() => resolve('no-database'), PATIENCE_MS).unref();
  });
