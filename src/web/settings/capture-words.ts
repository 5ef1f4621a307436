import type { CaptureRun, RunCounts } from '../../snapshots/capture-runs.ts';
import { DEEPEST_RANK } from '../../spotify/top-list.ts';
import { listed } from '../../words.ts';
import { formatTime, plural } from '../page/format.ts';

export const outcomeWords = ({ outcome }: Pick<CaptureRun, 'outcome'>): string =>
  ({ kept: 'Saved', empty: 'Spotify had no lists', failed: 'Failed', missed: 'Missed' })[outcome];

/** "Saved at 07:12", "Failed: Spotify could not be reached." */
export function resultWords(
  { outcome, failure, finished_at: at }: Pick<CaptureRun, 'outcome' | 'failure' | 'finished_at'>,
  timezone: string,
): string {
  if (outcome === 'kept') return `Saved at ${formatTime(at, timezone)}`;
  return failure === null ? outcomeWords({ outcome }) : `${outcomeWords({ outcome })}: ${failure}`;
}

export const kindWords = ({ kind }: Pick<CaptureRun, 'kind'>): string =>
  ({ tracks: 'Tracks', artists: 'Artists' })[kind];

export const skippedWords = ({ kind, skipped }: Pick<CaptureRun, 'kind' | 'skipped'>): string =>
  ({
    tracks: `Skipped because they aren’t tracks: ${plural(skipped, 'item')} from Spotify.`,
    artists: `Skipped because they aren’t artists: ${plural(skipped, 'item')} from Spotify.`,
  })[kind];

/** Where a list went on beyond what is taken. */
export const deeperWords = `Spotify’s list was longer; its first ${DEEPEST_RANK} places are saved.`;

/** "Track lists were saved 360 times, artist lists 20 times. Problems: 4 failed attempts and 1 missed day." */
export function runCountWords({ kept_tracks: tracks, kept_artists: artists, ...counts }: RunCounts): string {
  const { empty, failed, missed } = counts;
  const problems = [
    ...(empty > 0 ? [plural(empty, 'empty answer')] : []),
    ...(failed > 0 ? [plural(failed, 'failed attempt')] : []),
    ...(missed > 0 ? [plural(missed, 'missed day')] : []),
  ];
  const saved = `Track lists were saved ${plural(tracks, 'time')}, artist lists ${plural(artists, 'time')}.`;
  return problems.length === 0
    ? `${saved} There were no problems.`
    : `${saved} Problems: ${listed(problems)}.`;
}
