import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** Minutes each: else one of them is still at work, alone, when all others are done. */
const LONGEST = [
  'simulated-year.drill',
  'web/hostile.drill',
  'survival.drill',
  'workers.drill',
  'journeys/playlists.drill',
  'contradicting-files.drill',
  'journeys/history.drill',
  'large.drill',
];

/** Those that call drilled() (test/support/drill.ts). */
const DO_MORE_IN_A_DRILL = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => path.join('test', name))
  .filter((name) => readFileSync(name, 'utf8').includes('drilled('));

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = LONGEST.findIndex((name) => moduleId.includes(name));
  return place < 0 ? LONGEST.length : place;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

/** `npm run drill`: what takes long, and what `npm test` does a few times, often. */
export default defineConfig({
  test: {
    ...usual.test,
    include: ['test/**/*.drill.ts', ...DO_MORE_IN_A_DRILL],
    env: { DRILL: 'yes' },
    // Programs and browsers of their own keep two cores busy: with a third beside them each took twice as long, and some
    // failed that are green by themselves.
    maxWorkers: 2,
    // They only end what hangs: however busy the machine, a test waits for what it wants to see.
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    sequence: { sequencer: LongestFirst },
  },
});
