import type { HiddenCounts } from '../../hidden/hidden-things.ts';
import { listed } from '../../words.ts';
import { plural } from '../page/format.ts';

/** "You have hidden 2 tracks and 1 artist. That hides 14 tracks in all." */
export function hiddenCountWords({ tracks, artists, hidden }: HiddenCounts): string {
  const parts = [
    ...(tracks > 0 ? [plural(tracks, 'track')] : []),
    ...(artists > 0 ? [plural(artists, 'artist')] : []),
  ];
  if (parts.length === 0) return 'You haven’t hidden anything.';
  const chosen = `You have hidden ${listed(parts)}.`;
  return artists > 0 ? `${chosen} That hides ${plural(hidden, 'track')} in all.` : chosen;
}
