import { monthAfter, daysBefore } from '../../calendar.ts';
import type { ChartData } from '../../figures/charts.ts';
import { LASTING_DAYS, type Discoveries } from '../../listening/discoveries.ts';
import { sum } from '../../sum.ts';
import type { Chart } from '../page/findings.ts';
import { formatMonth, formatNumber, plural } from '../page/format.ts';

/** More columns than fifty years of months are drawn by nobody: only those with discoveries then. */
const MOST_MONTHS = 600;

/** Months without a discovery are columns of nothing. */
export function discoveryLabels(months: readonly Discoveries[]): ChartData {
  const tracks = new Map(months.map((one) => [one.month, one.tracks]));
  const labels = [months[0]?.month].filter((month) => month !== undefined);
  const last = months.at(-1)?.month ?? '';
  while (labels.length <= MOST_MONTHS && (labels.at(-1) ?? last) < last)
    labels.push(monthAfter(labels.at(-1) ?? ''));
  const drawn = labels.length <= MOST_MONTHS ? labels : [...tracks.keys()];
  return { labels: drawn, data: drawn.map((month) => tracks.get(month) ?? 0) };
}

export function discoveryChart(months: readonly Discoveries[], today: string): Chart {
  const { labels, data } = discoveryLabels(months);
  return {
    id: 'discoveries',
    kind: 'strip',
    heading: 'Discoveries',
    finding: finding(months),
    note: `A track is new in the month of its first play in this archive. It has lasted if you still played it ${LASTING_DAYS} days later.`,
    series:
      months.length > 0
        ? [{ name: 'New tracks', labels: labels.map((month) => formatMonth(`${month}-01`)), data }]
        : [],
    table: {
      head: ['Month', 'New tracks', 'Tracks that lasted', 'New artists', 'Artists that lasted'],
      rows: months.map((one) => rowOf(one, today)),
    },
  };
}

function rowOf(one: Discoveries, today: string): string[] {
  const isTooEarly = `${monthAfter(one.month)}-01` > daysBefore(today, LASTING_DAYS);
  const lasting = (count: number): string => (isTooEarly ? 'too early to say' : formatNumber(count));
  return [
    formatMonth(`${one.month}-01`),
    formatNumber(one.tracks),
    lasting(one.lasting_tracks),
    formatNumber(one.artists),
    lasting(one.lasting_artists),
  ];
}

function finding(months: readonly Discoveries[]): string {
  if (months.length === 0) return 'There is nothing new in this time.';
  const total = (of: (one: Discoveries) => number): number => sum(months.map(of));
  const tracks = total((one) => one.tracks);
  const lasting = total((one) => one.lasting_tracks);
  const artists = plural(
    total((one) => one.artists),
    'new artist',
  );
  return `${plural(tracks, 'new track')} and ${artists}. Tracks that lasted: ${formatNumber(lasting)}.`;
}
