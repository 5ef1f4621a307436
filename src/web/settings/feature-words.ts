import type { EnrichmentState } from '../../enrichment/turns.ts';
import type { FeatureFile } from '../../features/read-csv.ts';
import { formatDate, formatInstant, formatNumber, formatTime, plural } from '../page/format.ts';
import type { Flash } from '../types.d.ts';

export function providerWords(state: EnrichmentState, perDay: number, timezone: string): string {
  const asked = `${formatNumber(state.asked_today)} tracks asked for today of ${formatNumber(perDay)} at most`;
  if (state.not_before !== null) return `${asked}; paused until ${pauseWords(state.not_before, timezone)}.`;
  if (state.asked_today >= perDay) return `${asked}; it goes on after midnight (UTC).`;
  if (state.failure !== null) {
    const again =
      state.next_at === null ? '' : ` It is tried again at ${formatTime(state.next_at, timezone)}.`;
    return `${asked}. ${state.failure}${again}`;
  }
  return `${asked}.${state.asked_at === null ? '' : ` Last asked ${formatInstant(state.asked_at, timezone)}.`}`;
}

/** With its day, unless that is today. */
const pauseWords = (until: Date, timezone: string): string =>
  formatDate(until, timezone) === formatDate(new Date(), timezone)
    ? formatTime(until, timezone)
    : formatInstant(until, timezone);

export function loadedFlash(file: FeatureFile, inLibrary: number): Flash {
  const { tracks, badLines, badLineCount, ignored, blank, repeated } = file;
  const none = tracks.size === 0;
  const notes = [
    ...badLines.map(({ line, reason }) => `Line ${formatNumber(line)}: ${reason}.`),
    ...(badLineCount > badLines.length
      ? [`and ${plural(badLineCount - badLines.length, 'more bad line')}.`]
      : []),
    ...(blank > 0 ? [`${plural(blank, 'line')} left every feature empty.`] : []),
    ...(repeated > 0 ? [`${plural(repeated, 'line')} spoke of a track again: the later one counts.`] : []),
    ...(ignored.length > 0 ? [`Columns left out: ${ignored.slice(0, 20).join(', ')}.`] : []),
  ];
  const loaded = none
    ? 'Nothing was loaded: no line of the file says how a track sounds.'
    : `The features of ${plural(tracks.size, 'track')} were loaded; ${formatNumber(inLibrary)} of them ${inLibrary === 1 ? 'is' : 'are'} in your archive.`;
  const left = !none && badLineCount > 0 ? ` ${plural(badLineCount, 'line')} could not be read.` : '';
  return { kind: none || badLineCount > 0 ? 'error' : 'info', text: loaded + left, lines: notes };
}
