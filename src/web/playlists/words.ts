import type { Profile } from '../../playlists/profile.ts';
import { formatDuration, formatNumber, plural } from '../page/format.ts';

export { DESCRIPTION_LIMIT, NAME_LIMIT, rangeWords } from '../../playlists/proposals.ts';

/** "1:02:40", of those tracks whose length is known. */
export function lengthWords({ duration_ms: length, durations_known: known, tracks }: Profile): string {
  const whole = formatDuration(length);
  return known < tracks ? `${whole} for ${formatNumber(known)} of ${plural(tracks, 'track')}` : whole;
}
