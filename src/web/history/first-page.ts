import { together } from '../../database/ask-together.ts';
import {
  hoursOfDay,
  PLAY_TOTALS,
  PLAYS_BY_DAY,
  PLAYS_BY_WEEK_HOUR,
  RANGE_TALLY,
} from '../../listening/days.ts';
import { LIST_BESIDE } from '../../listening/list-beside.ts';
import { STREAKS } from '../../listening/streaks.ts';
import { TOP, type Cards, type TopPlace } from '../../listening/top-lists.ts';
import { everyWay, wayOf } from '../../listening/ways.ts';
import { GAPS } from '../../plays/history.ts';
import { daysValues, periodValues, type Listener, type Period } from '../../ranges/period.ts';
import type { WebContext } from '../context.ts';
import { calendarYear, drawCalendar } from './calendar.ts';
import { daysChart, hoursChart, timeRangeBeside } from './charts.ts';

type Db = WebContext['db'];

const TOP_SHOWN = 15;

const ASK_FIRST = everyWay((way) =>
  together(`history: its first page, ${way}`, {
    totals: PLAY_TOTALS,
    gaps: GAPS,
    tally: RANGE_TALLY,
    tracks: TOP[way].tracks.plays,
    week: PLAYS_BY_WEEK_HOUR,
    days: PLAYS_BY_DAY,
    calendar: PLAYS_BY_DAY,
    streaks: STREAKS,
    ranked: LIST_BESIDE,
  }),
);

interface Shown {
  /** What the figures are of, and what the list is of. */
  readonly range: Period;
  readonly listed: Period;
  readonly today: string;
}

/** All that History's first page shows beside the plays themselves; without figures where nothing was played. */
export async function readFirstPage(db: Db, listener: Listener, { range, listed, today }: Shown) {
  const { user_id: userId, timezone } = listener;
  const year = calendarYear(range.to === null || range.to > today ? today : range.to);
  const timeRange = timeRangeBeside(range, today);
  const { way, values } = wayOf('tracks', listener, range);
  const { totals, gaps, ...found } = await ASK_FIRST[way](db, {
    totals: [userId],
    gaps: periodValues(listener, listed),
    tally: periodValues(listener, range),
    tracks: [...values, TOP_SHOWN],
    week: daysValues(userId, range),
    days: daysValues(userId, range),
    calendar: daysValues(userId, year),
    streaks: [userId, timezone],
    ranked: [userId, timeRange, range.to, TOP_SHOWN],
  });
  if (totals.plays === 0) return { totals, gaps, figures: null };
  const figures = {
    tally: found.tally,
    byHour: hoursChart(hoursOfDay(found.week)),
    byDay: daysChart(found.days, range, today),
    calendar: drawCalendar(found.calendar, year.from, today),
    streaks: found.streaks,
    mostPlayed: found.tracks as readonly (TopPlace & Cards['tracks'])[],
    ranked: { ...found.ranked, timeRange },
  };
  return { totals, gaps, figures };
}

const askLater = together('history: beside a later page', { totals: PLAY_TOTALS, gaps: GAPS });

/** What stands beside older plays, and those found by words. */
export const readLaterPage = async (db: Db, listener: Listener, listed: Period) => ({
  ...(await askLater(db, { totals: [listener.user_id], gaps: periodValues(listener, listed) })),
  figures: null,
});
