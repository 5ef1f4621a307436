import type { Db } from '../../src/db.ts';
import { listHotQueries, type HotQuery, type Parameter } from '../../src/hot-queries.ts';
// The modules whose queries are to be known here.
import '../../src/archives/summary.ts';
import '../../src/archives/unclaimed.ts';
import '../../src/plays/figures.ts';
import '../../src/plays/history.ts';
import '../../src/plays/top-plays.ts';
import '../../src/snapshots/capture.ts';
import '../../src/snapshots/top-list.ts';
import '../../src/users/connection-health.ts';
import '../../src/users/connections.ts';
import '../../src/users/users.ts';

export interface Subject extends HotQuery {
  readonly values: readonly unknown[];
}

export interface QueryPlan {
  readonly name: string;
  /** Indexes used and, in capitals, tables read from end to end. */
  readonly access: readonly string[];
  /** Tables of more than a thousand rows that were read from end to end. */
  readonly scannedTables: readonly string[];
  readonly rowsRead: number;
  readonly rowsReturned: number;
  /** 8 kB pages, from cache and disk. */
  readonly buffers: number;
  /** Milliseconds of planning and execution, the fastest of five. */
  readonly milliseconds: number;
}

/** Every hot query with the values a visit to the dashboard of that listener would give it. */
export async function listSubjects(db: Db, userId: number): Promise<Subject[]> {
  const dates = await db.many<{ date: string }>(
    `SELECT DISTINCT snapshot_date AS date FROM snapshots
     WHERE user_id = $1 AND time_range = 'short_term' ORDER BY date DESC LIMIT 2`,
    [userId],
  );
  const favourite = await db.maybeOne<{ trackId: string; artistId: string | null }>(
    `SELECT track_id AS "trackId",
       (SELECT artist_id FROM track_artists WHERE track_id = a.track_id ORDER BY position LIMIT 1) AS "artistId"
     FROM archive_tracks AS a WHERE user_id = $1 ORDER BY listings DESC, track_id LIMIT 1`,
    [userId],
  );
  const values: Readonly<Record<Parameter, unknown>> = {
    userId,
    trackId: favourite?.trackId,
    artistId: favourite?.artistId,
    timeRange: 'short_term',
    latestDate: dates[0]?.date,
    previousDate: dates[1]?.date,
    firstDay: '2026-01-01',
    lastDay: '2026-12-31',
    timezone: 'Europe/Berlin',
    pageSize: 51,
    words: 'love',
    nothing: null,
    emptyText: '',
  };
  return listHotQueries().map((query) => ({
    ...query,
    values: query.parameters.map((name) => values[name]),
  }));
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

interface Explained {
  readonly Plan: PlanNode;
  readonly 'Planning Time': number;
  readonly 'Execution Time': number;
}

export async function explainQuery(db: Db, { name, sql, values }: Subject): Promise<QueryPlan> {
  const runs: Explained[] = [];
  for (let run = 0; run < 5; run += 1) runs.push(await explainOnce(db, sql, values));
  const best = runs.toSorted((one, other) => timeOf(one) - timeOf(other))[0] as Explained;
  const nodes = flatten(best.Plan);
  return {
    name,
    access: [...new Set(nodes.flatMap(accessOf))],
    scannedTables: [...new Set(nodes.filter(isLargeScan).flatMap((node) => node['Relation Name'] ?? []))],
    rowsRead: nodes
      .filter((node) => node['Relation Name'] !== undefined)
      .reduce((sum, node) => sum + rowsReadBy(node), 0),
    rowsReturned: best.Plan['Actual Rows'],
    buffers: best.Plan['Shared Hit Blocks'] + best.Plan['Shared Read Blocks'],
    milliseconds: timeOf(best),
  };
}

async function explainOnce(db: Db, sql: string, values: readonly unknown[]): Promise<Explained> {
  const row = await db.one<{ 'QUERY PLAN': readonly Explained[] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
    values,
  );
  return row['QUERY PLAN'][0] as Explained;
}

const timeOf = (run: Explained): number => run['Planning Time'] + run['Execution Time'];
const flatten = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flatten)];
const rowsReadBy = (node: PlanNode): number =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
const isLargeScan = (node: PlanNode): boolean => node['Node Type'] === 'Seq Scan' && rowsReadBy(node) > 1_000;

function accessOf(node: PlanNode): string[] {
  if (node['Index Name'] !== undefined) return [node['Index Name']];
  return node['Node Type'] === 'Seq Scan' ? [`SCAN ${node['Relation Name'] ?? ''}`] : [];
}
