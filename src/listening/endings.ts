import { question } from '../database/ask-together.ts';

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
export const ENDING_SUMS = COLUMNS.map((column) => `COALESCE(sum(${column}), 0)::int AS ${column}`).join(
  ', ',
);

function only([row]: readonly Endings[]): Endings {
  if (row === undefined) throw new Error('sums have always one row');
  return row;
}

/** @param which SQL: tracks of listener $1 by $2 */
const endingsOf = (which: string) =>
  question<[userId: number, id: string], Endings>(
    `SELECT ${ENDING_SUMS} FROM play_endings JOIN library_tracks USING (user_id, track_id) WHERE user_id = $1 AND ${which}`,
    only,
  );

/** An artist's and an album's tracks without hidden ones. */
export const ENDINGS = {
  track: endingsOf('track_id = $2'),
  artist: endingsOf('NOT hidden AND track_id IN (SELECT track_id FROM track_artists WHERE artist_id = $2)'),
  album: endingsOf('NOT hidden AND album_id = $2'),
};
