import type { QueryPlan } from './plan.ts';

/** A table for the terminal, with what one visit to the dashboard costs the database in all. */
export function printPlans(plans: readonly QueryPlan[], times: number): string {
  const rows = plans.map((plan) => [
    plan.name,
    plan.milliseconds.toFixed(2),
    plan.buffers.toLocaleString('en'),
    `${Math.round(plan.rowsRead).toLocaleString('en')} → ${plan.rowsReturned.toLocaleString('en')}`,
    plan.access.join(', ') || 'no table',
  ]);
  const total = plans.reduce((sum, plan) => sum + plan.milliseconds, 0);
  return [
    `Over an archive ${times} times the demo's size:`,
    ...align([['query', 'ms', 'buffers', 'rows read → given', 'by way of'], ...rows]),
    `one visit to the dashboard: ${total.toFixed(1)} ms of database time in ${plans.length} queries`,
  ].join('\n');
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
