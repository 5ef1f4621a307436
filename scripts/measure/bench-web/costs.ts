import { median } from '../bench/page-times.ts';
import { measure, type Load, type Measured, type Target } from './measure.ts';

/** Milliseconds of processor time a request, medians over the rounds. */
export interface Cost {
  readonly name: string;
  readonly node: number;
  readonly postgres: number;
  /** Both together, as a multiple of the floor in the same round; NaN where processor time is not known. */
  readonly toFloor: number;
  readonly p50: number;
  readonly errors: number;
}

/** A server that has run for a while: caches full, code compiled. */
const WARM_UP: Load = { listeners: 4, rate: null, seconds: 2 };
const ROUND: Load = { listeners: 4, rate: null, seconds: 1 };

/** Every target in turn, the floor first, round by round, so that what else the machine does hits all alike. */
export async function measureCosts({
  floor,
  targets,
  rounds,
}: {
  floor: Target;
  targets: readonly Target[];
  rounds: number;
}): Promise<Cost[]> {
  const all = [floor, ...targets];
  for (const target of all) await measure(target, WARM_UP);
  const measured: Measured[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const ofRound: Measured[] = [];
    for (const target of all) ofRound.push(await measure(target, ROUND));
    measured.push(ofRound);
  }
  return all.map(({ name }, at) => costOf(name, measured, at));
}

function costOf(name: string, rounds: readonly (readonly Measured[])[], at: number): Cost {
  const over = (of: (measured: Measured, floor: Measured) => number): number =>
    median(rounds.map((round) => of(round[at] as Measured, round[0] as Measured)));
  return {
    name,
    node: over(({ node }) => node),
    postgres: over(({ postgres }) => postgres),
    toFloor: over((page, floor) => (page.node + page.postgres) / (floor.node + floor.postgres)),
    p50: over(({ p50 }) => p50),
    errors: rounds.reduce((sum, round) => sum + (round[at]?.errors ?? 0), 0),
  };
}
