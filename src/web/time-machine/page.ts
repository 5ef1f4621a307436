import { together } from '../../database/ask-together.ts';
import type { Db } from '../../db.ts';
import { daysValues, type Listener } from '../../ranges/period.ts';
import { findPlayedTimes, PLAYED_TIMES } from '../../listening/played-times.ts';
import { BUMPS, bumpValues } from '../../snapshots/bump.ts';
import { ALL_TIME, dayTime, monthTime, yearTime, type ChosenTime } from '../../snapshots/chosen-time.ts';
import { FAVOURITES, favouritesValues } from '../../snapshots/favourites.ts';
import { listValues, type ListOf } from '../../snapshots/list-source.ts';
import { ENTRIES } from '../../snapshots/time-list.ts';
import {
  CALENDAR,
  calendarValues,
  findSurroundings,
  MONTHS,
  nearestTo,
  SURROUNDINGS,
  surroundingsValues,
  type Surroundings,
} from '../../snapshots/timeline.ts';
import { LEADERS } from '../../snapshots/years.ts';
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

const askTimeline = together('time machine: all snapshots, month by month', {
  months: MONTHS,
  around: SURROUNDINGS,
});

/** When anything of a range was kept. */
export const readTimeline = (db: Db, userId: number, timeRange: TimeRange) =>
  askTimeline(db, {
    months: [userId, timeRange],
    around: surroundingsValues(userId, { time: ALL_TIME, timeRange }),
  });

const askOverview = together('time machine: all that is shown of all time', {
  leaders: LEADERS,
  entries: ENTRIES.period,
  bump: BUMPS.all,
  favourites: FAVOURITES.period,
  played: PLAYED_TIMES,
});

/** The whole archive of a range that has a snapshot: its timeline, what led each year, what led of all. */
export async function readOverview(
  db: Db,
  userId: number,
  timeRange: TimeRange,
  { months, around }: Awaited<ReturnType<typeof readTimeline>>,
) {
  const list: ListOf = { time: ALL_TIME, timeRange };
  const other = otherOf(list, { latest: around.latest, day: null });
  const { favourites, played, ...shown } = await askOverview(db, {
    leaders: [userId, timeRange],
    entries: [...listValues(userId, list), other.date],
    bump: bumpValues(userId, list),
    favourites: favouritesValues(userId, list),
    played: daysValues(userId, monthTime(ALL_TIME.from)),
  });
  return {
    ...shown,
    ...favourites,
    rows: timelineRows(months),
    other,
    playedYears: played.years.map(playedYearPick),
    snapshots: around.snapshots,
  };
}

/** The years in which anything was played, each a way to its page. */
export async function listPlayedYears(db: Db, listener: Listener): Promise<Pick[]> {
  const { years } = await findPlayedTimes(db, listener.user_id, monthTime(ALL_TIME.from));
  return years.map(playedYearPick);
}

const askAround = together('time machine: snapshots around a time and a day beside it', {
  around: SURROUNDINGS,
  beside: SURROUNDINGS,
});
const askCalendar = together('time machine: the calendar around a time', {
  calendar: CALENDAR,
  played: PLAYED_TIMES,
});

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
  const besides = withDate === undefined ? asked : dayTime(withDate);
  const [plays, { around, beside }] = await Promise.all([
    readPlaysOf(db, listener, asked),
    askAround(db, {
      around: surroundingsValues(userId, { time: asked, timeRange }),
      beside: surroundingsValues(userId, { time: besides, timeRange }),
    }),
  ]);
  const isEarlier = around.snapshots === 0 && around.before === null;
  const time = isEarlier && plays !== null ? null : timeToShow(asked, around);
  const neighbours =
    time === null || time.id === asked.id ? around : await findSurroundings(db, userId, { time, timeRange });
  const focus = time ?? asked;
  const day = withDate === undefined ? null : { asked: withDate, nearest: nearestTo(withDate, beside) };
  const [{ calendar, played }, shown] = await Promise.all([
    askCalendar(db, {
      calendar: calendarValues(userId, { time: focus, timeRange }),
      played: daysValues(userId, monthTime(focus.from)),
    }),
    time && readShown(db, userId, { time, timeRange }, { latest: around.latest, day }),
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
  /** The day asked for, and the snapshot nearest to it; null: none was. */
  readonly day: { readonly asked: string; readonly nearest: string | null } | null;
}

async function readShown(db: Db, userId: number, list: ListOf, wished: Wished) {
  const other = otherOf(list, wished);
  const isSame = list.time.kind === 'day' && list.time.id === other.date;
  const { comparison, otherSound, favourites, ...lists } = await readLists(db, userId, list, other.date);
  // Nobody wants to read how a list differs from itself.
  const compared = isSame ? { comparison: null, otherSound: null } : { comparison, otherSound };
  return { other, ...lists, ...compared, ...favourites };
}

/** Only for a range of which something is kept. */
function otherOf({ time }: ListOf, { latest, day }: Wished): Other {
  const date = day === null ? latest : day.nearest;
  if (date === null) throw new Error('nothing is kept of this range');
  return { date, asked: day?.asked ?? null, isEarlier: date < time.from };
}
