import type { PlayTally } from '../../catalogue/play-tally.ts';
import type { Period } from '../../ranges/period.ts';
import type { Days } from '../../ranges/range.ts';
import type { TopKind } from '../../listening/played-in-period.ts';
import type { TopPlace } from '../../listening/top-lists.ts';
import type { Movement } from '../../snapshots/movement.ts';
import type { TimeRange } from '../../spotify/top-tracks.ts';
import { facts, formatNumber, plural } from '../page/format.ts';
import { playTimeWords } from '../page/play-words.ts';
import { rangeName } from '../page/range-control.ts';

type Order = 'plays' | 'minutes' | 'rank';

/** By what the entries are in order, ties included. */
export const ORDER_WORDS: Readonly<Record<Order, string>> = {
  plays: 'Most plays first. Ties go to the longer listening time.',
  minutes: 'Longest listening time first. Ties go to more plays.',
  rank: 'As Spotify ranks them, which isn’t the same as plays.',
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
  const other = order === 'plays' ? playTimeWords(entry) : plural(entry.plays, 'play');
  return facts(other, entry.before && `${topFigure(order, entry.before).value} before`);
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

/** Where a playlist is made of the list; null: it holds nothing. Of artists and albums it takes a track each. */
export function topPlaylistPath(
  { of, order }: { readonly of: TopKind; readonly order: Order },
  { from, to }: Period,
  list: {
    readonly entries: readonly unknown[];
    readonly timeRange?: TimeRange;
    readonly date?: string | null;
  },
): string | null {
  if (list.entries.length === 0) return null;
  const kind = of === 'tracks' ? {} : { of };
  const query =
    order === 'rank'
      ? {
          from: of === 'tracks' ? 'snapshot' : 'ranked',
          ...kind,
          date: list.date ?? '',
          range: list.timeRange ?? '',
        }
      : {
          from: 'plays',
          ...kind,
          ...(order === 'minutes' && { order }),
          ...(from !== null && { first_day: from }),
          ...(to !== null && { last_day: to }),
        };
  return `/playlists/new?${new URLSearchParams(query).toString()}`;
}
