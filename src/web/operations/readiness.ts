import type { Db } from '../../db.ts';
import { listPendingMigrations } from '../../database/schema.ts';

type ReadinessState = 'ready' | 'draining' | 'no-database' | 'old-schema';

export interface Readiness {
  check(): Promise<ReadinessState>;
  /** The process is about to stop: new requests should go elsewhere. */
  drain(): void;
  /** Answers held open should then end. */
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

/** The schema is checked until it is complete once: migrations are only ever added. */
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
