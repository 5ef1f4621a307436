import type { PlayTally } from '../../catalogue/play-tally.ts';
import type { FormatName } from '../../history-import/row.ts';
import type { CountingRule } from '../../users/users.ts';
import { facts, formatDuration, plural } from './format.ts';

/** What counts as a play, as it is said beside figures of plays. */
export const COUNTING_RULES: Readonly<Record<CountingRule, string>> = {
  '30 seconds': 'A play counts after 30 seconds.',
  any: 'Every play counts, however short.',
  finished: 'A play counts when you hear the track to the end.',
};

export const atLeast = (figure: string): string => `at least ${figure}`;

/** "at least 12 plays" where more may have been played than is known. */
export const playsWords = ({ plays }: Pick<PlayTally, 'plays'>, hasGap = false): string =>
  hasGap ? atLeast(plural(plays, 'play')) : plural(plays, 'play');

/**
 * "about 1,530 minutes": about, where of some plays only the length of their track is known; at least, where of some
 * not even that, or where more may have been played. Null where no time is known at all.
 */
export function playTimeWords(tally: PlayTally, hasGap = false): string | null {
  if (tally.timed_plays === 0) return null;
  const minutes = plural(Math.round((tally.ms_played + tally.about_ms) / 60_000), 'minute');
  const time = tally.about_ms > 0 ? `about ${minutes}` : minutes;
  return hasGap || tally.timed_plays < tally.plays ? atLeast(time) : time;
}

/** The files of another service, or of Spotify, by what they are. */
export const FILES: Readonly<Record<FormatName, string>> = {
  'spotify extended': 'Spotify’s extended history',
  'spotify account': 'Spotify’s account data',
  lastfm: 'Last.fm',
  listenbrainz: 'ListenBrainz',
  maloja: 'Maloja',
  koito: 'Koito',
  'pano scrobbler': 'Pano Scrobbler',
  'libre.fm': 'Libre.fm',
  rockbox: 'Rockbox',
  your_spotify: 'your_spotify',
};

/** "3:12 listened, from Last.fm": what is known of one play besides its end; empty where that is all. */
export function playNote({
  ms_played: ms,
  source,
}: {
  readonly ms_played: number | null;
  readonly source: string;
}): string {
  const file = source === 'capture' ? null : `from ${FILES[source as FormatName] ?? source}`;
  return facts(ms !== null && `${formatDuration(ms)} listened`, file);
}
