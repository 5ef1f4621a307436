import { question } from '../ask-together.ts';
import { isShown } from '../catalogue/shown.ts';
import { TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';

/** Of all plays, however short; each figure with the number of plays of which it is known. */
export interface Endings {
  readonly kept: number;
  readonly end_known: number;
  readonly ended: number;
  readonly skip_known: number;
  readonly skipped: number;
  readonly shuffle_known: number;
  readonly shuffled: number;
  readonly offline_known: number;
  readonly offline: number;
}

const COLUMNS = [
  'kept',
  'end_known',
  'ended',
  'skip_known',
  'skipped',
  'shuffle_known',
  'shuffled',
  'offline_known',
  'offline',
] as const satisfies (keyof Endings)[];
const SUMS = COLUMNS.map((column) => `COALESCE(sum(${column}), 0)::int AS ${column}`).join(', ');

function only([row]: readonly Endings[]): Endings {
  if (row === undefined) throw new Error('sums have always one row');
  return row;
}

/** @param which SQL: tracks of listener $1 by $2 */
const endingsOf = (which: string) =>
  question<[userId: number, id: string], Endings>(
    `SELECT ${SUMS} FROM play_endings JOIN library_tracks USING (user_id, track_id) WHERE user_id = $1 AND ${which}`,
    only,
  );

/** An artist's and an album's tracks without hidden ones. */
export const ENDINGS = {
  track: endingsOf('track_id = $2'),
  artist: endingsOf('NOT hidden AND track_id IN (SELECT track_id FROM track_artists WHERE artist_id = $2)'),
  album: endingsOf('NOT hidden AND album_id = $2'),
};

export interface SkippedTrack extends TrackCard {
  readonly skipped: number;
  readonly skip_known: number;
}

/** Of tracks skipped equally often, the least played first. */
export const listMostSkipped = (db: Queries, userId: number, limit: number): Promise<SkippedTrack[]> =>
  db.many<SkippedTrack>(MOST_SKIPPED, [userId, limit]);

const MOST_SKIPPED = hotQuery(
  'history: most skipped',
  `
  WITH top AS (
    SELECT track_id, skipped, skip_known FROM play_endings JOIN library_tracks USING (user_id, track_id)
    WHERE user_id = $1 AND skipped > 0 AND NOT hidden
    ORDER BY skipped DESC, skip_known, track_id LIMIT $2
  )
  SELECT ${TRACK_CARD}, skipped, skip_known FROM top JOIN tracks USING (track_id)
  ORDER BY skipped DESC, skip_known, track_id`,
);

/** Without hidden tracks. */
export const findEndings = (db: Queries, userId: number): Promise<Endings> =>
  db.one<Endings>(ALL_ENDINGS, [userId]);

const ALL_ENDINGS = hotQuery(
  'history: how plays ended',
  `SELECT ${SUMS} FROM play_endings WHERE user_id = $1 AND ${isShown('play_endings.track_id')}`,
  { mayScan: 'it adds up all tracks of a listener, who has most of the table where few have plays' },
);
