import { z } from 'zod';
import { formatDate, formatMonth } from '../calendar.ts';
import { listBestRankedTrackIds } from '../listening/best-tracks.ts';
import { listPeriodTrackIds, listSnapshotTrackIds } from '../snapshots/time-list.ts';
import { TIME_RANGES } from '../spotify/top-tracks.ts';
import { rangeWords } from './proposals.ts';
import type { TrackList } from './track-list.ts';

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

/** `from=snapshot&date=2024-03-14&range=short_term` */
export const snapshotList = z
  .object({ date: day, range })
  .transform(({ date, range: timeRange }): TrackList => {
    const words = `the snapshot of ${formatDate(date)}`;
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
        name: `${formatMonth(date)} · your top ${tracks}`,
        description: `From ${words}, your top tracks of ${rangeWords(timeRange)}.`,
      }),
    };
  });

/** `from=period&year=2024&month=3&range=short_term` */
export const periodList = z
  .object({ year, month, range })
  .transform(({ range: timeRange, ...given }): TrackList => {
    const numbers = [
      String(given.year),
      ...(given.month === undefined ? [] : [String(given.month).padStart(2, '0')]),
    ];
    const words = given.month === undefined ? String(given.year) : formatMonth(`${numbers.join('-')}-01`);
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

/** `from=ranked&of=artists&date=2024-03-14&range=short_term` */
export const rankedList = z
  .object({ of: z.enum(['artists', 'albums'], 'must be artists or albums'), date: day, range })
  .transform(({ of: kind, date, range: timeRange }): TrackList => {
    const words = `one track of each of the ${kind} in Spotify’s list of ${formatDate(date)}`;
    return {
      address: [
        ['from', 'ranked'],
        ['of', kind],
        ['date', date],
        ['range', timeRange],
      ],
      words: `${words} (${rangeWords(timeRange)})`,
      href: `/history/top?of=${kind}&order=rank&span=day&on=${date}`,
      listTrackIds: (db, userId, limit) =>
        listBestRankedTrackIds(db, userId, { kind, timeRange, date, limit }),
      propose: () => ({
        name: `${formatMonth(date)} · your top ${kind}, a track of each`,
        description: `${words.replace('one', 'One')}: the one you played most.`,
      }),
    };
  });
