import { dateWords } from '../../calendar.ts';
import type { ChartData } from '../../figures/charts.ts';
import type { WeekHour } from '../../listening/days.ts';
import { sum } from '../../sum.ts';
import type { ChartTable } from '../page/findings.ts';
import { formatNumber, formatPercent, plural } from '../page/format.ts';
import { playLevels } from './calendar.ts';

/** 1 January 2024 was a Monday. */
const namesOfDays = (weekday: 'long' | 'short'): string[] =>
  Array.from({ length: 7 }, (_, day) => dateWords(`2024-01-0${day + 1}`, { weekday }, 'UTC'));

const WEEKDAYS = namesOfDays('long');
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** A week as squares: hours from left to right, weekdays from top to bottom. */
export interface Week {
  readonly finding: string;
  readonly days: readonly string[];
  readonly cells: readonly {
    readonly hour: number;
    /** 0: Monday */
    readonly day: number;
    /** 0: silence, to 4: among the fullest. */
    readonly level: number;
    readonly words: string;
  }[];
  readonly table: ChartTable;
}

const hourName = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00`;

/** Every hour of a week, Monday first. */
function wholeWeek(counts: readonly WeekHour[]) {
  const plays = new Map(counts.map((one) => [`${one.weekday} ${one.hour}`, one.plays]));
  return WEEKDAYS.flatMap((name, day) =>
    HOURS.map((hour) => ({ name, day, hour, plays: plays.get(`${day + 1} ${hour}`) ?? 0 })),
  );
}

export const weekLabels = (counts: readonly WeekHour[]): ChartData => {
  const week = wholeWeek(counts);
  return {
    labels: week.map(({ name, hour }) => `${name} ${hourName(hour)}`),
    data: week.map(({ plays }) => plays),
  };
};

export function drawWeek(counts: readonly WeekHour[]): Week {
  const week = wholeWeek(counts);
  const level = playLevels(counts);
  return {
    finding: finding(counts),
    days: namesOfDays('short'),
    cells: week.map(({ name, day, hour, plays }) => ({
      hour,
      day,
      level: level(plays),
      words: `${name}, ${hourName(hour)}: ${plural(plays, 'play')}`,
    })),
    table: {
      head: ['Hour', ...WEEKDAYS],
      rows: HOURS.map((hour) => [
        hourName(hour),
        ...week.filter((one) => one.hour === hour).map(({ plays }) => formatNumber(plays)),
      ]),
    },
  };
}

function finding(counts: readonly WeekHour[]): string {
  const best = counts.toSorted((one, other) => other.plays - one.plays)[0];
  if (best === undefined) return 'There are no plays in this time.';
  const total = sum(counts.map(({ plays }) => plays));
  const when = `${WEEKDAYS[best.weekday - 1]}, ${hourName(best.hour)} to ${hourName(best.hour + 1)}`;
  return `The busiest hour is ${when}: ${formatNumber(best.plays)} of ${plural(total, 'play')} (${formatPercent(best.plays, total)}).`;
}
