import { z } from 'zod';
import { isCalendarDate, isPlausibleDay, FIRST_YEAR, LAST_YEAR } from '../../calendar.ts';
import { holds, rangeBeside, rangeOn, SPANS, type Range, type Span } from '../../ranges/range.ts';
import { formatDate, formatMonth } from './format.ts';

/** A day in an address or of a form, where it may be left empty. */
const day = z
  .string('must be given once')
  .refine((text) => text === '' || isCalendarDate(text), 'must be a day such as 2026-03-09')
  .refine((text) => text === '' || isPlausibleDay(text), `must be a day from ${FIRST_YEAR} to ${LAST_YEAR}`)
  .transform((text) => (text === '' ? null : text))
  .nullable()
  .default(null);

/** A range in an address: a span of the calendar that holds a day (today, where none is named), or days from and to. */
export const rangeParams = {
  span: z.enum(SPANS, `must be one of ${SPANS.join(', ')}`).optional(),
  on: day,
  from: day,
  to: day,
};

interface RangeAsked {
  readonly span?: Span | undefined;
  readonly on: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

const USUAL = 'year' satisfies Span;

/** Days that are named go before a span. */
export function rangeAsked({ span = USUAL, on, from, to }: RangeAsked, today: string): Range {
  if (from === null && to === null) return rangeOn(span, on ?? today);
  const [first, last] = from !== null && to !== null && from > to ? [to, from] : [from, to];
  return { span: 'days', from: first, to: last };
}

/** The range as it stands in an address; what holds today goes on with the calendar. */
export function rangeQuery(range: Range, today: string): Record<string, string> {
  const { span, from, to } = range;
  if (span === 'days') return { ...(from !== null && { from }), ...(to !== null && { to }) };
  if (from !== null && !holds(range, today)) return { span, on: from };
  return span === USUAL ? {} : { span };
}

interface RangeLink {
  readonly label: string;
  readonly href: string;
}

/** What `views/partials/range.ejs` shows. */
export interface RangeControl {
  /** "March 2024" */
  readonly name: string;
  readonly spans: readonly (RangeLink & { readonly current: boolean })[];
  readonly previous: RangeLink | null;
  readonly next: RangeLink | null;
  /** To the span that holds today; null: this one does, or is all time. */
  readonly now: RangeLink | null;
  readonly form: {
    readonly action: string;
    readonly kept: readonly (readonly [name: string, value: string])[];
    readonly from: string | null;
    readonly to: string | null;
  };
}

const LABELS: Readonly<Record<Span, string>> = {
  day: 'Day',
  week: 'Week',
  month: 'Month',
  season: 'Season',
  year: 'Year',
  all: 'All time',
};

/** The control of a page with a range. @param kept what else its address says */
export function rangeControl(
  path: string,
  range: Range,
  today: string,
  kept: Readonly<Record<string, string>> = {},
): RangeControl {
  const link = (to: Range, label = rangeName(to)): RangeLink => {
    const query = new URLSearchParams({ ...kept, ...rangeQuery(to, today) }).toString();
    return { label, href: query === '' ? path : `${path}?${query}` };
  };
  const [previous, next] = [rangeBeside(range, -1), rangeBeside(range, 1)];
  return {
    name: rangeName(range),
    spans: SPANS.map((span) => {
      const to = rangeOn(span, anchorOf(range, today));
      const isToday = span === 'day' && to.from === today;
      return { ...link(to, isToday ? 'Today' : LABELS[span]), current: span === range.span };
    }),
    previous: previous && link(previous),
    next: next && next.from <= today ? link(next) : null,
    now: nowLink(range, today, link),
    form: { action: path, kept: Object.entries(kept), from: range.from, to: range.to },
  };
}

const NOW_LABELS: Readonly<Record<Exclude<Span, 'all'>, string>> = {
  day: 'Today',
  week: 'This week',
  month: 'This month',
  season: 'This season',
  year: 'This year',
};

function nowLink(
  range: Range,
  today: string,
  link: (to: Range, label: string) => RangeLink,
): RangeLink | null {
  if (range.span === 'all' || holds(range, today)) return null;
  const span = range.span === 'days' ? USUAL : range.span;
  return link(rangeOn(span, today), NOW_LABELS[span]);
}

/** Which day another span would hold: today where this range does, else its own first. */
function anchorOf(range: Range, today: string): string {
  return holds(range, today) ? today : (range.from ?? range.to ?? today);
}

/** "14 March 2024", "Week of 11 March 2024", "March to May 2024", "2024", "Since 1 March 2024", "All time". */
export function rangeName({ span, from, to }: Range): string {
  if (from === null || to === null) return openName(from, to);
  if (from === to) return formatDate(from);
  if (span === 'week') return `Week of ${formatDate(from)}`;
  if (span === 'month') return formatMonth(from);
  if (span === 'year') return from.slice(0, 4);
  if (span === 'season') return spanName(formatMonth(from), formatMonth(to));
  return spanName(formatDate(from), formatDate(to));
}

function openName(from: string | null, to: string | null): string {
  if (from !== null) return `Since ${formatDate(from)}`;
  return to === null ? 'All time' : `Until ${formatDate(to)}`;
}

/** The year once where both are of it. */
function spanName(first: string, last: string): string {
  const year = last.slice(-5);
  return `${first.endsWith(year) ? first.slice(0, -5) : first} to ${last}`;
}
