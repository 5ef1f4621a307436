import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import {
  dayOf,
  inPeriod,
  notAfter,
  notBefore,
  periodValues,
  SLACK,
  type Listener,
  type Period,
} from './period.ts';
import { COUNTED_BY, HAS_OPEN_GAP, TALLY, TALLY_SUM, type CountedTally, type PlayTally } from './tally.ts';

/** What was played in a span of days: the plays that count, of tracks that are not hidden. */

export interface TrackOfSpan extends TrackCard, PlayTally {
  /** The cover at its largest, of the first track alone: no page shows another one so large. */
  readonly art_url: string | null;
}

/** The tracks played most often in a span; of those played as often, the one played longer. */
export function listTracksOfSpan(
  db: Queries,
  listener: Listener,
  span: Period,
  limit: number,
): Promise<TrackOfSpan[]> {
  const { way, values } = askFor(listener, span, limit);
  return db.many<TrackOfSpan>(TRACKS[way], values);
}

/** Their ids alone. */
export async function listTrackIdsOfSpan(
  db: Queries,
  listener: Listener,
  span: Period,
  limit: number,
): Promise<string[]> {
  const { way, values } = askFor(listener, span, limit);
  const rows = await db.many<{ track_id: string }>(TRACK_IDS[way], values);
  return rows.map(({ track_id: trackId }) => trackId);
}

/** What all plays of a span come to. */
export const findSpanTally = (db: Queries, listener: Listener, span: Period): Promise<CountedTally> =>
  db.one<CountedTally>(SPAN_TALLY, periodValues(listener, span));

const SPAN_TALLY = hotQuery(
  'time machine: the plays of a time',
  `
  SELECT ${TALLY_SUM}, ${COUNTED_BY},
    ${HAS_OPEN_GAP(`${notBefore('before_played_at')} AND ${notAfter('after_played_at')}`)}
  FROM play_quarters WHERE user_id = $1 AND ${inPeriod('quarter')}`,
);

type Way = 'ever' | 'short' | 'long';

/** From here on the months that are kept are read. */
const LONG_MS = 62 * 86_400_000;

function askFor(
  listener: Listener,
  span: Period,
  limit: number,
): { readonly way: Way; readonly values: readonly unknown[] } {
  const { from, to } = span;
  if (from === null && to === null) return { way: 'ever', values: [listener.user_id, limit] };
  const values = [...periodValues(listener, span), limit];
  if (from !== null && to !== null && Date.parse(to) - Date.parse(from) < LONG_MS)
    return { way: 'short', values };
  return { way: 'long', values: [...values, ...wholeMonths(span)] };
}

/**
 * The first days of the months nearest to the span's ends, and of the years between them: from the first month to the
 * first year, in years to the last, and in months to the end.
 */
function wholeMonths({ from, to }: Period): readonly [string, string, string, string] {
  const first = from === null ? null : nearestMonth(from);
  const end = to === null ? null : nearestMonth(to);
  const firstYear =
    first === null ? '-infinity' : `${Number(first.slice(0, 4)) + Number(first.slice(5) !== '01-01')}-01-01`;
  const endYear = end === null ? 'infinity' : `${end.slice(0, 4)}-01-01`;
  const hasYear = firstYear === '-infinity' || endYear === 'infinity' || firstYear < endYear;
  const months = [first ?? '-infinity', end ?? 'infinity'] as const;
  return hasYear ? [months[0], firstYear, endYear, months[1]] : [months[0], months[1], months[1], months[1]];
}

function nearestMonth(day: string): string {
  const first = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  if (Number(day.slice(8)) > 15) first.setUTCMonth(first.getUTCMonth() + 1);
  return first.toISOString().slice(0, 10);
}

const PERIODS = (months: number, from: string, end: string): string => `
    SELECT track_id, ${TALLY} FROM play_periods
    WHERE user_id = $1 AND months = ${months} AND starts_on >= ${from}::date AND starts_on < ${end}::date`;

/** The plays between an end of the span and that of its months: added, or taken away where the months reach beyond it. */
function endRows(isInSpan: string, isInMonths: string, [midnight, month]: readonly [string, string]): string {
  const monthStart = `${month}::date::timestamp AT TIME ZONE 'UTC'`;
  return `
    SELECT track_id, sign AS plays, sign * (COALESCE(ms_played, about_ms) IS NOT NULL)::int AS timed_plays,
      sign * COALESCE(ms_played, 0)::bigint AS ms_played, sign * COALESCE(about_ms, 0)::bigint AS about_ms
    FROM (
      SELECT track_id, ms_played, about_ms,
        (${dayOf('played_at')} ${isInSpan})::int - (played_at ${isInMonths} ${monthStart})::int AS sign
      FROM counted_plays
      WHERE user_id = $1 AND played_at >= LEAST(${midnight} - ${SLACK}, ${monthStart})
        AND played_at < GREATEST(${midnight} + ${SLACK}, ${monthStart})
    ) AS near WHERE sign <> 0`;
}

/** Rows of (track_id and a tally); $1 to $4 are those of a period. Of the long way $6 to $9 are wholeMonths(). */
const ROWS: Readonly<Record<Way, string>> = {
  ever: `SELECT track_id, ${TALLY} FROM played_tracks WHERE user_id = $1`,
  short: `
    SELECT track_id, 1 AS plays, (COALESCE(ms_played, about_ms) IS NOT NULL)::int AS timed_plays, ms_played, about_ms
    FROM counted_plays WHERE user_id = $1 AND ${inPeriod('played_at')}`,
  long: [
    PERIODS(1, '$6', '$7'),
    PERIODS(12, '$7', '$8'),
    PERIODS(1, '$8', '$9'),
    endRows('>= $2::date', '>=', ['($2::date::timestamp AT TIME ZONE $4)', '$6']),
    endRows('<= $3::date', '<', ['(($3::date + 1)::timestamp AT TIME ZONE $4)', '$9']),
  ].join('\n    UNION ALL'),
};

const IN_ORDER = 'plays DESC, ms_played + about_ms DESC, track_id';

const topSql = (way: Way): string => `
    SELECT * FROM (
      ${way === 'ever' ? ROWS.ever : `SELECT track_id, ${TALLY_SUM} FROM (${ROWS[way]}) AS parts GROUP BY track_id`}
    ) AS played
    WHERE plays > 0 AND ${isShown('played.track_id')}
    ORDER BY ${IN_ORDER} LIMIT ${way === 'ever' ? '$2' : '$5'}`;

const tracksSql = (way: Way): string => `
  WITH top AS (
    SELECT *, row_number() OVER (ORDER BY ${IN_ORDER}) AS place FROM (${topSql(way)}) AS best
  )
  SELECT ${TRACK_CARD}, ${TALLY}, CASE WHEN place = 1 THEN raw_json #>> '{album,images,0,url}' END AS art_url
  FROM top JOIN tracks USING (track_id)
  ORDER BY place`;

const TRACKS: Readonly<Record<Way, string>> = {
  ever: hotQuery('time machine: tracks by plays of all time', tracksSql('ever')),
  short: hotQuery('time machine: tracks by plays of some weeks', tracksSql('short')),
  long: hotQuery('time machine: tracks by plays of months and years', tracksSql('long')),
};

const TRACK_IDS: Readonly<Record<Way, string>> = {
  ever: hotQuery('playlist builder: tracks by plays of all time', topSql('ever')),
  short: hotQuery('playlist builder: tracks by plays of some weeks', topSql('short')),
  long: hotQuery('playlist builder: tracks by plays of months and years', topSql('long')),
};
