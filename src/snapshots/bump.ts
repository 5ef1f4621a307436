import { ask, question, theRow } from '../database/ask-together.ts';
import type { Db } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { LIST_ROWS, periodRows, type ListOf } from './list-source.ts';

export interface Bump {
  /** Days (`YYYY-MM-DD`) of a month, months (`YYYY-MM`) of a year, or years; only those with a snapshot. */
  readonly steps: readonly string[];
  readonly lines: readonly BumpLine[];
}

interface BumpLine {
  readonly track_id: string;
  readonly name: string | null;
  /** One per step; null: not on its list, or there without a rank. */
  readonly positions: readonly (number | null)[];
}

export async function findBump(db: Db, userId: number, list: ListOf): Promise<Bump> {
  if (list.time.kind === 'day') throw new Error('a day has no steps');
  return ask(db, BUMPS[list.time.kind], ...bumpValues(userId, list));
}

export const bumpValues = (userId: number, { time, timeRange }: ListOf): unknown[] => [
  userId,
  timeRange,
  time.id,
  time.from,
  time.to,
];

/** $4 and $5: the first and the last day of the month, of which only the ways of the best are read. */
const DAYS = `
  steps AS MATERIALIZED (
    SELECT snapshot_date::text AS step FROM snapshot_lists
    WHERE user_id = $1 AND time_range = $2 AND snapshot_date BETWEEN $4::date AND $5::date
  ),
  places AS MATERIALIZED (
    SELECT step, best.track_id, position
    FROM best CROSS JOIN LATERAL (
      SELECT snapshot_date::text AS step, rank AS position FROM snapshots AS s
      WHERE (s.user_id, s.time_range, s.track_id) = ($1, $2, best.track_id)
        AND snapshot_date BETWEEN $4::date AND $5::date OFFSET 0
    ) AS way
  )`;

const periods = (unit: 'month' | 'year', format: string): string => `
  places AS MATERIALIZED (
    SELECT step, track_id, position
    FROM (
      SELECT to_char(first_day, '${format}') AS step
      FROM (
        SELECT DISTINCT date_trunc('${unit}', snapshot_date::timestamp) AS first_day
        FROM snapshot_lists
        WHERE user_id = $1 AND time_range = $2 AND snapshot_date BETWEEN $4::date AND $5::date
      ) AS days
    ) AS steps,
    LATERAL (${periodRows('step')}) AS list
  ),
  steps AS (SELECT DISTINCT step FROM places)`;

const bumpSql = (stepsAndPlaces: string): string => `
  WITH best AS MATERIALIZED (
    SELECT track_id, position AS place FROM (${LIST_ROWS.period}) AS list WHERE position <= 10
  ),
  ${stepsAndPlaces},
  lines AS (
    SELECT place, track_id, jsonb_agg(places.position ORDER BY step) AS positions
    FROM best CROSS JOIN steps LEFT JOIN places USING (step, track_id)
    GROUP BY place, track_id
  )
  SELECT
    ARRAY(SELECT step FROM steps ORDER BY step) AS steps,
    COALESCE((
      SELECT jsonb_agg(jsonb_build_object('track_id', track_id, 'name', tracks.name, 'positions', positions)
        ORDER BY place)
      FROM lines JOIN tracks USING (track_id)), '[]') AS lines`;

const way = (ofWhat: string, places: string) =>
  question(hotQuery(`time machine: the way of ${ofWhat}`, bumpSql(places)), theRow<Bump>);

export const BUMPS = {
  month: way('a month’s top ten', DAYS),
  year: way('a year’s top ten', periods('month', 'YYYY-MM')),
  all: way('the top ten of all time', periods('year', 'YYYY')),
};
