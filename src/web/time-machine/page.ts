import type { Db } from '../../db.ts';
import type { Listener } from '../../ranges/period.ts';
import { findPlayedTimes } from '../../listening/played-times.ts';
import { findBump } from '../../snapshots/bump.ts';
import { ALL_TIME, dayTime, monthTime, yearTime, type ChosenTime } from '../../snapshots/chosen-time.ts';
import { findFavourites } from '../../snapshots/favourites.ts';
import type { ListOf } from '../../snapshots/list-source.ts';
import { listEntries } from '../../snapshots/time-list.ts';
import {
  findCalendar,
  findSurroundings,
  nearestTo,
  type MonthDensity,
  type Surroundings,
} from '../../snapshots/timeline.ts';
import { listYearLeaders } from '../../snapshots/years.ts';
import type { TimeRange } from '../../spotify/top-tracks.ts';
import {
  dayPicks,
  monthPicks,
  playedYearPick,
  timelineRows,
  withPlayed,
  withPlayedYears,
  yearPicks,
  type Pick,
} from './calendar.ts';
import { readPlaysOf } from './plays.ts';
import { readLists } from './shown.ts';

/** What a time is compared with: the newest snapshot, or the one nearest to a day that was asked for. */
export interface Other {
  readonly date: string;
  /** The day asked for; null: the newest snapshot goes without asking. */
  readonly asked: string | null;
  readonly isEarlier: boolean;
}

/** The whole archive of a range that has a snapshot: its timeline, what led each year, what led of all. */
export async function readOverview(
  db: Db,
  listener: Listener,
  timeRange: TimeRange,
  months: readonly MonthDensity[],
) {
  const userId = listener.user_id;
  const list: ListOf = { time: ALL_TIME, timeRange };
  const around = await findSurroundings(db, userId, list);
  const other = await findOther(db, userId, list, { latest: around.latest, withDate: undefined });
  const [leaders, entries, bump, favourites, playedYears] = await Promise.all([
    listYearLeaders(db, userId, timeRange),
    listEntries(db, userId, list, other.date),
    findBump(db, userId, list),
    findFavourites(db, userId, list),
    listPlayedYears(db, listener),
  ]);
  const rows = timelineRows(months);
  return { rows, leaders, entries, bump, ...favourites, other, playedYears, snapshots: around.snapshots };
}

/** The years in which anything was played, each a way to its page. */
export async function listPlayedYears(db: Db, listener: Listener): Promise<Pick[]> {
  const { years } = await findPlayedTimes(db, listener.user_id, monthTime(ALL_TIME.from));
  return years.map(playedYearPick);
}

/**
 * What is shown of a chosen time: the time itself, the nearest snapshot in the place of a day without, or nothing; and
 * what was played then. Before the first snapshot the plays stand alone.
 */
export async function readTimePage(
  db: Db,
  listener: Listener,
  { time: asked, timeRange }: ListOf,
  withDate: string | undefined,
) {
  const userId = listener.user_id;
  const [plays, found] = await Promise.all([
    readPlaysOf(db, listener, asked),
    findShownTime(db, userId, { time: asked, timeRange }),
  ]);
  const { around } = found;
  const isEarlier = around.snapshots === 0 && around.before === null;
  const time = isEarlier && plays !== null ? null : found.time;
  const neighbours =
    time === null || time.id === asked.id ? around : await findSurroundings(db, userId, { time, timeRange });
  const focus = time ?? asked;
  const [calendar, played, shown] = await Promise.all([
    findCalendar(db, userId, { time: focus, timeRange }),
    findPlayedTimes(db, userId, monthTime(focus.from)),
    time && readShown(db, userId, { time, timeRange }, { latest: around.latest, withDate }),
  ]);
  return {
    asked,
    time,
    around,
    neighbours,
    arrows: arrowsOf(focus, neighbours),
    years: withPlayedYears(yearPicks(calendar.years), played),
    months: withPlayed(monthPicks(focus.from.slice(0, 4), calendar.months), played.months),
    days:
      focus.kind === 'year' ? null : withPlayed(dayPicks(monthTime(focus.from), calendar.days), played.days),
    shown,
    plays,
  };
}

/** Null: nothing of the range is kept in that time or, for a day, at all. */
export async function findShownTime(
  db: Db,
  userId: number,
  list: ListOf,
): Promise<{ time: ChosenTime | null; around: Surroundings }> {
  const around = await findSurroundings(db, userId, list);
  return { time: timeToShow(list.time, around), around };
}

function timeToShow(asked: ChosenTime, around: Surroundings): ChosenTime | null {
  if (around.snapshots > 0) return asked;
  const nearest = asked.kind === 'day' ? nearestTo(asked.from, around) : null;
  return nearest === null ? null : dayTime(nearest);
}

/** The time of the same kind in which the snapshot before, and the one after, stand. */
function arrowsOf({ kind }: ChosenTime, { before, after }: Surroundings) {
  const alike = { day: dayTime, month: monthTime, year: yearTime, all: dayTime }[kind];
  return { previous: before === null ? null : alike(before), next: after === null ? null : alike(after) };
}

interface Wished {
  /** The newest snapshot of the range. */
  readonly latest: string | null;
  /** The day asked for. */
  readonly withDate: string | undefined;
}

async function readShown(db: Db, userId: number, list: ListOf, wished: Wished) {
  const other = await findOther(db, userId, list, wished);
  const isSame = list.time.kind === 'day' && list.time.id === other.date;
  const { comparison, otherSound, favourites, ...lists } = await readLists(db, userId, list, other.date);
  // Nobody wants to read how a list differs from itself.
  const compared = isSame ? { comparison: null, otherSound: null } : { comparison, otherSound };
  return { other, ...lists, ...compared, ...favourites };
}

/** Only for a range of which something is kept. */
async function findOther(db: Db, userId: number, list: ListOf, { latest, withDate }: Wished): Promise<Other> {
  const { timeRange, time } = list;
  const date =
    withDate === undefined
      ? latest
      : nearestTo(withDate, await findSurroundings(db, userId, { time: dayTime(withDate), timeRange }));
  if (date === null) throw new Error('nothing is kept of this range');
  return { date, asked: withDate ?? null, isEarlier: date < time.from };
}
