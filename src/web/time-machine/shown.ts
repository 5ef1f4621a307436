import { together } from '../../database/ask-together.ts';
import type { Db } from '../../db.ts';
import { BUMPS, bumpValues } from '../../snapshots/bump.ts';
import { COMPARED, comparedValues } from '../../snapshots/comparison.ts';
import { FAVOURITES, favouritesValues } from '../../snapshots/favourites.ts';
import { listValues, type ListOf, type SourceKind } from '../../snapshots/list-source.ts';
import { DAY_SOUND, FIGURES } from '../../snapshots/time-figures.ts';
import { ENTRIES } from '../../snapshots/time-list.ts';
import { TIME_ARTISTS, timeArtistsValues } from '../../snapshots/top-artists.ts';

/** As many as the charts of artists draw. */
export const ARTISTS_SHOWN = 10;

const allOf = (kind: SourceKind) => ({
  entries: ENTRIES[kind],
  comparison: COMPARED[kind],
  figures: FIGURES[kind],
  artists: TIME_ARTISTS[kind],
  otherSound: DAY_SOUND,
  favourites: FAVOURITES[kind],
});

const ASK = {
  day: together('time machine: all that is shown of a day', allOf('day')),
  month: together('time machine: all that is shown of a month', { ...allOf('period'), bump: BUMPS.month }),
  year: together('time machine: all that is shown of a year', { ...allOf('period'), bump: BUMPS.year }),
};

/** The lists of a time, beside that of another day. */
export async function readLists(db: Db, userId: number, list: ListOf, otherDate: string) {
  const { time, timeRange } = list;
  const values = {
    entries: [...listValues(userId, list), otherDate],
    comparison: comparedValues(userId, list, otherDate),
    figures: listValues(userId, list),
    artists: timeArtistsValues(userId, list, ARTISTS_SHOWN),
    otherSound: [userId, timeRange, otherDate] as [number, typeof timeRange, string],
    favourites: favouritesValues(userId, list),
  };
  if (time.kind === 'day') return { ...(await ASK.day(db, values)), bump: null };
  if (time.kind === 'all') throw new Error('all time has a page of its own');
  return ASK[time.kind](db, { ...values, bump: bumpValues(userId, list) });
}
