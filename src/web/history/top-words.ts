import type { PlayTally } from '../../catalogue/play-tally.ts';
import type { Period } from '../../ranges/period.ts';
import type { Days } from '../../ranges/range.ts';
import type { TopPlace } from '../../listening/top-lists.ts';
import type { Movement } from '../../snapshots/movement.ts';
import type { TimeRange } from '../../spotify/top-tracks.ts';
import { formatNumber } from '../page/format.ts';
import { playTimeWords } from '../page/play-words.ts';
import { rangeName } from '../page/range-control.ts';

type Order = 'plays' | 'minutes' | 'rank';

/** By what the entries are in order, ties included. */
export const ORDER_WORDS: Readonly<Record<Order, string>> = {
  plays: 'By plays, the most first; of those played as often, the one you listened to longer.',
  minutes: 'By the time you listened, the longest first; of those as long, the one played more often.',
  rank: 'By Spotify’s own rank, which is not the same as plays.',
};

export const LIST_REACHES: Readonly<Record<TimeRange, string>> = {
  short_term: 'the last four weeks',
  medium_term: 'the last six months',
  long_term: 'the last year',
};

/** What stands at the end of an entry. */
export function topFigure(order: 'plays' | 'minutes', tally: PlayTally): { label: string; value: string } {
  if (order === 'plays') return { label: 'Plays', value: formatNumber(tally.plays) };
  return { label: 'Minutes', value: formatNumber(Math.round((tally.ms_played + tally.about_ms) / 60_000)) };
}

/** What was played besides what the entry is ranked by, and how that was before: "82 minutes; 12 plays before". */
export function topDetail(order: 'plays' | 'minutes', entry: TopPlace & { before: TopPlace | null }): string {
  const other = order === 'plays' ? playTimeWords(entry) : `${formatNumber(entry.plays)} plays`;
  const before = entry.before && `${topFigure(order, entry.before).value} before`;
  return [other, before].filter((part) => part !== null).join(' · ');
}

interface Moved {
  readonly place: number | null;
  readonly before: number | null;
}

/** From its place in the range before; `new`: it had none there. */
export function topMovement({ place, before }: Moved): Movement {
  if (before === null) return { kind: 'new' };
  if (place === null) return { kind: 'unknown' };
  if (place === before) return { kind: 'same' };
  return { kind: place < before ? 'up' : 'down', places: Math.abs(before - place) };
}

export const beforeName = (before: Days): string => rangeName({ span: 'days', ...before });

/** Where a playlist is made of the list; null where it is none of tracks, or holds none. */
export function topPlaylistPath(
  { of, order }: { readonly of: string; readonly order: Order },
  { from, to }: Period,
  list: {
    readonly entries: readonly unknown[];
    readonly timeRange?: TimeRange;
    readonly date?: string | null;
  },
): string | null {
  if (of !== 'tracks' || order === 'minutes' || list.entries.length === 0) return null;
  const query =
    order === 'rank'
      ? { from: 'snapshot', date: list.date ?? '', range: list.timeRange ?? '' }
      : { from: 'plays', ...(from !== null && { first_day: from }), ...(to !== null && { last_day: to }) };
  return `/playlists/new?${new URLSearchParams(query).toString()}`;
}
