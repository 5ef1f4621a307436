import { createHash } from 'node:crypto';

export interface HotQueryOptions {
  /** Why it may read a large table from end to end. Without a reason `npm run explain` fails where it does. */
  readonly mayScan?: string;
  /**
   * Its best plan depends on what is asked about (a common word or a rare one): planned at each asking. All others keep
   * their plan on each connection.
   */
  readonly plannedAnew?: boolean;
}

export interface HotQuery extends HotQueryOptions {
  /** `page: what it asks`, such as `dashboard: the list and its movement`. */
  readonly name: string;
  readonly sql: string;
}

const registered = new Map<string, HotQuery>();
/** By their SQL, the names under which connections keep plans. */
const keptPlans = new Map<string, string>();

/**
 * Names a query that a page asks on every visit, where it lives; `npm run explain` shows the plan of each.
 * @returns the SQL itself, so that what is asked and what is explained cannot differ
 * @throws Error where another query has the name already
 */
export function hotQuery(name: string, sql: string, options: HotQueryOptions = {}): string {
  const known = registered.get(name);
  if (known !== undefined && known.sql !== sql) throw new Error(`two hot queries are called “${name}”`);
  registered.set(name, { name, sql, ...options });
  if (!options.plannedAnew) keptPlans.set(sql, createHash('sha256').update(sql).digest('hex').slice(0, 32));
  return sql;
}

/** The name under which a connection keeps the plan of a hot query; undefined for every other statement. */
export const planNameOf = (sql: string): string | undefined => keptPlans.get(sql);

/** Those of the modules that have been imported. */
export const listHotQueries = (): HotQuery[] => [...registered.values()];

/** The page a query belongs to: its name's first part. */
export const pageOf = ({ name }: Pick<HotQuery, 'name'>): string => name.split(':')[0] ?? name;
