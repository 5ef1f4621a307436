import { listAskedTogether } from '../../../src/database/ask-together.ts';
import type { Db } from '../../../src/db.ts';
import { type HotQuery, listHotQueries } from '../../../src/database/hot-queries.ts';
import { recordingDb, type Asked } from './recording-db.ts';
import { openSite } from './site.ts';

/** A hot query with the values a visit asked it with. */
export interface AskedQuery extends HotQuery {
  readonly values: readonly unknown[];
}

/**
 * Visits each address as the listener, one after the other.
 * @returns the hot queries each visit asked, in their order; one asked twice stands twice
 * @throws Error where an address answers with an error (a 404 is none: not every track has every payload)
 */
export async function recordVisits(
  db: Db,
  userId: number,
  addresses: readonly string[],
): Promise<AskedQuery[][]> {
  let asked: Asked[] = [];
  const site = await openSite(
    recordingDb(db, (statement) => asked.push(statement)),
    userId,
  );
  const visits: AskedQuery[][] = [];
  try {
    for (const address of addresses) {
      asked = [];
      const status = await site.visit(address);
      if (status >= 400 && status !== 404) throw new Error(`GET ${address} answers ${status}`);
      visits.push(asked.flatMap(asHotQuery));
    }
  } finally {
    await site.close();
  }
  return visits;
}

function asHotQuery({ sql, values }: Asked): AskedQuery[] {
  const query = listHotQueries().find((known) => known.sql === sql);
  return query === undefined ? [] : [{ ...query, values }];
}

/** Each query once, as it was asked first. */
export const eachOnce = (visits: readonly (readonly AskedQuery[])[]): AskedQuery[] => [
  ...new Map(
    visits
      .flat()
      .toReversed()
      .map((query) => [query.name, query]),
  ).values(),
];

/** A sentence for each hot query of the app that was asked neither alone nor as part of a joined one. */
export function listUnasked(asked: readonly AskedQuery[], all: readonly HotQuery[]): string[] {
  const names = new Set(asked.map(({ name }) => name));
  const joined = new Set(listAskedTogether().flatMap(({ sql, name }) => (names.has(name) ? [sql] : [])));
  return all
    .filter(({ name, sql }) => !names.has(name) && !joined.has(sql))
    .map(({ name }) => `“${name}” is asked by no visit: add one to scripts/measure/visits/addresses.ts`);
}
