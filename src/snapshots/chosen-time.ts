import { isCalendarDate, lastDayOfMonth } from '../calendar.ts';

/** A day, month, year or all time. Both ends are included (`YYYY-MM-DD`). */
export interface ChosenTime {
  readonly kind: 'day' | 'month' | 'year' | 'all';
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

export const ALL_TIME: ChosenTime = { kind: 'all', id: 'all', from: '0001-01-01', to: '9999-12-31' };

export function readTime(text: string): ChosenTime | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text) ?? [];
  if (year === undefined || year === '0000') return null;
  if (month === undefined) return yearTime(`${year}-01-01`);
  const first = `${year}-${month.padStart(2, '0')}-01`;
  if (!isCalendarDate(first)) return null;
  if (day === undefined) return monthTime(first);
  const date = first.slice(0, 8) + day.padStart(2, '0');
  return isCalendarDate(date) ? dayTime(date) : null;
}

export const dayTime = (date: string): ChosenTime => ({ kind: 'day', id: date, from: date, to: date });

export const monthTime = (date: string): ChosenTime => {
  const from = `${date.slice(0, 8)}01`;
  return { kind: 'month', id: date.slice(0, 7), from, to: lastDayOfMonth(from) };
};

export const yearTime = (date: string): ChosenTime => {
  const year = date.slice(0, 4);
  return { kind: 'year', id: year, from: `${year}-01-01`, to: `${year}-12-31` };
};
