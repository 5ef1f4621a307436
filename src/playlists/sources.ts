import { z } from 'zod';
import type { Queries } from '../db.ts';
import { TIME_RANGES } from '../spotify/top-tracks.ts';
import { listPeriodTrackIds, listSnapshotTrackIds } from './interim-lists.ts';
import { dayWords, monthWords, rangeWords, type Proposal } from './proposals.ts';

/** A list that a playlist can be made of, its parameters read. */
export interface TrackList {
  /** Its parameters as they stand in an address, `from` included. */
  readonly address: readonly (readonly [name: string, value: string])[];
  /** "the snapshot of 14 March 2024": what the playlist is from, inside a sentence. */
  readonly words: string;
  /** A page of ours that shows it. */
  readonly href: string;
  /** Ordered, best first. */
  listTrackIds(db: Queries, userId: number, limit: number): Promise<string[]>;
  propose(tracks: number): Proposal;
}

/** The most tracks a list may bring along: as many as a playlist at Spotify holds. */
export const SOURCE_LIMIT = 10_000;

const range = z.enum(TIME_RANGES, `must be one of ${TIME_RANGES.join(', ')}`).default('short_term');
const day = z.iso
  .date('must be a day that exists, as YYYY-MM-DD')
  .refine((date) => date >= '1900', 'must be a day after 1900');
const year = z
  .string('must be given once')
  .regex(/^(?:19|20|21)\d\d$/, 'must be a year such as 2024')
  .transform(Number);
const month = z
  .string('must be given once')
  .regex(/^(?:0?[1-9]|1[0-2])$/, 'must be a month from 1 to 12')
  .transform(Number)
  .optional();

const snapshot = z.object({ date: day, range }).transform(({ date, range: timeRange }): TrackList => {
  const words = `the snapshot of ${dayWords(date)}`;
  return {
    address: [
      ['from', 'snapshot'],
      ['date', date],
      ['range', timeRange],
    ],
    words: `${words} (${rangeWords(timeRange)})`,
    href: `/time-machine/${date.replaceAll('-', '/')}?range=${timeRange}`,
    listTrackIds: (db, userId, limit) => listSnapshotTrackIds(db, userId, { date, timeRange }, limit),
    propose: (tracks) => ({
      name: `${monthWords(date)} · your top ${tracks}`,
      description: `From ${words}, your top tracks of ${rangeWords(timeRange)}.`,
    }),
  };
});

const period = z.object({ year, month, range }).transform(({ range: timeRange, ...given }): TrackList => {
  const numbers = [
    String(given.year),
    ...(given.month === undefined ? [] : [String(given.month).padStart(2, '0')]),
  ];
  const words = given.month === undefined ? String(given.year) : monthWords(numbers.join('-'));
  return {
    address: [
      ['from', 'period'],
      ['year', String(given.year)],
      ...(given.month === undefined ? [] : [['month', String(given.month)] as const]),
      ['range', timeRange],
    ],
    words: `the lists of ${words} (${rangeWords(timeRange)})`,
    href: `/time-machine/${numbers.join('/')}?range=${timeRange}`,
    listTrackIds: (db, userId, limit) => listPeriodTrackIds(db, userId, { ...given, timeRange }, limit),
    propose: (tracks) => ({
      name: `${words} · your top ${tracks}`,
      description: `What you loved most in ${words}, from all its snapshots of ${rangeWords(timeRange)}.`,
    }),
  };
});

/** Each kind of list by its `from`: the schema reads its parameters and answers the list. One entry per kind. */
export const SOURCES = { snapshot, period } satisfies Record<string, z.ZodType<TrackList>>;

export type SourceName = keyof typeof SOURCES;
export const SOURCE_NAMES = Object.keys(SOURCES) as [SourceName, ...SourceName[]];
