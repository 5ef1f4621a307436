import { ask, question } from '../database/ask-together.ts';
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

const midnight = (day: string): string => `(${day})::timestamp AT TIME ZONE $3::text`;

/**
 * One, two, five and ten years before a day (`YYYY-MM-DD`) of the listener's calendar. The view `counted_plays` would
 * look the listener up for every play.
 */
export const PLAYED_ANNIVERSARIES = question<Values, readonly PlayedAnniversary[]>(
  `
  SELECT years_ago, anniversary AS day, plays, plays_of_day, ${TRACK_CARD}, raw_json #>> '{album,images,1,url}' AS art_url
  FROM unnest(ARRAY[1, 2, 5, 10]) AS years_ago,
  LATERAL (SELECT ($2::date - make_interval(years => years_ago))::date AS anniversary) AS that_day,
  LATERAL (
    SELECT track_id, count(*)::int AS plays, (sum(count(*)) OVER ())::int AS plays_of_day
    FROM plays JOIN library_tracks AS own USING (user_id, track_id)
    WHERE user_id = $1 AND NOT hidden AND (played_at AT TIME ZONE $3::text)::date = anniversary
      AND played_at >= ${midnight('anniversary')} - ${SLACK} AND played_at < ${midnight('anniversary + 1')} + ${SLACK}
      AND counts_as_play((SELECT counted_plays FROM users WHERE user_id = $1), ms_played, reached_end, duration_ms)
    GROUP BY track_id ORDER BY plays DESC, track_id LIMIT 1
  ) AS top
  JOIN tracks USING (track_id)
  ORDER BY years_ago`,
  (rows: readonly PlayedAnniversary[]) => rows,
);
