import { AppError } from '../../errors.ts';
import { failureOf, type CaptureResult, type KindResult } from '../../snapshots/capture.ts';
import { ArchiveGone } from '../../users/lock-archive.ts';
import { listed } from '../../words.ts';
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
  const skipped = tracks.skipped + artists.skipped;
  if (tracks.places + artists.places + skipped === 0)
    return `There is nothing new for ${date}: today’s lists are saved already, or Spotify has none for you yet.`;
  const kept = [placesOf(tracks, 'track'), placesOf(artists, 'artist')].filter((words) => words !== null);
  const saved = kept.length === 0 ? `Nothing was saved for ${date}.` : `Saved for ${date}: ${listed(kept)}.`;
  if (skipped === 0) return saved;
  return `${saved} Skipped ${plural(skipped, 'item')} from Spotify that could not be read.`;
}

const placesOf = ({ captured, places }: KindResult, kind: 'track' | 'artist'): string | null =>
  places === 0 ? null : `${formatNumber(places)} ranked ${kind}s in ${plural(captured.length, 'list')}`;

/** Which of the two failed, where the other did not. */
function failureWords({ tracks, artists }: CaptureResult, message: string): string {
  if (tracks.failure === undefined) return `Your lists of artists could not be saved. ${message}`;
  if (artists.failure === undefined) return `Your lists of tracks could not be saved. ${message}`;
  return message;
}
