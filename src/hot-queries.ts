import { createHash } from 'node:crypto';

/**
 * What a hot query may be asked about: the names its parameters go by. `npm run explain` knows a value for each
 * (scripts/measure/explain/values.ts).
 */
export type Parameter =
  | 'userId'
  | 'sessionId'
  | 'timeRange'
  | 'latestDate'
  | 'previousDate'
  | 'trackId'
  | 'trackIds'
  | 'noTrackIds'
  | 'artistId'
  | 'playlistId'
  | 'archiveId'
  | 'importId'
  | 'enrichmentSource'
  | 'month'
  | 'monthStart'
  | 'year'
  | 'yearStart'
  | 'period'
  | 'firstDate'
  | 'lastDate'
  | 'firstDay'
  | 'lastDay'
  | 'timezone'
  | 'quadrant'
  | 'exploreFilters'
  | 'seed'
  | 'words'
  | 'commonWord'
  | 'emptyText'
  | 'nothing'
  | 'no'
  | 'limit'
  | 'mostTaken'
  | 'shownCharacters'
  | 'laidOutBytes'
  | 'pageSize'
  | 'offset'
  | SearchParameter;

/** Terms as they are typed and folded, and the tsqueries and patterns made of them (src/search). */
export type SearchParameter =
  | 'releasedFrom'
  | 'releasedTo'
  | 'searchedTerms'
  | 'searchedTitle'
  | 'searchedPattern'
  | 'wordQueries'
  | 'artistWordQuery'
  | 'withoutWordQuery'
  | 'begunWordQueries'
  | 'mistypedWordQuery'
  | 'searchedWords'
  | 'shownWords';

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
  /** What $1, $2 … stand for. */
  readonly parameters: readonly Parameter[];
}

const registered = new Map<string, HotQuery>();
/** By their SQL, the names under which connections keep plans. */
const keptPlans = new Map<string, string>();

/**
 * Names a query that a page asks on every visit, where it lives; `npm run explain` shows the plan of each.
 * @returns the SQL itself, so that what is asked and what is explained cannot differ
 * @throws Error where another query has the name already
 */
export function hotQuery(
  name: string,
  parameters: readonly Parameter[],
  sql: string,
  options: HotQueryOptions = {},
): string {
  const known = registered.get(name);
  if (known !== undefined && known.sql !== sql) throw new Error(`two hot queries are called “${name}”`);
  registered.set(name, { name, sql, parameters, ...options });
  if (!options.plannedAnew) keptPlans.set(sql, createHash('sha256').update(sql).digest('hex').slice(0, 32));
  return sql;
}

/** The name under which a connection keeps the plan of a hot query; undefined for every other statement. */
export const planNameOf = (sql: string): string | undefined => keptPlans.get(sql);

/** Those of the modules that have been imported. */
export const listHotQueries = (): HotQuery[] => [...registered.values()];

/** The page a query belongs to: its name's first part. */
export const pageOf = ({ name }: Pick<HotQuery, 'name'>): string => name.split(':')[0] ?? name;
