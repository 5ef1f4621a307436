import type { Db, Queries } from '../../../src/db.ts';
import { pageOf } from '../../../src/database/hot-queries.ts';
import type { AskedQuery } from '../visits/record.ts';

/** How a table was come at, least work first. */
type Access = 'index' | 'bitmap' | 'scan';

export interface QueryPlan {
  readonly name: string;
  readonly page: string;
  /** What was done in all, from the top: `Limit`, `Sort`, `Nested Loop` … */
  readonly kind: string;
  /** Indexes used, and tables read from end to end. */
  readonly access: readonly { readonly how: Access; readonly name: string }[];
  /** Large tables that were read from end to end. */
  readonly scannedTables: readonly string[];
  readonly mayScan?: string;
  /** Rows that one join compared with each other in vain, one by one. */
  readonly comparedInVain: number;
  readonly rowsRead: number;
  readonly rowsReturned: number;
  /** 8 kB pages, from cache and disk. */
  readonly buffers: number;
  /** Of planning and execution, the fastest of five. */
  readonly milliseconds: number;
}

/** More rows and more 8 kB pages of one table than these, none found through an index, are a scan that must not be. */
const LARGE = { rows: 5_000, pages: 100 };
const RUNS = 5;
/** A query that is slow once is not asked again and again. */
const PATIENCE_MS = 2_000;

export async function explainQuery(db: Db, query: AskedQuery): Promise<QueryPlan> {
  const runs = await explain(db, query, RUNS);
  const best = runs.toSorted((one, other) => timeOf(one) - timeOf(other))[0] as Explained;
  const nodes = flatten(best.Plan);
  return {
    name: query.name,
    page: pageOf(query),
    kind: kindOf(best.Plan),
    access: listAccess(nodes),
    scannedTables: [...new Set(nodes.filter(isLargeScan).map(tableOf))],
    ...(query.mayScan !== undefined && { mayScan: query.mayScan }),
    comparedInVain: Math.max(...nodes.map(comparedInVain)),
    rowsRead: nodes.reduce((sum, node) => sum + rowsReadBy(node), 0),
    rowsReturned: best.Plan['Actual Rows'],
    buffers: pagesReadBy(best.Plan),
    milliseconds: timeOf(best),
  };
}

/** Database time of one run, in milliseconds: planning, unless the plan is kept, and execution, without the way there and back. */
export async function timeQuery(db: Db, query: AskedQuery): Promise<number> {
  return Math.min(...(await explain(db, query, 2)).map(timeOf));
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Order By'?: readonly string[];
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

interface Explained {
  readonly Plan: PlanNode;
  readonly 'Planning Time': number;
  readonly 'Execution Time': number;
}

// Without the clock of every node, which costs more than many of them.
const EXPLAIN = 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON)';

/** As the app's connections follow it: by a plan for any values, but for a query that is planned each time. */
const explain = (db: Db, { sql, values, plannedEachTime }: AskedQuery, most: number): Promise<Explained[]> =>
  db.withTransaction(async (tx) => {
    if (plannedEachTime) return explainRuns(tx, most, sql, values);
    await tx.execute(`SET LOCAL plan_cache_mode = force_generic_plan; PREPARE asked AS ${sql}`);
    const runs = await explainRuns(tx, most, `EXECUTE asked${await asLiterals(tx, values)}`);
    await tx.execute('DEALLOCATE asked');
    return runs;
  });

async function explainRuns(
  tx: Queries,
  most: number,
  ...[sql, values]: Parameters<Queries['one']>
): Promise<Explained[]> {
  const runs: Explained[] = [];
  for (let spent = 0; runs.length < most && spent < PATIENCE_MS; spent += timeOf(runs.at(-1) as Explained)) {
    const row = await tx.one<{ 'QUERY PLAN': [Explained] }>(`${EXPLAIN} ${sql}`, values);
    runs.push(row['QUERY PLAN'][0]);
  }
  return runs;
}

/** (EXECUTE takes no parameters.) */
async function asLiterals(tx: Queries, values: readonly unknown[]): Promise<string> {
  if (values.length === 0) return '';
  const quoted = values.map((_, n) => `quote_nullable($${n + 1}::text)`).join(` || ', ' || `);
  const texts = values.map((value) => (Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value));
  const { list } = await tx.one<{ list: string }>(`SELECT ${quoted} AS list`, texts);
  return `(${list})`;
}

const timeOf = (run: Explained): number => run['Planning Time'] + run['Execution Time'];
const flatten = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flatten)];
const tableOf = (node: PlanNode): string => node['Relation Name'] ?? '';

/** Rows looked at in a table; a node that looks at none (a join, the index below a bitmap) counts none. */
function rowsReadBy(node: PlanNode): number {
  if (node['Relation Name'] === undefined) return 0;
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return (node['Actual Rows'] + removed) * node['Actual Loops'];
}

const comparedInVain = (node: PlanNode): number =>
  (node['Rows Removed by Join Filter'] ?? 0) * node['Actual Loops'];

/** By the node and all below it. */
const pagesReadBy = (node: PlanNode): number => node['Shared Hit Blocks'] + node['Shared Read Blocks'];

/** Of one run over the table: a small one is small however often it is looked through. An index read without a condition or an order is its table read from end to end by another way. */
function isLargeScan(node: PlanNode): boolean {
  const whole = node['Index Name'] === undefined ? node['Node Type'] === 'Seq Scan' : !isGuided(node);
  const runs = Math.max(node['Actual Loops'], 1);
  return whole && rowsReadBy(node) / runs > LARGE.rows && pagesReadBy(node) / runs > LARGE.pages;
}

const isGuided = (node: PlanNode): boolean =>
  node['Index Cond'] !== undefined || node['Order By'] !== undefined;

function listAccess(nodes: readonly PlanNode[]): QueryPlan['access'] {
  const found = new Map<string, Access>();
  for (const node of nodes) {
    const index = node['Index Name'];
    if (index !== undefined) found.set(index, node['Node Type'].startsWith('Bitmap') ? 'bitmap' : 'index');
    if (node['Node Type'] === 'Seq Scan') found.set(tableOf(node), 'scan');
  }
  return [...found].map(([name, how]) => ({ name, how }));
}

/** The nodes from the top down to where the plan branches. */
function kindOf(node: PlanNode): string {
  const [only, ...others] = node.Plans ?? [];
  const rest = only === undefined || others.length > 0 ? '' : ` ← ${kindOf(only)}`;
  return `${node['Node Type']}${rest}`;
}
