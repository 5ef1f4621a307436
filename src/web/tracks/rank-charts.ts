import {
  historySince,
  rankFigures,
  rankStretches,
  type RankHistory,
  type Stretch,
} from '../../snapshots/rank-history.ts';
import type { Chart } from '../page/findings.ts';
import { formatDate, formatDays, formatNumber, plural } from '../page/format.ts';
import { RANGE_LABELS } from '../page/time-ranges.ts';

/** Each range from the first day in any of them. */
export function rankCharts(histories: readonly RankHistory[], what: 'track' | 'artist' = 'track'): Chart[] {
  const firstDates = histories.flatMap((history) => rankFigures(history).firstDate ?? []);
  const firstListed = firstDates.toSorted()[0] ?? '9999-12-31';
  return histories.map((history) => rankChart(history, firstListed, what));
}

function rankChart(whole: RankHistory, firstListed: string, what: string): Chart {
  const heading = RANGE_LABELS[whole.timeRange];
  const { listings } = rankFigures(whole);
  const drawn = historySince(whole, firstListed);
  return {
    id: `rank-${whole.timeRange}`,
    kind: 'line',
    heading,
    finding: rankFinding(whole),
    note: rankNote(whole, what),
    series: listings > 0 ? [{ name: heading, labels: drawn.dates, data: drawn.ranks }] : [],
    table: {
      head: ['Snapshots', 'How many', 'Rank'],
      rows: rankStretches(drawn).map((stretch) => [
        formatDays(stretch.from, stretch.to),
        formatNumber(stretch.snapshots),
        rankWords(stretch),
      ]),
    },
  };
}

function rankWords({ listed, rank }: Stretch): string {
  if (!listed) return 'not in the list';
  return rank === null ? 'in the list, rank not known' : formatNumber(rank);
}

function rankFinding(history: RankHistory): string {
  const { snapshots, listings, bestRank, bestDate, firstDate, lastDate } = rankFigures(history);
  if (snapshots === 0) return 'This list has no snapshots yet.';
  if (firstDate === null || lastDate === null) return 'Never in this list.';
  const stay =
    listings === 1
      ? `In the list once, on ${formatDate(firstDate)}`
      : `In the list from ${formatDate(firstDate)} to ${formatDate(lastDate)}`;
  if (bestRank === null || bestDate === null) return `${stay}; the rank isn’t known.`;
  if (listings === 1) return `${stay}, at number ${formatNumber(bestRank)}.`;
  return `${stay}. Best rank: ${formatNumber(bestRank)}, first on ${formatDate(bestDate)}.`;
}

function rankNote(history: RankHistory, what: string): string {
  const { snapshots, listings } = rankFigures(history);
  if (snapshots === 0) return 'The chart starts with the next snapshot.';
  const there = `In ${formatNumber(listings)} of ${plural(snapshots, 'snapshot')} of this list.`;
  return listings === 0 ? there : `${there} Where the line breaks, the ${what} was not in the snapshot.`;
}
