import type { HiddenCounts } from '../../hidden/hidden-things.ts';
import { plural } from '../page/format.ts';

/** "2 tracks and 1 artist are hidden: 14 tracks of your archive in all." */
export function hiddenCountWords({ tracks, artists, hidden }: HiddenCounts): string {
  const parts = [
    ...(tracks > 0 ? [plural(tracks, 'track')] : []),
    ...(artists > 0 ? [plural(artists, 'artist')] : []),
  ];
  if (parts.length === 0) return 'Nothing of your archive is hidden.';
  const are = tracks + artists === 1 ? 'is' : 'are';
  const inAll = artists > 0 ? `: ${plural(hidden, 'track')} of your archive in all` : '';
  return `${parts.join(' and ')} ${are} hidden${inAll}.`;
}
