import type { CaptureRun, RunCounts } from '../../snapshots/capture-runs.ts';
import { DEEPEST_RANK } from '../../spotify/top-list.ts';
import { plural } from '../page/format.ts';

export const outcomeWords = ({ outcome }: Pick<CaptureRun, 'outcome'>): string =>
  ({ kept: 'Kept', empty: 'Spotify had no lists', failed: 'Failed', missed: 'Missed' })[outcome];

export const kindWords = ({ kind }: Pick<CaptureRun, 'kind'>): string =>
  ({ tracks: 'Tracks', artists: 'Artists' })[kind];

/** "1 item of Spotify’s answer was no track." */
export function skippedWords({ kind, skipped }: Pick<CaptureRun, 'kind' | 'skipped'>): string {
  const one = { tracks: 'track', artists: 'artist' }[kind];
  const none = skipped === 1 ? `was no ${one}` : `were no ${one}s`;
  return `${plural(skipped, 'item')} of Spotify’s answer ${none}.`;
}

/** Where a list went on beyond what is taken. */
export const deeperWords = `Spotify’s list went on; its first ${DEEPEST_RANK} places are kept.`;

/** "Lists of tracks were kept 360 times, lists of artists 20 times; 4 attempts failed and 1 day was missed." */
export function runCountWords({ kept_tracks: tracks, kept_artists: artists, ...counts }: RunCounts): string {
  const { empty, failed, missed } = counts;
  const troubles = [
    ...(empty > 0 ? [`Spotify had none ${plural(empty, 'time')}`] : []),
    ...(failed > 0 ? [`${plural(failed, 'attempt')} failed`] : []),
    ...(missed > 0 ? [`${plural(missed, 'day')} ${missed === 1 ? 'was' : 'were'} missed`] : []),
  ];
  const rest = troubles.length === 0 ? 'nothing failed, and no day was missed' : joined(troubles);
  return `Lists of tracks were kept ${plural(tracks, 'time')}, lists of artists ${plural(artists, 'time')}; ${rest}.`;
}

const joined = (parts: readonly string[]): string =>
  [parts.slice(0, -1).join(', '), parts.at(-1)].filter(Boolean).join(' and ');
