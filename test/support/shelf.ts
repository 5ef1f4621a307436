import type { Db } from '../../src/db.ts';

/** Rows of a shelf that do not say what the catalogue and the snapshots say; none, if the triggers did their work. */
export const listStrayShelfRows = (db: Db): Promise<unknown[]> =>
  db.many(
    `SELECT a.user_id, a.track_id FROM archive_tracks AS a
     JOIN track_facts AS f USING (track_id)
     LEFT JOIN LATERAL (
       SELECT min(snapshot_date) AS first_date, max(snapshot_date) AS last_date, min(rank) AS best_rank,
         count(*)::int AS listings, COALESCE(array_agg(DISTINCT time_range), '{}') AS time_ranges
       FROM snapshots AS s WHERE s.user_id = a.user_id AND s.track_id = a.track_id HAVING count(*) > 0
     ) AS l ON true
     WHERE (a.name, a.artist_names, a.album_name, a.popularity, a.release_date, a.release_date_precision,
            a.duration_ms, a.explicit, a.has_isrc, a.album_type, a.energy, a.valence, a.danceability, a.acousticness,
            a.instrumentalness, a.speechiness, a.liveness, a.tempo, a.loudness, a.key, a.mode)
       IS DISTINCT FROM
           (f.name, f.artist_names, f.album_name, f.popularity, f.release_date, f.release_date_precision,
            f.duration_ms, f.explicit, f.has_isrc, f.album_type, f.energy, f.valence, f.danceability, f.acousticness,
            f.instrumentalness, f.speechiness, f.liveness, f.tempo, f.loudness, f.key, f.mode)
       OR (a.first_listed_date, a.last_listed_date, a.best_rank, a.listings, a.time_ranges)
         IS DISTINCT FROM
          (l.first_date, l.last_date, l.best_rank, COALESCE(l.listings, 0), COALESCE(l.time_ranges, '{}'))`,
  );
