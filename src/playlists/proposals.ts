import { RANGE_LABELS } from '../snapshots/time-ranges.ts';
import type { TimeRange } from '../spotify/top-list.ts';

export interface Proposal {
  readonly name: string;
  readonly description: string;
}

export const NAME_LIMIT = 100;
export const DESCRIPTION_LIMIT = 300;

export const rangeWords = (timeRange: TimeRange): string => `the ${RANGE_LABELS[timeRange].toLowerCase()}`;

export const fitted = ({ name, description }: Proposal): Proposal => ({
  name: cut(name, NAME_LIMIT),
  description: cut(description, DESCRIPTION_LIMIT),
});

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter('en').segment(text.slice(0, limit + 50))) {
    if (kept.length + segment.length > limit - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Control characters become spaces, since neither Spotify nor a page can show them. */
export const oneLine = (text: string): string =>
  Buffer.from(text)
    .toString()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
