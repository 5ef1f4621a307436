import type { EnrichmentState } from '../../enrichment/turns.ts';
import type { FeatureFile } from '../../features/read-csv.ts';
import { formatDate, formatInstant, formatNumber, formatTime, plural } from '../page/format.ts';
import type { Flash } from '../types.d.ts';

export function providerWords(state: EnrichmentState, perDay: number, timezone: string): string {
  const asked = `Requested today: ${formatNumber(state.asked_today)} of at most ${formatNumber(perDay)} tracks.`;
  return [asked, standing(state, perDay, timezone)].join(' ').trim();
}

function standing(state: EnrichmentState, perDay: number, timezone: string): string {
  if (state.not_before !== null) return `Paused until ${pauseWords(state.not_before, timezone)}.`;
  if (state.asked_today >= perDay) return 'It continues after midnight (UTC).';
  if (state.failure !== null && state.next_at !== null)
    return `${state.failure} The next try is at ${formatTime(state.next_at, timezone)}.`;
  if (state.failure !== null) return state.failure;
  return state.asked_at === null ? '' : `Last request: ${formatInstant(state.asked_at, timezone)}.`;
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
      ? [`${plural(badLineCount - badLines.length, 'more bad line')}.`]
      : []),
    ...(blank > 0 ? [`Lines without any feature: ${formatNumber(blank)}.`] : []),
    ...(repeated > 0
      ? [`Lines for a track that had one already: ${formatNumber(repeated)}. The later line wins.`]
      : []),
    ...(ignored.length > 0 ? [`Ignored columns: ${ignored.slice(0, 20).join(', ')}.`] : []),
  ];
  if (none)
    return {
      kind: 'error',
      text: 'Nothing was imported: no line of the file has an audio feature.',
      lines: notes,
    };
  const imported = `Imported features for ${plural(tracks.size, 'track')}; in your archive: ${formatNumber(inLibrary)}.`;
  if (badLineCount === 0) return { kind: 'info', text: imported, lines: notes };
  return { kind: 'error', text: `${imported} Unreadable: ${plural(badLineCount, 'line')}.`, lines: notes };
}
