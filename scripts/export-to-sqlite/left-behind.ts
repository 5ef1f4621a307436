import { plural } from '../print.ts';
import type { Queries } from '../../src/db.ts';

/** What the old layout cannot hold; it stays in PostgreSQL. */
export interface LeftBehind {
  readonly playlists: number;
  readonly entries: number;
  readonly features: number;
  readonly releaseDates: number;
  readonly popularity: number;
  readonly rejects: number;
}

export function countLeftBehind(db: Queries, userId: number): Promise<LeftBehind> {
  return db.one(
    `SELECT (SELECT count(*)::int FROM playlists WHERE user_id = $1) AS playlists,
            (SELECT count(*)::int FROM playlist_tracks WHERE user_id = $1) AS entries,
            (SELECT count(*)::int FROM import_rejects WHERE user_id = $1) AS rejects,
            count(t.audio_features)::int AS features,
            count(t.release_date) FILTER (WHERE (t.raw_json #>> '{album,release_date}') IS NULL)::int AS "releaseDates",
            count(t.popularity) FILTER (WHERE (t.raw_json ->> 'popularity') IS NULL)::int AS popularity
     FROM library_tracks JOIN tracks AS t USING (track_id) WHERE user_id = $1`,
    [userId],
  );
}

export function describeLeftBehind(left: LeftBehind): string[] {
  const lines: readonly (readonly [number, string])[] = [
    [
      left.playlists,
      `${plural(left.playlists, 'playlist')} with ${plural(left.entries, 'entry', 'entries')}`,
    ],
    [left.features, `audio features of ${plural(left.features, 'track')}`],
    [left.releaseDates, `release dates of ${plural(left.releaseDates, 'track')}, which no payload has`],
    [left.popularity, `popularity of ${plural(left.popularity, 'track')}, which no payload has`],
    [left.rejects, `${plural(left.rejects, 'reject')} of earlier moves (import_rejects)`],
  ];
  return lines.filter(([count]) => count > 0).map(([, line]) => `  ${line}`);
}
