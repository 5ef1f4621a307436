import type { Db } from '../../src/db.ts';

/** Rows of a library that do not say what the catalogue, its listener's own file and the snapshots say; none, if the triggers did their work. */
export const listStrayLibraryRows = (db: Db): Promise<unknown[]> =>
  db.many(
    `SELECT a.user_id, a.track_id FROM library_tracks AS a
     JOIN own_library_facts AS f USING (user_id, track_id)
     LEFT JOIN (
       SELECT user_id, track_id, min(snapshot_date) AS first_date, max(snapshot_date) AS last_date, min(rank) AS best_rank,
         count(*)::int AS listings, COALESCE(array_agg(DISTINCT time_range), '{}') AS time_ranges
       FROM snapshots GROUP BY user_id, track_id
     ) AS l USING (user_id, track_id)
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

/** Days, and tracks of months, years and all time, that are not what the snapshots come to; none, as above. */
export const listStrayPeriodRows = (db: Db): Promise<unknown[]> =>
  db.many(
    `WITH lists AS (
       SELECT user_id, time_range, snapshot_date, count(*)::int AS places FROM snapshots GROUP BY 1, 2, 3
     ),
     periods AS (
       SELECT user_id, time_range, period, track_id, sum(points_of_rank(rank))::int AS points,
         min(rank) AS best_rank, count(*)::int AS listings
       FROM snapshots CROSS JOIN unnest(periods_of(snapshot_date)) AS period GROUP BY 1, 2, 3, 4
     )
     (SELECT to_jsonb(l) AS row FROM lists AS l EXCEPT SELECT to_jsonb(k) FROM snapshot_lists AS k)
     UNION ALL (SELECT to_jsonb(k) FROM snapshot_lists AS k EXCEPT SELECT to_jsonb(l) FROM lists AS l)
     UNION ALL (SELECT to_jsonb(p) FROM periods AS p EXCEPT SELECT to_jsonb(k) FROM snapshot_periods AS k)
     UNION ALL (SELECT to_jsonb(k) FROM snapshot_periods AS k EXCEPT SELECT to_jsonb(p) FROM periods AS p)`,
  );
