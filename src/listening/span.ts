import { TALLY, type PlayTally } from '../catalogue/play-tally.ts';
import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { notAfter, notBefore, periodValues, type Listener, type Period } from '../ranges/period.ts';
import { PLAYED_IN_PERIOD } from './played-in-period.ts';
import { COUNTED_BY, HAS_OPEN_GAP, TALLY_SUM, type CountedTally } from './tally.ts';

/** What was played in a span of days: the plays that count, of tracks that are not hidden. */

interface TrackOfSpan extends TrackCard, PlayTally {
  /** The cover at its largest, of the first track alone: no page shows another one so large. */
  readonly art_url: string | null;
}

export interface Span extends CountedTally {
  /** The most often played; of those played as often, the ones played longer first. */
  readonly tracks: readonly TrackOfSpan[];
}

/** What the plays of a span come to, and the tracks played most. */
export const findSpan = (db: Queries, listener: Listener, span: Period, limit: number): Promise<Span> =>
  db.one<Span>(isEver(span) ? SPAN_EVER : SPAN, valuesOf(listener, span, limit));

/** The ids of the tracks played most. */
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

const isEver = ({ from, to }: Period): boolean => from === null && to === null;

const valuesOf = (listener: Listener, span: Period, limit: number): readonly unknown[] =>
  isEver(span) ? [listener.user_id, limit] : [...periodValues(listener, span), limit];

const PLAYED = `SELECT track_id, ${TALLY_SUM} FROM (${PLAYED_IN_PERIOD}) AS parts GROUP BY track_id`;
const PLAYED_EVER = `SELECT track_id, ${TALLY} FROM played_tracks WHERE user_id = $1`;

const IN_ORDER = 'plays DESC, ms_played + about_ms DESC, track_id';

const shown = (played: string): string =>
  `SELECT * FROM (${played}) AS counted WHERE plays > 0 AND ${isShown('counted.track_id')}`;

/** In one statement: every track is added up for either. */
const spanSql = (played: string, limit: string, gaps: string): string => `
  WITH played AS MATERIALIZED (${shown(played)}),
  top AS (
    SELECT *, row_number() OVER (ORDER BY ${IN_ORDER}) AS place
    FROM (SELECT * FROM played ORDER BY ${IN_ORDER} LIMIT ${limit}) AS best
  ), tracks_shown AS (
    SELECT ${TRACK_CARD}, ${TALLY}, CASE WHEN place = 1 THEN raw_json #>> '{album,images,0,url}' END AS art_url
    FROM top JOIN tracks USING (track_id) ORDER BY place
  )
  SELECT ${TALLY_SUM}, ${COUNTED_BY}, ${HAS_OPEN_GAP(gaps)},
    COALESCE((SELECT json_agg(tracks_shown) FROM tracks_shown), '[]') AS tracks
  FROM played`;

const SPAN = hotQuery(
  'history: what was played in a period',
  spanSql(PLAYED, '$5', `${notBefore('before_played_at')} AND ${notAfter('after_played_at')}`),
);
const SPAN_EVER = hotQuery('history: what was played of all time', spanSql(PLAYED_EVER, '$2', 'true'));

const idsSql = (played: string, limit: string): string =>
  `${shown(played)} ORDER BY ${IN_ORDER} LIMIT ${limit}`;

const TRACK_IDS = hotQuery('playlist builder: tracks by plays of a time', idsSql(PLAYED, '$5'));
const TRACK_IDS_EVER = hotQuery('playlist builder: tracks by plays of all time', idsSql(PLAYED_EVER, '$2'));
