import { TALLY, type PlayTally } from '../catalogue/play-tally.ts';
import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { inPeriod, notAfter, notBefore, periodValues, type Listener, type Period } from './period.ts';
import { PLAYED_IN_PERIOD } from './played-in-period.ts';
import { COUNTED_BY, HAS_OPEN_GAP, TALLY_SUM, type CountedTally } from './tally.ts';

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
  return db.many<TrackOfSpan>(isEver(span) ? TRACKS_EVER : TRACKS, valuesOf(listener, span, limit));
}

/** Their ids alone. */
export async function listTrackIdsOfSpan(
  db: Queries,
  listener: Listener,
  span: Period,
  limit: number,
): Promise<string[]> {
  const sql = isEver(span) ? TRACK_IDS_EVER : TRACK_IDS;
  const rows = await db.many<{ track_id: string }>(sql, valuesOf(listener, span, limit));
  return rows.map(({ track_id: trackId }) => trackId);
}

/** What all plays of a span come to. */
export const findSpanTally = (db: Queries, listener: Listener, span: Period): Promise<CountedTally> =>
  db.one<CountedTally>(SPAN_TALLY, periodValues(listener, span));

const SPAN_TALLY = hotQuery(
  'history: what the plays of a period come to',
  `
  SELECT ${TALLY_SUM}, ${COUNTED_BY},
    ${HAS_OPEN_GAP(`${notBefore('before_played_at')} AND ${notAfter('after_played_at')}`)}
  FROM play_quarters WHERE user_id = $1 AND ${inPeriod('quarter')}`,
);

const isEver = ({ from, to }: Period): boolean => from === null && to === null;

const valuesOf = (listener: Listener, span: Period, limit: number): readonly unknown[] =>
  isEver(span) ? [listener.user_id, limit] : [...periodValues(listener, span), limit];

const PLAYED = `SELECT track_id, ${TALLY_SUM} FROM (${PLAYED_IN_PERIOD}) AS parts GROUP BY track_id`;
const PLAYED_EVER = `SELECT track_id, ${TALLY} FROM played_tracks WHERE user_id = $1`;

const IN_ORDER = 'plays DESC, ms_played + about_ms DESC, track_id';

const topSql = (played: string, limit: string): string => `
    SELECT * FROM (${played}) AS played
    WHERE plays > 0 AND ${isShown('played.track_id')}
    ORDER BY ${IN_ORDER} LIMIT ${limit}`;

const tracksSql = (top: string): string => `
  WITH top AS (
    SELECT *, row_number() OVER (ORDER BY ${IN_ORDER}) AS place FROM (${top}) AS best
  )
  SELECT ${TRACK_CARD}, ${TALLY}, CASE WHEN place = 1 THEN raw_json #>> '{album,images,0,url}' END AS art_url
  FROM top JOIN tracks USING (track_id)
  ORDER BY place`;

const [TOP, TOP_EVER] = [topSql(PLAYED, '$5'), topSql(PLAYED_EVER, '$2')];
const TRACKS = hotQuery('history: most played in a period', tracksSql(TOP));
const TRACKS_EVER = hotQuery('history: most played of all time', tracksSql(TOP_EVER));
const TRACK_IDS = hotQuery('playlist builder: tracks by plays of a time', TOP);
const TRACK_IDS_EVER = hotQuery('playlist builder: tracks by plays of all time', TOP_EVER);
