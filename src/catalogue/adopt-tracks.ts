import type { Transaction } from '../db.ts';
import { isSpotifyId } from './spotify-id.ts';

/** A track with a Spotify id takes over the plays and places of ours that has its names. */
export async function adoptTracks(
  tx: Transaction,
  userId: number,
  trackIds: readonly string[] | null = null,
): Promise<void> {
  const adopted = await tx.many<Adopted>(trackIds === null ? FIND : FIND_SOME, [
    userId,
    ...(trackIds === null ? [] : [trackIds.filter(isSpotifyId)]),
  ]);
  if (adopted.length === 0) return;
  await tx.execute(CREATE);
  await tx.execute('INSERT INTO adopted SELECT * FROM unnest($1::text[], $2::text[])', [
    adopted.map(({ own_id: ownId }) => ownId),
    adopted.map(({ track_id: trackId }) => trackId),
  ]);
  for (const sql of STEPS) await tx.execute(sql, [userId]);
}

interface Adopted {
  readonly own_id: string;
  readonly track_id: string;
}

const CREATE = `
  CREATE TEMP TABLE adopted (own_id text PRIMARY KEY, track_id text) ON COMMIT DROP;
  CREATE TEMP TABLE going_along (LIKE paired_plays, new_track_id text, new_nth integer) ON COMMIT DROP;
  CREATE TEMP TABLE renumbered (played_at timestamptz, own_id text, nth integer, track_id text, new_nth integer) ON COMMIT DROP`;

const line = (table: string, place: number): string => `split_part(${table}.search_text, E'\\n', ${place})`;

const findSql = (which: string): string => `
  SELECT DISTINCT ON (ours.track_id) ours.track_id AS own_id, t.track_id
  FROM library_tracks AS ours
  JOIN library_tracks AS t ON t.user_id = $1 AND ${line('t', 1)} = ${line('ours', 1)} AND t.track_id NOT LIKE 'mtm:%' ${which}
  LEFT JOIN played_tracks AS p ON (p.user_id, p.track_id) = ($1, t.track_id)
  WHERE ours.user_id = $1 AND ours.track_id LIKE 'mtm:%' AND (
    ${line('t', 2)} = ${line('ours', 2)} OR ${line('ours', 2)} IN (
      SELECT search_form(artists.name) FROM track_artists JOIN artists USING (artist_id)
      WHERE track_artists.track_id = t.track_id))
  ORDER BY ours.track_id, ${line('t', 3)} = ${line('ours', 3)} DESC, p.plays DESC NULLS LAST, t.track_id`;
const FIND = findSql('');
const FIND_SOME = findSql('AND t.track_id = ANY ($2)');

const STEPS: readonly string[] = [
  `INSERT INTO renumbered
   SELECT p.played_at, own_id, p.nth, a.track_id, COALESCE(taken.nth, 0) + row_number() OVER (
     PARTITION BY p.played_at, a.track_id ORDER BY p.row_key)
   FROM plays AS p JOIN adopted AS a ON own_id = p.track_id
   LEFT JOIN LATERAL (
     SELECT max(nth) AS nth FROM plays AS known
     WHERE known.user_id = $1 AND (known.played_at, known.track_id) = (p.played_at, a.track_id)
   ) AS taken ON true
   WHERE p.user_id = $1`,
  // Deleting a play also deletes the rows beside it.
  `INSERT INTO going_along
   SELECT b.*, r.track_id, new_nth
   FROM paired_plays AS b JOIN renumbered AS r ON (b.played_at, b.track_id, b.nth) = (r.played_at, own_id, r.nth)
   WHERE b.user_id = $1`,
  `WITH gone AS (
     DELETE FROM plays AS p USING renumbered AS r
     WHERE p.user_id = $1 AND (p.played_at, p.track_id, p.nth) = (r.played_at, r.own_id, r.nth)
     RETURNING p.*, r.track_id AS new_track_id, new_nth
   )
   INSERT INTO plays (user_id, played_at, track_id, nth, source, ms_played, reached_end, skipped, context, raw_json,
     history_import_id, row_key, file_row)
   SELECT user_id, played_at, new_track_id, new_nth, source, ms_played, reached_end, skipped, context, raw_json,
     history_import_id, row_key, file_row
   FROM gone`,
  `INSERT INTO paired_plays (user_id, row_key, history_import_id, source, ended_at, own_track_id, ms_played, reached_end,
     skipped, file_row, played_at, track_id, nth)
   SELECT $1, row_key, history_import_id, source, ended_at, own_track_id, ms_played, reached_end, skipped, file_row,
     played_at, new_track_id, new_nth
   FROM going_along`,
  `UPDATE paired_plays AS b SET own_track_id = a.track_id FROM adopted AS a WHERE b.user_id = $1 AND b.own_track_id = own_id`,
  `UPDATE playlist_tracks AS e SET track_id = a.track_id FROM adopted AS a
   WHERE e.user_id = $1 AND e.track_id = own_id AND NOT EXISTS (
     SELECT FROM playlist_tracks AS known
     WHERE (known.user_id, known.playlist_id, known.track_id) = ($1, e.playlist_id, a.track_id))`,
  `DELETE FROM playlist_tracks USING adopted WHERE user_id = $1 AND playlist_tracks.track_id = own_id`,
  `INSERT INTO hidden_tracks (user_id, track_id, hidden_at)
   SELECT $1, a.track_id, hidden_at FROM hidden_tracks AS h JOIN adopted AS a ON own_id = h.track_id WHERE user_id = $1
   ON CONFLICT DO NOTHING`,
  `DELETE FROM hidden_tracks USING adopted WHERE user_id = $1 AND hidden_tracks.track_id = own_id`,
  `DELETE FROM history_import_tracks USING adopted WHERE user_id = $1 AND history_import_tracks.track_id = own_id`,
  `DELETE FROM file_tracks USING adopted WHERE user_id = $1 AND file_tracks.track_id = own_id`,
  `DELETE FROM library_tracks USING adopted WHERE user_id = $1 AND library_tracks.track_id = own_id`,
];
