import { ask, question, theRow } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { Hideable } from './hide.ts';

export interface HiddenThing {
  readonly kind: Hideable;
  readonly id: string;
  readonly name: string | null;
  readonly artist_name: string | null;
  readonly tracks: number;
  readonly hidden_at: Date;
}

export const HIDDEN_PER_PAGE = 50;

/** The newest first. @param page from 1 */
export const listHidden = (db: Queries, userId: number, page: number): Promise<HiddenThing[]> =>
  db.many<HiddenThing>(HIDDEN, [userId, HIDDEN_PER_PAGE, (page - 1) * HIDDEN_PER_PAGE]);

const HIDDEN = hotQuery(
  'settings: what is hidden',
  `
  SELECT kind, id, hidden_at,
    CASE kind WHEN 'track' THEN tracks.name ELSE artists.name END AS name,
    tracks.artist_name,
    CASE kind WHEN 'track' THEN 1 ELSE (
      SELECT count(*)::int FROM track_artists AS credit JOIN library_tracks AS own USING (track_id)
      WHERE own.user_id = $1 AND credit.artist_id = chosen.id) END AS tracks
  FROM (
    SELECT 'track' AS kind, track_id AS id, hidden_at FROM hidden_tracks WHERE user_id = $1
    UNION ALL
    SELECT 'artist', artist_id, hidden_at FROM hidden_artists WHERE user_id = $1
    ORDER BY hidden_at DESC, kind, id LIMIT $2 OFFSET $3
  ) AS chosen
  LEFT JOIN tracks ON kind = 'track' AND tracks.track_id = chosen.id
  LEFT JOIN artists ON kind = 'artist' AND artists.artist_id = chosen.id
  ORDER BY hidden_at DESC, kind, id`,
);

export interface HiddenCounts {
  readonly tracks: number;
  readonly artists: number;
  readonly hidden: number;
}

export const countHidden = (db: Queries, userId: number): Promise<HiddenCounts> =>
  ask(db, HIDDEN_COUNTS, userId);

export const HIDDEN_COUNTS = question<[userId: number], HiddenCounts>(
  hotQuery(
    'settings: how much is hidden',
    `
  SELECT
    (SELECT count(*)::int FROM hidden_tracks WHERE user_id = $1) AS tracks,
    (SELECT count(*)::int FROM hidden_artists WHERE user_id = $1) AS artists,
    (SELECT count(*)::int FROM library_tracks WHERE user_id = $1 AND hidden) AS hidden`,
  ),
  theRow<HiddenCounts>,
);

export interface TrackHiding {
  readonly itself: boolean;
  readonly artists: readonly { readonly artist_id: string; readonly name: string | null }[];
}

export const findTrackHiding = (db: Queries, userId: number, trackId: string): Promise<TrackHiding> =>
  db.one<TrackHiding>(TRACK_HIDING, [userId, trackId]);

const TRACK_HIDING = hotQuery(
  'track: why it is hidden',
  `
  SELECT
    EXISTS (SELECT FROM hidden_tracks WHERE user_id = $1 AND track_id = $2) AS itself,
    COALESCE((
      SELECT jsonb_agg(jsonb_build_object('artist_id', artist_id, 'name', artists.name) ORDER BY position)
      FROM track_artists JOIN hidden_artists USING (artist_id) JOIN artists USING (artist_id)
      WHERE hidden_artists.user_id = $1 AND track_id = $2), '[]') AS artists`,
);
