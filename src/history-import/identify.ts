import type { Transaction } from '../db.ts';
import type { Staged } from './stage.ts';

/** By Spotify's id; else by folded names in the library and the files; else a track of ours with its names as id. */
export async function identifyTracks(tx: Transaction, { userId, importId }: Staged): Promise<void> {
  await tx.execute(CREATE);
  await tx.execute(WITH_ID, [userId, importId]);
  const named = await tx.execute(NAMED, [userId, importId]);
  if (named > 0) {
    await tx.execute('ANALYZE told_names');
    await tx.execute(RESOLVE, [userId]);
    await tx.execute(SAY, [userId, importId]);
    await tx.execute(OURS);
  }
  await tx.execute('CREATE UNIQUE INDEX ON wanted_tracks (track_id)');
  await tx.execute('ANALYZE wanted_tracks');
  await tx.execute(KNOW_ENDS, [userId]);
}

const CREATE = `
  CREATE TEMP TABLE wanted_tracks (
    track_id text, name text, artist_name text, album_name text, title text, artist text, album text
  ) ON COMMIT DROP;
  CREATE TEMP TABLE told_names (
    name text, artist_name text, album_name text, title text, artist text, album text, track_id text
  ) ON COMMIT DROP`;

/** As its first row names it. */
const WITH_ID = `
  INSERT INTO wanted_tracks
  SELECT s.track_id, track_name, artist_name, album_name,
    search_form(track_name), search_form(artist_name), search_form(album_name)
  FROM (SELECT min(row_id) AS row_id FROM judged WHERE bucket IS NULL AND track_id IS NOT NULL GROUP BY track_id) AS f
  JOIN staged_plays AS s USING (row_id)
  WHERE (s.user_id, s.history_import_id) = ($1, $2)`;

const NAMED = `
  INSERT INTO told_names
  SELECT *, search_form(track_name), search_form(artist_name), search_form(album_name), NULL
  FROM (
    SELECT DISTINCT s.track_name, s.artist_name, s.album_name
    FROM judged JOIN staged_plays AS s USING (row_id)
    WHERE (s.user_id, s.history_import_id) = ($1, $2) AND judged.bucket IS NULL AND judged.track_id IS NULL
  ) AS told`;

/** By its whole line of artists, or by any one of them. */
const RESOLVE = `
  WITH candidates AS (
    SELECT title, artist, album, track_id FROM wanted_tracks
    UNION
    SELECT l.title, a.artist, l.album, track_id
    FROM (
      SELECT track_id, split_part(search_text, E'\\n', 1) AS title, split_part(search_text, E'\\n', 2) AS artists,
        split_part(search_text, E'\\n', 3) AS album
      FROM library_tracks WHERE user_id = $1
    ) AS l
    CROSS JOIN LATERAL (
      SELECT l.artists AS artist
      UNION SELECT search_form(artists.name) FROM track_artists JOIN artists USING (artist_id)
        WHERE track_artists.track_id = l.track_id
    ) AS a
    WHERE l.title IN (SELECT title FROM told_names)
  )
  UPDATE told_names AS told SET track_id = best.track_id
  FROM (
    SELECT DISTINCT ON (t.title, t.artist, t.album) t.title, t.artist, t.album, c.track_id
    FROM told_names AS t JOIN candidates AS c ON (c.title, c.artist) = (t.title, t.artist)
    LEFT JOIN played_tracks AS p ON (p.user_id, p.track_id) = ($1, c.track_id)
    ORDER BY t.title, t.artist, t.album, (c.album = t.album) IS TRUE DESC, c.track_id LIKE 'mtm:%', p.plays DESC NULLS LAST,
      c.track_id
  ) AS best
  WHERE (told.title, told.artist) = (best.title, best.artist) AND told.album IS NOT DISTINCT FROM best.album`;

const OWN_ID = `'mtm:' || md5(COALESCE(artist, '') || E'\\n' || title)`;

const SAY = `
  UPDATE judged SET track_id = COALESCE(told.track_id, ${OWN_ID})
  FROM staged_plays AS s JOIN told_names AS told
    ON s.track_name = told.name AND s.artist_name IS NOT DISTINCT FROM told.artist_name
      AND s.album_name IS NOT DISTINCT FROM told.album_name
  WHERE (s.user_id, s.history_import_id) = ($1, $2) AND s.row_id = judged.row_id
    AND judged.bucket IS NULL AND judged.track_id IS NULL`;

const OURS = `
  INSERT INTO wanted_tracks
  SELECT DISTINCT ON (${OWN_ID}) ${OWN_ID}, name, artist_name, album_name, title, artist, album
  FROM told_names WHERE track_id IS NULL
  ORDER BY ${OWN_ID}, album_name NULLS LAST, name`;

/** A row may have the start only: it then ends after the track's length. */
const KNOW_ENDS = `
  UPDATE judged SET ended_at = j.ended_at + COALESCE(j.length_ms, l.duration_ms) * interval '1 millisecond'
  FROM judged AS j LEFT JOIN library_tracks AS l ON l.user_id = $1 AND l.track_id = j.track_id
  WHERE judged.row_id = j.row_id AND j.bucket IS NULL AND NOT j.is_end_known
    AND COALESCE(j.length_ms, l.duration_ms) IS NOT NULL`;
