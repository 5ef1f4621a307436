import type { CaptureRun, RunCounts } from '../../snapshots/capture-runs.ts';
import { plural } from '../page/format.ts';

/** What became of one attempt, in a word or two. */
export const outcomeWords = ({ outcome }: Pick<CaptureRun, 'outcome'>): string =>
  ({ kept: 'Kept', empty: 'Spotify had no lists', failed: 'Failed', missed: 'Missed' })[outcome];

/** "Lists were kept 360 times; 4 attempts failed and 1 day was missed." */
export function runCountWords({ kept, empty, failed, missed }: RunCounts): string {
  const troubles = [
    ...(empty > 0 ? [`Spotify had none ${plural(empty, 'time')}`] : []),
    ...(failed > 0 ? [`${plural(failed, 'attempt')} failed`] : []),
    ...(missed > 0 ? [`${plural(missed, 'day')} ${missed === 1 ? 'was' : 'were'} missed`] : []),
  ];
  const rest = troubles.length === 0 ? 'nothing failed, and no day was missed' : joined(troubles);
  return `Lists were kept ${plural(kept, 'time')}; ${rest}.`;
}

const joined = (parts: readonly string[]): string =>
  [parts.slice(0, -1).join(', '), parts.at(-1)].filter(Boolean).join(' and ');
