import { ask, question } from '../database/ask-together.ts';
import { TALLY_OR_NONE } from '../catalogue/play-tally.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { COUNTED_BY, HAS_OPEN_GAP, type CountedTally } from './tally.ts';

export interface PlayedTotals extends CountedTally {
  readonly first_played_at: Date | null;
  readonly last_played_at: Date | null;
}

export const findTrackTotals = (db: Queries, userId: number, trackId: string): Promise<PlayedTotals> =>
  ask(db, TRACK_TOTALS, userId, trackId);

/** Without hidden tracks. */
export const findArtistTotals = (db: Queries, userId: number, artistId: string): Promise<PlayedTotals> =>
  ask(db, ARTIST_TOTALS, userId, artistId);

/** Without hidden tracks. @param albumId as the library has it */
export const findAlbumTotals = (db: Queries, userId: number, albumId: string): Promise<PlayedTotals> =>
  ask(db, ALBUM_TOTALS, userId, albumId);

const totalsSql = (tallies: string, key: string): string => `
  SELECT ${TALLY_OR_NONE}, first_played_at, last_played_at, ${COUNTED_BY}, ${HAS_OPEN_GAP('true')}
  FROM (SELECT $1::bigint AS user_id, $2::text AS ${key}) AS asked LEFT JOIN ${tallies} AS played USING (user_id, ${key})`;

type Row = CountedTally & Record<'first_played_at' | 'last_played_at', string | Date | null>;

const instantOf = (at: string | Date | null): Date | null => (at === null ? null : new Date(at));

function totalsOf([row]: readonly Row[]): PlayedTotals {
  if (row === undefined) throw new Error('a tally has always one row');
  return {
    ...row,
    first_played_at: instantOf(row.first_played_at),
    last_played_at: instantOf(row.last_played_at),
  };
}

export const TRACK_TOTALS = question<[userId: number, trackId: string], PlayedTotals>(
  totalsSql('played_tracks', 'track_id'),
  totalsOf,
);

export const ARTIST_TOTALS = question<[userId: number, artistId: string], PlayedTotals>(
  totalsSql('played_artists', 'artist_id'),
  totalsOf,
);

export const ALBUM_TOTALS = question<[userId: number, albumId: string], PlayedTotals>(
  hotQuery('album: how often and how long it was played', totalsSql('played_albums', 'album_id')),
  totalsOf,
);
