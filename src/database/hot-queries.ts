import { createHash } from 'node:crypto';

export interface HotQueryOptions {
  /** Why it may read a large table from end to end; without a reason `npm run explain` fails. */
  readonly mayScan?: string;
  /** For a query whose best plan depends on its values: a common word or a rare one, a listener of much or of little. */
  readonly plannedEachTime?: boolean;
}

export interface HotQuery extends HotQueryOptions {
  /** `page: what it asks`, such as `dashboard: the list and its movement`. */
  readonly name: string;
  readonly sql: string;
}

const registered = new Map<string, HotQuery>();
/** Plan names by SQL. */
const keptPlans = new Map<string, string>();

/** @returns the SQL itself, so that the query explained is the query asked @throws Error if the name is taken */
export function hotQuery(name: string, sql: string, options: HotQueryOptions = {}): string {
  const known = registered.get(name);
  if (known !== undefined && known.sql !== sql) throw new Error(`two hot queries are called “${name}”`);
  registered.set(name, { name, sql, ...options });
  if (!options.plannedEachTime)
    keptPlans.set(sql, createHash('sha256').update(sql).digest('hex').slice(0, 32));
  return sql;
}

/** Connections keep plans of hot queries only. */
export const planNameOf = (sql: string): string | undefined => keptPlans.get(sql);

/** Of the modules that are imported. */
export const listHotQueries = (): HotQuery[] => [...registered.values()];

export const pageOf = ({ name }: Pick<HotQuery, 'name'>): string => name.split(':')[0] ?? name;
