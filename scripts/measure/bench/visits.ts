import type { HotQuery } from '../../../src/hot-queries.ts';

const EVERY_PAGE = ['every page: the listener', 'every page: the connection to Spotify'];
const AROUND_A_TIME = [
  'time machine: the calendar around a time',
  'time machine: snapshots in and around a time',
];

/** What one visit asks the database, by the names of its queries; one asked twice stands twice. */
export const VISITS: Readonly<Record<string, readonly string[]>> = {
  search: [
    ...EVERY_PAGE,
    'search: words as the library keeps them',
    'search: a page of matches by words',
    'search: artists',
    'search: how the shown names are kept',
  ],
  'search, mistyped': [
    ...EVERY_PAGE,
    'search: words as the library keeps them',
    'search: a page of matches by words',
    'search: artists',
    'search: trigrams of the words typed',
    'search: near matches',
    'search: how the shown names are kept',
  ],
  suggestions: [
    'every page: the listener',
    'search: words as the library keeps them',
    'search: artists',
    'search: suggestions',
  ],
  track: [
    ...EVERY_PAGE,
    'track: as the listener has it',
    'track: rank history',
    'track: how the library sounds',
    'track: similar by sound',
    'track: its playlists',
  ],
  'similar, by sound': ['track: similar by sound'],
  'similar, by a wider sound': ['track: similar by a wider sound'],
  'similar, by shared lists': ['track: kept beside it'],
  artist: [
    ...EVERY_PAGE,
    'artist: as the listener has them',
    'artist: tracks',
    'artist: presence by month',
    'artist: best places',
    'track: how the library sounds',
  ],
  mood: [...EVERY_PAGE, 'mood: the archive in moods, kept ready'],
  'mood, a quadrant': [
    ...EVERY_PAGE,
    'mood: how many tracks a quadrant holds',
    'mood: the tracks of a quadrant',
  ],
  explore: [
    ...EVERY_PAGE,
    'explore: what each choice would leave',
    'explore: the tracks that are left',
    'dashboard: the archive in figures, kept ready',
  ],
  dashboard: [
    ...EVERY_PAGE,
    'dashboard: the list and its movement',
    'dashboard: the archive in figures, kept ready',
    'dashboard: is today kept?',
    'dashboard: archives waiting for their owner',
    'dashboard: on this day',
  ],
  'time machine, a day': [
    ...EVERY_PAGE,
    ...AROUND_A_TIME,
    'time machine: a day’s list',
    'time machine: a day compared',
    'time machine: a day in figures',
    'time machine: how the day it is compared with sounds',
    'time machine: lost and kept of a day',
  ],
  'time machine, a year': [
    ...EVERY_PAGE,
    ...AROUND_A_TIME,
    'time machine: a period’s list',
    'time machine: a period compared',
    'time machine: a period in figures',
    'time machine: how the day it is compared with sounds',
    'time machine: the way of a year’s top ten',
    'time machine: lost and kept of a period',
  ],
  'history, a year': [
    ...EVERY_PAGE,
    'history: a page of plays',
    'history: totals',
    'history: possible gaps',
    'history: plays by hour',
    // In the period, and in the calendar.
    'history: plays by day',
    'history: plays by day',
    'history: streaks',
    'history: most played in a period',
    'history: the list beside the plays',
    'history: the tracks of the list beside',
  ],
  'history, found by name': [
    ...EVERY_PAGE,
    'history: how many tracks are found by name',
    'history: plays of tracks found by name',
    'history: totals',
    'history: possible gaps',
  ],
};

/** The queries of a visit. @throws Error where one has another name by now */
export function queriesOf(visit: string, all: readonly HotQuery[]): HotQuery[] {
  return (VISITS[visit] ?? []).map((name) => {
    const query = all.find((one) => one.name === name);
    if (query === undefined)
      throw new Error(`no query is called “${name}”: mend its name in scripts/measure/bench/visits.ts`);
    return query;
  });
}
