import { AppError } from '../../errors.ts';
import { failureOf, type CaptureResult, type KindResult } from '../../snapshots/capture.ts';
import { ArchiveGone } from '../../users/lock-archive.ts';
import { formatNumber, plural } from '../page/format.ts';
import { sayUntil } from '../page/wait-words.ts';
import type { Flash } from '../types.d.ts';

/**
 * What a capture came to, for the page the listener is led to.
 * @throws what was thrown there, where it does not speak for itself
 */
export function captureFlash(result: CaptureResult, timeZone: string | undefined): Flash {
  const failure = sayUntil(failureOf(result), timeZone);
  if (failure === undefined) return { kind: 'info', text: keptWords(result) };
  // Where the archive is gone, there is no page of theirs left to say it on.
  if (!(failure instanceof AppError) || failure instanceof ArchiveGone) throw failure;
  return { kind: 'error', text: failureWords(result, failure.message) };
}

function keptWords({ date, tracks, artists }: CaptureResult): string {
  const left = tracks.skipped + artists.skipped;
  if (tracks.places + artists.places + left === 0)
    return `Nothing new to keep for ${date}: today’s lists are kept already, or Spotify has none for you yet.`;
  const kept = [placesOf(tracks, 'track'), placesOf(artists, 'artist')].filter((words) => words !== null);
  const none =
    left > 0
      ? ` ${plural(left, 'item')} of Spotify’s answer could not be read and ${left === 1 ? 'was' : 'were'} left out.`
      : '';
  return `Kept for ${date}: ${kept.length === 0 ? 'nothing' : kept.join(' and ')}.${none}`;
}

const placesOf = ({ captured, places }: KindResult, kind: 'track' | 'artist'): string | null =>
  places === 0 ? null : `${formatNumber(places)} ranked ${kind}s in ${plural(captured.length, 'list')}`;

/** Which of the two failed, where the other did not. */
function failureWords({ tracks, artists }: CaptureResult, message: string): string {
  if (tracks.failure === undefined) return `Your lists of artists could not be kept. ${message}`;
  if (artists.failure === undefined) return `Your lists of tracks could not be kept. ${message}`;
  return message;
}
