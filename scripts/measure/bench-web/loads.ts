import { megabytesOf } from './cpu.ts';
import { measure, type Load, type Target } from './measure.ts';

export interface UnderLoad extends Pick<Load, 'listeners' | 'rate'> {
  readonly name: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  /** Of the web process, after it. */
  readonly megabytes: number;
}

const SECONDS = 3;
/** Fifty listeners who each open a page a second; three hundred who ask as fast as they are answered. */
const LOADS: readonly Load[] = [
  { listeners: 50, rate: 50, seconds: SECONDS },
  { listeners: 300, rate: null, seconds: SECONDS },
];

export async function measureLoads(pages: readonly Target[], webProcess: number): Promise<UnderLoad[]> {
  const loads: UnderLoad[] = [];
  for (const load of LOADS) {
    for (const page of pages) {
      const { p50, p99, errors, answered } = await measure(page, load);
      const { listeners, rate } = load;
      loads.push({
        name: page.name,
        listeners,
        rate,
        p50,
        p99,
        errors,
        perSecond: answered / SECONDS,
        megabytes: megabytesOf(webProcess),
      });
    }
  }
  return loads;
}
