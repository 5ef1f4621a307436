import { daysBetween } from '../../calendar.ts';
import type { ChosenTime } from '../../snapshots/chosen-time.ts';
import type { TimeRange } from '../../spotify/top-tracks.ts';
import { formatDate, formatMonth, plural } from './format.ts';

/** Without a range the page shows the one its reader chose as first. */
export interface TimeQuery {
  readonly range?: TimeRange | undefined;
  readonly with?: string | undefined;
}

/** `/time-machine/2024/03/14?range=long_term` */
export function timePath(time: ChosenTime, { range, with: other }: TimeQuery = {}): string {
  const query = new URLSearchParams();
  if (range !== undefined) query.set('range', range);
  if (other !== undefined) query.set('with', other);
  const path = time.kind === 'all' ? '/time-machine' : `/time-machine/${time.id.replaceAll('-', '/')}`;
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

/** "14 March 2024", "March 2024", "2024", "all years" */
export function timeName(time: ChosenTime): string {
  if (time.kind === 'all') return 'all years';
  if (time.kind === 'year') return time.id;
  return time.kind === 'month' ? formatMonth(time.from) : formatDate(time.from);
}

/** "3 days later", "1 day earlier", "the same day" */
export function awayWords(from: string, to: string): string {
  const days = daysBetween(from, to);
  if (days === 0) return 'the same day';
  return `${plural(Math.abs(days), 'day')} ${days > 0 ? 'later' : 'earlier'}`;
}
