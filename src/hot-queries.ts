/** What a hot query may be asked about: the names its parameters go by. `npm run explain` knows a value for each. */
export type Parameter =
  | 'userId'
  | 'timeRange'
  | 'latestDate'
  | 'previousDate'
  | 'trackId'
  | 'artistId'
  | 'firstDay'
  | 'lastDay'
  | 'timezone'
  | 'pageSize'
  | 'words'
  | 'nothing'
  | 'emptyText';

export interface HotQuery {
  readonly name: string;
  readonly sql: string;
  /** What $1, $2 … stand for. */
  readonly parameters: readonly Parameter[];
}

const registered = new Map<string, HotQuery>();

/**
 * Names a query that a page asks on every visit, where it lives; `npm run explain` shows the plan of each.
 * @returns the SQL itself, so that what is asked and what is explained cannot differ
 */
export function hotQuery(name: string, parameters: readonly Parameter[], sql: string): string {
  registered.set(name, { name, sql, parameters });
  return sql;
}

/** Those of the modules that have been imported. */
export const listHotQueries = (): HotQuery[] => [...registered.values()];
