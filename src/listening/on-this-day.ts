import { ask, question } from '../database/ask-together.ts';
import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { SLACK } from '../ranges/period.ts';

/** The most played track of a day, some years ago; it needs no list of that time. */
export interface PlayedAnniversary extends TrackCard {
  readonly years_ago: number;
  readonly day: string;
  readonly plays: number;
  /** Of all tracks on that day. */
  readonly plays_of_day: number;
  readonly art_url: string | null;
}

type Values = [userId: number, today: string, timezone: string];

export const listPlayedAnniversaries = (
  db: Queries,
  ...values: Values
): Promise<readonly PlayedAnniversary[]> => ask(db, PLAYED_ANNIVERSARIES, ...values);

const RULE = '(SELECT counted_plays FROM users WHERE user_id = $1)';

const midnight = (day: string): string => `(${day})::timestamp AT TIME ZONE $3::text`;

/**
 * One, two, five and ten years before a day (`YYYY-MM-DD`) of the listener's calendar: of those on which anything counts.
 * The library is asked for the length of a track where the rule asks for it, and whether the first few are hidden.
 */
export const PLAYED_ANNIVERSARIES = question<Values, readonly PlayedAnniversary[]>(
  `
  SELECT years_ago, anniversary AS day, plays, plays_of_day, ${TRACK_CARD}, raw_json #>> '{album,images,1,url}' AS art_url
  FROM unnest(ARRAY[1, 2, 5, 10]) AS years_ago,
  LATERAL (SELECT ($2::date - make_interval(years => years_ago))::date AS anniversary) AS that_day,
  LATERAL (
    SELECT plays AS plays_of_day FROM play_days WHERE user_id = $1 AND day = anniversary AND plays > 0
  ) AS played_day,
  LATERAL (
    SELECT track_id, plays FROM (
      SELECT plays.track_id, count(*)::int AS plays
      FROM plays LEFT JOIN LATERAL (
        SELECT duration_ms FROM library_tracks AS own
        WHERE ${RULE} = 'finished' AND (own.user_id, own.track_id) = ($1, plays.track_id) OFFSET 0
      ) AS own ON true
      WHERE plays.user_id = $1 AND (played_at AT TIME ZONE $3::text)::date = anniversary
        AND played_at >= ${midnight('anniversary')} - ${SLACK} AND played_at < ${midnight('anniversary + 1')} + ${SLACK}
        AND counts_as_play(${RULE}, ms_played, reached_end, own.duration_ms)
      GROUP BY plays.track_id ORDER BY plays DESC, plays.track_id
    ) AS counted
    WHERE ${isShown('counted.track_id')} ORDER BY plays DESC, track_id LIMIT 1
  ) AS top
  JOIN tracks USING (track_id)
  ORDER BY years_ago`,
  (rows: readonly PlayedAnniversary[]) => rows,
);
