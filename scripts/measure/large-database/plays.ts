import type { Transaction } from '../../../src/db.ts';
import { LAST_DATE } from '../../invented/large-catalogue.ts';
import type { LargeDatabaseSize } from './size.ts';

const SOME_PLAYS = { observed: 46, others: 9 };
/** As many at least: the observed listener's are as old as their lists. */
const DAYS = 3 * 365;

/**
 * Fills `plays` with listens to the tracks of drawn_libraries, more of the newest years, most in the evening. A listen's payload is short: no page opens it.
 */
export async function fillPlays(
  tx: Transaction,
  { seed, observed, mostPlays = SOME_PLAYS }: LargeDatabaseSize,
  observedId: number,
): Promise<void> {
  const [most, days] = [mostPlays.observed - 1, Math.max(DAYS, observed.days)];
  await tx.execute(PLAYS, [seed, observedId, most, mostPlays.others - 1, LAST_DATE, days]);
  await tx.execute(
    `INSERT INTO play_polls (user_id, next_poll_at, polled_at, succeeded_at)
     SELECT user_id, now() + interval '1 hour', now(), now() FROM users WHERE spotify_id IS NOT NULL`,
  );
  await tx.execute(GAPS);
}

/** Between 0 and 1, the same for the same seed; another for each track, listen and `what`. */
const chance = (what: string): string =>
  `((hashtextextended(concat_ws(' ', track_id, ${what}), $1::bigint + user_id) & 2147483647) / 2147483648.0)::float8`;

const PLAYS = `
  INSERT INTO plays (user_id, played_at, track_id, context, raw_json)
  SELECT user_id, played_at, track_id, CASE WHEN from_playlist THEN '{"type": "playlist"}'::jsonb END,
    jsonb_build_object('played_at', played_at, 'track', jsonb_build_object('id', track_id))
  FROM (
    SELECT user_id, track_id, ${chance(`'context', n`)} < 0.4 AS from_playlist,
      $5::date + time '20:00' - make_interval(
        days => floor(CASE user_id WHEN $2 THEN $6::int ELSE ${DAYS} END * ${chance(`'day', n`)} ^ 1.2)::int,
        secs => 40000 * (${chance(`'one', n`)} + ${chance(`'other', n`)} - 1)) AS played_at
    FROM drawn_libraries, generate_series(
      0, floor(CASE user_id WHEN $2 THEN $3::int ELSE $4::int END * ${chance(`'times'`)} ^ 4)::int) AS n
  ) AS listens
  ORDER BY user_id, played_at, track_id`;

/** Somebody who listened on after a pause of two days may have been asked too late. */
const GAPS = `
  INSERT INTO play_gaps (user_id, after_played_at, before_played_at)
  SELECT user_id, before, played_at
  FROM (SELECT user_id, played_at, lag(played_at) OVER (PARTITION BY user_id ORDER BY played_at) AS before FROM plays) AS p
  WHERE played_at - before > interval '2 days'`;
