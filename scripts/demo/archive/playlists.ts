import { yearOf } from '../../invented/calendar.ts';
import type { CatalogueTrack } from '../../invented/recordings.ts';
import { weekOfDate, type Liking, type Span } from './listening.ts';
import { randomFor, shuffled } from '../../invented/random.ts';
import type { TopLists } from './rankings.ts';

export interface DemoPlaylist {
  readonly id: string;
  readonly date: string;
  readonly tracks: readonly CatalogueTrack[];
}

interface Month {
  readonly date: string;
  readonly lists: TopLists;
}

// prettier-ignore
const monthNames = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october',
  'november', 'december'];

/** A playlist of 40 for each month: its most played tracks and a dozen of its latest finds. */
export function inventPlaylists(
  seed: number,
  span: Span,
  likings: readonly Liking[],
  months: readonly Month[],
): DemoPlaylist[] {
  return months.map(({ date, lists }) => {
    const finds = findsOf(likings, weekOfDate(span, date));
    const chosen = new Set([...lists.short_term.slice(0, 28), ...finds, ...lists.medium_term]);
    return {
      id: playlistId(date),
      date,
      tracks: shuffled(randomFor(seed, 'playlist', date), [...chosen].slice(0, 40)),
    };
  });
}

function findsOf(likings: readonly Liking[], week: number): CatalogueTrack[] {
  return likings
    .filter(({ discovered }) => discovered <= week && discovered > week - 6)
    .toSorted((a, b) => b.excitement - a.excitement)
    .slice(0, 12)
    .map(({ track }) => track);
}

function playlistId(date: string): string {
  return `playlist_${yearOf(date)}_${monthNames[Number(date.slice(5, 7)) - 1]}`;
}
