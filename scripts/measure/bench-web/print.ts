import { alignColumns } from '../../print.ts';
import type { Cost } from './costs.ts';
import type { UnderLoad } from './loads.ts';
import type { Page } from './targets.ts';

const decimal = (number: number, digits = 1): string => (Number.isNaN(number) ? '' : number.toFixed(digits));

const COST_HEAD = [
  'page',
  'statements',
  'KB',
  'node ms',
  'PostgreSQL ms',
  'together',
  'to the floor',
  'aim',
  'p50 ms',
  'errors',
];

export function printCosts(pages: readonly Page[], costs: readonly Cost[]): void {
  const rows = costs.map(({ name, node, postgres, toFloor, p50, errors }) => {
    const page = pages.find((known) => known.name === name);
    return [
      name,
      page ? String(page.statements) : '',
      page ? decimal(page.bytes / 1024, 0) : '',
      decimal(node, 2),
      decimal(postgres, 2),
      decimal(node + postgres, 2),
      node > 0 ? decimal(toFloor) : '',
      page?.aim ? `${page.aim}, ${toFloor <= page.aim ? 'met' : 'missed'}` : '',
      decimal(p50, 0),
      String(errors),
    ];
  });
  console.log(
    'Processor time of a request, beside the least a page can cost (the floor: Express, three prepared',
  );
  console.log(
    `statements on the pool, the bytes of the page “${pages[0]?.name ?? ''}”), measured in turn with it:\n`,
  );
  console.log(alignColumns([COST_HEAD, ...rows]).join('\n'));
}

const LOAD_HEAD = ['page', 'listeners', 'asked', 'answers/s', 'p50 ms', 'p99 ms', 'errors', 'MB'];

export function printLoads(loads: readonly UnderLoad[]): void {
  const rows = loads.map(({ name, listeners, rate, perSecond, p50, p99, errors, megabytes }) => [
    name,
    String(listeners),
    rate === null ? 'all it can' : `${rate}/s`,
    ...[perSecond, p50, p99, errors, megabytes].map((number) => decimal(number, 0)),
  ]);
  console.log('\nUnder load:\n');
  console.log(alignColumns([LOAD_HEAD, ...rows]).join('\n'));
}
