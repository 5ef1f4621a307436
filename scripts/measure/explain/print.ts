import { alignColumns, grouped, sum } from '../../print.ts';
import type { QueryPlan } from './plan.ts';

/** Tables for the terminal, one for each page, with what one visit to it costs the database in all. */
export function printPlans(plans: readonly QueryPlan[]): string {
  const pages = [...new Set(plans.map(({ page }) => page))];
  const rows = pages.map((page) => plans.filter((plan) => plan.page === page).map(rowOf));
  const aligned = alignColumns([HEADING, ...rows.flat()], 'words');
  let printed = 1;
  const parts = pages.map((page, index) => {
    const lines = aligned.slice(printed, (printed += rows[index]?.length ?? 0));
    return [totalOf(page, plans), ...lines].join('\n');
  });
  return [aligned[0], ...parts].join('\n\n');
}

/** So many pairs take some milliseconds to compare; with ten times the rows on both sides it is a hundred times as long. */
const MOST_PAIRS = 50_000;

/** What must not be, a sentence each; none where every query that should use an index does. */
export const listFaults = (plans: readonly QueryPlan[]): string[] =>
  plans.flatMap(({ name, scannedTables, mayScan, comparedInVain }) => [
    ...(scannedTables.length > 0 && mayScan === undefined
      ? [`“${name}” reads ${scannedTables.join(' and ')} from end to end`]
      : []),
    ...(comparedInVain > MOST_PAIRS
      ? [`“${name}” joins by comparing each row with each, ${grouped(comparedInVain)} times in vain`]
      : []),
  ]);

const HEADING = ['  query', 'ms', 'buffers', 'rows read → given', 'plan', 'by way of'];

function rowOf(plan: QueryPlan): string[] {
  const { name, page, kind, access, mayScan } = plan;
  const ways = access.map((way) => (way.how === 'index' ? way.name : `${way.how} of ${way.name}`));
  const excuse = mayScan === undefined ? '' : ` (may scan: ${mayScan})`;
  return [
    `  ${name.slice(page.length + 2)}`,
    plan.milliseconds.toFixed(2),
    grouped(plan.buffers),
    `${grouped(Math.round(plan.rowsRead))} → ${grouped(plan.rowsReturned)}`,
    kind,
    `${ways.join(', ') || 'no table'}${excuse}`,
  ];
}

function totalOf(page: string, plans: readonly QueryPlan[]): string {
  const own = plans.filter((plan) => plan.page === page);
  const total = sum(own.map(({ milliseconds }) => milliseconds));
  return `${page}: ${total.toFixed(1)} ms of database time in ${own.length} ${own.length === 1 ? 'query' : 'queries'}`;
}
