import { grouped } from '../print.ts';
import type { Queries } from '../../src/db.ts';

/** What of an archive the old layout has no place for. It stays in PostgreSQL. */
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

/** One line for each kind of thing there is. */
export function describeLeftBehind(left: LeftBehind): string[] {
  const lines: readonly (readonly [number, string])[] = [
    [left.playlists, `playlists, with ${grouped(left.entries)} entries`],
    [left.features, 'tracks’ audio features'],
    [left.releaseDates, 'release dates that no payload tells'],
    [left.popularity, 'popularity figures that no payload tells'],
    [left.rejects, 'values and rows set aside by earlier moves (import_rejects)'],
  ];
  return lines.filter(([count]) => count > 0).map(([count, what]) => `  ${grouped(count)} ${what}`);
}
