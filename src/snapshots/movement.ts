import { lastDayOfMonth } from '../calendar.ts';

export type Movement =
  | { readonly kind: 'up' | 'down'; readonly places: number }
  | { readonly kind: 'same' | 'new' | 'unknown' }
  | { readonly kind: 'back'; readonly months: number };

export interface Place {
  readonly rank: number | null;
  readonly previous_rank: number | null;
  readonly last_seen_date: string | null;
}

/** `unknown`: the first snapshot or an unknown rank. `back`: whole calendar months since the last listing. */
export function movementOf(
  entry: Place,
  list: { readonly snapshotDate: string; readonly previousDate: string | null },
): Movement {
  if (list.previousDate === null) return { kind: 'unknown' };
  if (entry.last_seen_date === null) return { kind: 'new' };
  if (entry.last_seen_date < list.previousDate) {
    return { kind: 'back', months: monthsBetween(entry.last_seen_date, list.snapshotDate) };
  }
  if (entry.rank === null || entry.previous_rank === null) return { kind: 'unknown' };
  const places = entry.previous_rank - entry.rank;
  if (places === 0) return { kind: 'same' };
  return { kind: places > 0 ? 'up' : 'down', places: Math.abs(places) };
}

/** The last day of a month ends it, however short the month. */
function monthsBetween(from: string, to: string): number {
  const [fromYear = 0, fromMonth = 0, fromDay = 0] = from.split('-').map(Number);
  const [toYear = 0, toMonth = 0, toDay = 0] = to.split('-').map(Number);
  const lastDay = Number(lastDayOfMonth(to).slice(8));
  return (toYear - fromYear) * 12 + (toMonth - fromMonth) - (toDay < Math.min(fromDay, lastDay) ? 1 : 0);
}
