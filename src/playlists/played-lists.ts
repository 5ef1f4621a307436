import { z } from 'zod';
import { formatDate, formatMonth, lastDayOfMonth } from '../calendar.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { listDiscoveredTrackIds } from '../listening/discoveries.ts';
import type { Listener, Period } from '../ranges/period.ts';
import { listBestTrackIds } from '../listening/best-tracks.ts';
import { TOP_KINDS, TOP_ORDERS } from '../listening/played-in-period.ts';
import { listTopTrackIds, type TopOf } from '../listening/top-lists.ts';
import type { TrackList } from './track-list.ts';

const day = z.iso
  .date('must be a day that exists, as YYYY-MM-DD')
  .refine((date) => date >= '1900' && date < '2200', 'must be a day from 1900 to 2199')
  .optional();

interface DaysAsked {
  readonly first_day?: string | undefined;
  readonly last_day?: string | undefined;
}
const isInOrder = ({ first_day: first = '', last_day: last = '9999' }: DaysAsked): boolean => first <= last;
const OUT_OF_ORDER = { path: ['last_day'], message: 'must not be before the first day' };
const spanOf = ({ first_day: from, last_day: to }: DaysAsked): Period => ({
  from: from ?? null,
  to: to ?? null,
});

const days = z.object({ first_day: day, last_day: day }).refine(isInOrder, OUT_OF_ORDER).transform(spanOf);

/** Of so many artists or albums one track each. */
const MOST_GROUPS = 500;

/** `from=plays&of=artists&order=minutes&first_day=2024-03-01&last_day=2024-03-31` */
export const playedList = z
  .object({
    first_day: day,
    last_day: day,
    of: z.enum(TOP_KINDS, `must be one of ${TOP_KINDS.join(', ')}`).default('tracks'),
    order: z.enum(TOP_ORDERS, `must be one of ${TOP_ORDERS.join(', ')}`).default('plays'),
  })
  .refine(isInOrder, OUT_OF_ORDER)
  .transform(({ of: kind, order, ...asked }): TrackList => {
    const span = spanOf(asked);
    const rest = { ...(kind !== 'tracks' && { of: kind }), ...(order !== 'plays' && { order }) };
    const { address, ...list } = listOfDays('plays', span, (db, listener, period, limit) =>
      kind === 'tracks'
        ? listTopTrackIds(db, listener, period, { order, limit })
        : listBestTrackIds(db, listener, period, { kind, order, limit: Math.min(limit, MOST_GROUPS) }),
    );
    return {
      ...list,
      address: [...address, ...Object.entries(rest)],
      ...playedWords({ kind, order }, span),
      href: kind === 'tracks' && order === 'plays' ? spanHref(span) : topHref({ kind, order }, span),
    };
  });

function playedWords({ kind, order }: TopOf, span: Period): Pick<TrackList, 'words' | 'propose'> {
  const [when, name] = [spanWords(span), spanName(span)];
  const most = order === 'plays' ? 'played most' : 'listened to longest';
  if (kind === 'tracks')
    return {
      words: `what you ${most} ${when}`,
      propose: (tracks) => ({
        name: `${name} · your ${tracks} ${order === 'plays' ? 'most played' : 'played longest'}`,
        description: `What you ${most} ${when}.`,
      }),
    };
  const words = `one track of each of the ${kind} you ${most} ${when}`;
  return {
    words,
    propose: () => ({
      name: `${name} · your top ${kind}, a track of each`,
      description: `${words.replace('one', 'One')}: the one you played most.`,
    }),
  };
}

const topHref = ({ kind, order }: TopOf, { from, to }: Period): string =>
  `/history/top?${new URLSearchParams({
    of: kind,
    order,
    ...(from === null && to === null && { span: 'all' }),
    ...(from !== null && { from }),
    ...(to !== null && { to }),
  }).toString()}`;

/** `from=discoveries&first_day=2024-03-01&last_day=2024-03-31`: the days of a track's first play. */
export const discoveredList = days.transform((span): TrackList => {
  const when = spanWords(span);
  return {
    ...listOfDays('discoveries', span, listDiscoveredTrackIds),
    words: `what you discovered ${when}`,
    href: `/history/when${spanQuery(span) || '?span=all'}`,
    propose: (tracks) => ({
      name: `${spanName(span)} · ${tracks} discoveries`,
      description: `What you first played ${when}.`,
    }),
  };
});

function listOfDays(
  from: string,
  span: Period,
  list: typeof listDiscoveredTrackIds,
): Pick<TrackList, 'address' | 'listTrackIds'> {
  return {
    address: [
      ['from', from],
      ...(span.from === null ? [] : [['first_day', span.from] as const]),
      ...(span.to === null ? [] : [['last_day', span.to] as const]),
    ],
    listTrackIds: async (db, userId, limit) => {
      const listener = await db.maybeOne<Listener>(LISTENER, [userId]);
      return listener === null ? [] : list(db, listener, span, limit);
    },
  };
}

const LISTENER = hotQuery(
  'playlist builder: by whose clock days are counted',
  `SELECT user_id, zone_used(timezone) AS timezone FROM users WHERE user_id = $1`,
);

/** Null unless it is a year, a month or a day. */
function timeOf({ from, to }: Period): { readonly name: string; readonly id: string } | null {
  if (from === null || to === null) return null;
  if (from === to) return { name: formatDate(from), id: from };
  if (from.endsWith('-01') && to === lastDayOfMonth(from))
    return { name: formatMonth(from), id: from.slice(0, 7) };
  const year = from.slice(0, 4);
  return from === `${year}-01-01` && to === `${year}-12-31` ? { name: year, id: year } : null;
}

function spanName(span: Period): string {
  const { from, to } = span;
  if (from === null && to === null) return 'All time';
  if (from === null || to === null)
    return from === null ? `Until ${formatDate(to ?? '')}` : `Since ${formatDate(from)}`;
  return timeOf(span)?.name ?? `${formatDate(from)} to ${formatDate(to)}`;
}

/** "in March 2024", "on 14 March 2024", "from 1 March to 3 April 2024", "of all time". */
function spanWords(span: Period): string {
  const { from, to } = span;
  if (from === null && to === null) return 'of all time';
  const time = timeOf(span);
  if (time !== null) return `${from === to ? 'on' : 'in'} ${time.name}`;
  const name = spanName(span);
  return from === null || to === null ? name.replace(/^./, (letter) => letter.toLowerCase()) : `from ${name}`;
}

function spanHref(span: Period): string {
  const time = timeOf(span);
  if (time !== null) return `/time-machine/${time.id.replaceAll('-', '/')}`;
  return `/history${spanQuery(span) || '?span=all'}`;
}

function spanQuery({ from, to }: Period): string {
  const query = new URLSearchParams({
    ...(from !== null && { from }),
    ...(to !== null && { to }),
  }).toString();
  return query && `?${query}`;
}
