import type { CatalogueTrack } from '../../invented/recordings.ts';
import { inventMood, playsInWeek, type Liking, type Mood, type Span } from './listening.ts';
import { randomFor, type Random } from '../../invented/random.ts';

export const timeRanges = ['short_term', 'medium_term', 'long_term'] as const;

export type TimeRange = (typeof timeRanges)[number];

export type TopLists = Readonly<Record<TimeRange, readonly CatalogueTrack[]>>;

/** Weeks after which a play counts for a third: about 4 weeks, 6 months and 12 months of memory in all. */
const memory: Record<TimeRange, number> = { short_term: 2.2, medium_term: 11, long_term: 26 };

type Scores = Record<TimeRange, number>;

export function rankWeeks(
  seed: number,
  span: Span,
  likings: readonly Liking[],
  weeks: ReadonlySet<number>,
): Map<number, TopLists> {
  const genres = [...new Set(likings.map(({ track }) => track.album.artist.genre.name))];
  const mood = perWeek(inventMood(seed, span, genres));
  const listeners = likings.map((liking) => ({
    liking,
    random: randomFor(seed, 'plays', liking.track.id),
    scores: noScores(),
  }));
  const lists = new Map<number, TopLists>();
  for (let week = 0; week <= span.today; week += 1) {
    for (const listener of listeners) addWeek(listener, mood, week);
    if (weeks.has(week)) lists.set(week, topLists(listeners));
  }
  return lists;
}

const noScores = (): Scores => ({ short_term: 0, medium_term: 0, long_term: 0 });

interface Listener {
  readonly liking: Liking;
  readonly random: Random;
  readonly scores: Scores;
}

function addWeek({ liking, random, scores }: Listener, mood: Mood, week: number): void {
  const plays = playsInWeek(random, liking, mood, week);
  for (const range of timeRanges) scores[range] = scores[range] * Math.exp(-1 / memory[range]) + plays;
}

function topLists(listeners: readonly Listener[]): TopLists {
  const top = (range: TimeRange): CatalogueTrack[] =>
    listeners
      .toSorted((a, b) => b.scores[range] - a.scores[range])
      .slice(0, 50)
      .map(({ liking }) => liking.track);
  return { short_term: top('short_term'), medium_term: top('medium_term'), long_term: top('long_term') };
}

/** All tracks of a genre share a mood in a week: compute it once. */
function perWeek(mood: Mood): Mood {
  const known = new Map<string, number>();
  return (genre, week) => {
    const key = `${genre.name} ${week}`;
    const value = known.get(key) ?? mood(genre, week);
    known.set(key, value);
    return value;
  };
}
