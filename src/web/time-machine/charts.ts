import { findBump } from '../../snapshots/bump.ts';
import { CHANGES, compareLists } from '../../snapshots/comparison.ts';
import type { ListOf } from '../../snapshots/list-source.ts';
import { computeTimeFigures, TIME_CHARTS } from '../../snapshots/time-figures.ts';
import { listEntries } from '../../snapshots/time-list.ts';
import { listTimeArtists } from '../../snapshots/top-artists.ts';
import { findLatestDate, listMonths } from '../../snapshots/timeline.ts';
import type { WebContext } from '../context.ts';
import { userIdOf } from '../sign-in/sign-in.ts';
import type { ChartAnswer, ChartAnswers } from '../page/chart-answers.ts';
import { readParams } from '../page/read-params.ts';
import { timelineChart } from './calendar.ts';
import { findShownTime } from './page.ts';
import { ARTISTS_SHOWN } from './shown.ts';
import { chartQuery } from './params.ts';
import { titleOf } from '../page/format.ts';

const NOTHING = { labels: [], data: [] };

type Draw = (db: WebContext['db'], userId: number, list: ListOf) => Promise<object>;

const drawFigures =
  (chart: keyof typeof TIME_CHARTS): Draw =>
  async (db, userId, list) =>
    TIME_CHARTS[chart](await computeTimeFigures(db, userId, list));

const DRAWS: Readonly<Record<string, Draw>> = {
  'audio-profile': drawFigures('audio-profile'),
  moods: drawFigures('moods'),
  'top-artists': drawFigures('top-artists'),
  /** By Spotify's own lists of artists, each place 51 − rank points; nothing where none is kept of the time. */
  'listed-artists': async (db, userId, list) => {
    const { entries } = await listTimeArtists(db, userId, list, ARTISTS_SHOWN);
    return {
      labels: entries.map(({ name }) => name ?? 'Unknown artist'),
      data: entries.map(({ points }) => points),
    };
  },
  /** The list itself: each track's points (51 − rank, summed over the lists of the time). */
  list: async (db, userId, list) => {
    const entries = await listEntries(db, userId, list, await newestDate(db, userId, list));
    return {
      labels: entries.map(({ name }) => titleOf(name)),
      data: entries.map(({ points }) => points),
    };
  },
  /** How many tracks are new, gone and so on from that time to the newest snapshot. */
  changes: async (db, userId, list) => {
    const { groups } = await compareLists(db, userId, list, await newestDate(db, userId, list));
    return { labels: CHANGES, data: groups.map(({ total }) => total) };
  },
  /** One row of positions for each of the top ten; a day has no way to show. */
  bump: async (db, userId, list) => {
    if (list.time.kind === 'day') return { ...NOTHING, names: [] };
    const { steps, lines } = await findBump(db, userId, list);
    return {
      labels: steps,
      data: lines.map(({ positions }) => positions),
      names: lines.map(({ name }) => titleOf(name)),
    };
  },
};

/** Only for a time with snapshots. */
async function newestDate(db: WebContext['db'], userId: number, { timeRange }: ListOf): Promise<string> {
  const latest = await findLatestDate(db, userId, timeRange);
  if (latest === null) throw new Error('nothing is kept of this range');
  return latest;
}

/**
 * What the pages draw, as `{labels, data, time}`, with `?at=2024-03` and `?range=`. `time` is the one shown: a day
 * without a snapshot is answered with the nearest that has one, as on its page.
 */
export const timeCharts: ChartAnswers = {
  'time-machine/timeline': async ({ db }, req) => {
    const { range } = readParams(chartQuery, req.query);
    return timelineChart(await listMonths(db, userIdOf(req), range));
  },
  ...Object.fromEntries(
    Object.entries(DRAWS).map(([name, draw]) => [`time-machine/${name}`, answerWith(draw)]),
  ),
};

function answerWith(draw: Draw): ChartAnswer {
  return async ({ db }, req) => {
    const { range: timeRange, at } = readParams(chartQuery, req.query);
    const { time } = await findShownTime(db, userIdOf(req), { time: at, timeRange });
    if (time === null) return { ...NOTHING, time: null };
    return { ...(await draw(db, userIdOf(req), { time, timeRange })), time: time.id };
  };
}
