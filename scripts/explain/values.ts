import type { Db } from '../../src/db.ts';
import type { HotQuery, Parameter } from '../../src/hot-queries.ts';

/** What each parameter stands for, for one listener. A new one gets its line in `listValues`. */
export type Values = Readonly<Record<Parameter, unknown>>;

/** What a visit of that listener would ask about: their newest lists, their favourite track and its artist. */
export async function listValues(db: Db, userId: number): Promise<Values> {
  const [dates, favourite, other] = await Promise.all([
    db.many<{ date: string }>(NEWEST_DATES, [userId]),
    db.maybeOne<{ track: string; artist: string | null }>(FAVOURITE, [userId]),
    db.maybeOne<{ archive: number | null; imported: number | null }>(BROUGHT, [userId]),
  ]);
  return {
    userId,
    timeRange: 'short_term',
    latestDate: dates[0]?.date,
    previousDate: dates[1]?.date,
    trackId: favourite?.track,
    artistId: favourite?.artist,
    archiveId: other?.archive,
    importId: other?.imported,
    start: 0,
  };
}

/** @throws Error that names the query and the parameter for which there is no value */
export function valuesFor({ name, parameters }: HotQuery, values: Values): unknown[] {
  return parameters.map((parameter) => {
    const value = values[parameter];
    if (value !== undefined && value !== null) return value;
    throw new Error(
      `“${name}” asks about ${parameter}, for which scripts/explain/values.ts has no value: add one to listValues`,
    );
  });
}

const NEWEST_DATES = `
  SELECT DISTINCT snapshot_date AS date FROM snapshots
  WHERE user_id = $1 AND time_range = 'short_term' ORDER BY date DESC LIMIT 2`;

/** An archive nobody has claimed, and the listener's newest import. */
const BROUGHT = `
  SELECT (SELECT max(user_id) FROM users WHERE spotify_id IS NULL) AS archive,
    (SELECT max(import_id) FROM imports WHERE user_id = $1) AS imported`;

/** The track that was listed most, of those whose sound is known. */
const FAVOURITE = `
  SELECT track_id AS track,
    (SELECT artist_id FROM track_artists WHERE track_id = a.track_id ORDER BY position LIMIT 1) AS artist
  FROM archive_tracks AS a
  WHERE user_id = $1 AND energy IS NOT NULL AND valence IS NOT NULL AND danceability IS NOT NULL
  ORDER BY listings DESC, track_id LIMIT 1`;
