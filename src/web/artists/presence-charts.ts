import type { Presence, PresenceMonth } from '../../snapshots/artist-presence.ts';
import type { Chart } from '../page/findings.ts';
import { formatMonth, formatNumber, formatPercent, plural } from '../page/format.ts';
import { RANGE_LABELS } from '../page/time-ranges.ts';
import { sum } from '../../sum.ts';

/** An artist's share of the lists' places, month by month, for each range. */
export function presenceCharts(presences: readonly Presence[], firstListedDate: string | null): Chart[] {
  return presences.map((presence) => presenceChart(presence, firstListedDate));
}

/** Null: no list in that month. */
export const shareOf = ({ own, places }: PresenceMonth): number | null => (places > 0 ? own / places : null);

function presenceChart({ timeRange, months }: Presence, firstListedDate: string | null): Chart {
  const heading = RANGE_LABELS[timeRange];
  const own = sum(months.map((one) => one.own));
  const drawn = months.filter(
    ({ month }) => firstListedDate !== null && month >= firstListedDate.slice(0, 7),
  );
  return {
    id: `presence-${timeRange}`,
    kind: 'months',
    heading,
    finding: presenceFinding(months),
    note: presenceNote(months),
    series:
      own > 0 ? [{ name: heading, labels: drawn.map(({ month }) => month), data: drawn.map(shareOf) }] : [],
    table: {
      head: ['Month', 'Places', 'Share of the lists', 'Best rank'],
      rows: drawn.map((one) => [formatMonth(`${one.month}-01`), ...cells(one)]),
    },
  };
}

function cells({ own, places, snapshots, best_rank: best }: PresenceMonth): string[] {
  if (snapshots === 0) return ['no snapshot', 'not known', 'not known'];
  const rank = best === null ? (own > 0 ? 'not known' : '–') : formatNumber(best);
  return [`${formatNumber(own)} of ${formatNumber(places)}`, formatPercent(own, places), rank];
}

function presenceFinding(months: readonly PresenceMonth[]): string {
  if (months.length === 0) return 'This list has no snapshots yet.';
  const [own, places] = [sum(months.map((one) => one.own)), sum(months.map((one) => one.places))];
  const best = months.reduce((most, one) => ((shareOf(one) ?? 0) > (shareOf(most) ?? 0) ? one : most));
  if (own === 0) return 'Never in this list.';
  const whole = `${formatNumber(own)} of ${plural(places, 'place')} (${formatPercent(own, places)})`;
  return `${whole}, most in ${formatMonth(`${best.month}-01`)} with ${formatPercent(best.own, best.places)}.`;
}

function presenceNote(months: readonly PresenceMonth[]): string {
  const kept = months.filter(({ snapshots }) => snapshots > 0);
  if (kept.length === 0) return 'The chart starts with the next snapshot.';
  const present = kept.filter(({ own }) => own > 0).length;
  const snapshots = plural(sum(kept.map((one) => one.snapshots)), 'snapshot');
  return `From ${snapshots} in ${plural(kept.length, 'month')}; listed in ${plural(present, 'month')}.`;
}
