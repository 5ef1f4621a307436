import type { Db, Transaction } from '../db.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';
import { learnFromPairs } from '../plays/pairs.ts';
import { lockArchive } from '../users/lock-archive.ts';
import { deriveAtOnce, requireState } from './import.ts';
import { passGapsOn, passRowsOn } from './pass-on.ts';
import type { Staged } from './stage.ts';

/**
 * Removes its plays and rows, reopens its gaps, and removes tracks that nothing else has. Other sources of the same
 * listens show again; a row that a later import has too becomes that one's.
 * @param db without a statement timeout @throws AppError 404; 409 if the import is not done; ArchiveGone
 */
export const undoImport = (db: Db, staged: Staged): Promise<void> =>
  db.withTransaction(async (tx) => {
    const keys = [staged.userId, staged.importId];
    await lockArchive(tx, staged.userId);
    await requireState(tx, staged, 'done');
    await tx.execute(`SET LOCAL work_mem = '64MB'`);
    await deriveAtOnce(tx);
    const isRetold = await passRowsOn(tx, staged);
    const isParted = await partPlays(tx, staged);
    await passGapsOn(tx, staged);
    await releaseTracks(tx, staged);
    await tx.execute(`DELETE FROM history_imports WHERE (user_id, history_import_id) = ($1, $2)`, keys);
    if (isRetold || isParted) await tx.execute('SELECT derive_plays($1)', [staged.userId]);
    await refreshArchiveSummary(tx, staged.userId);
  });

/**
 * The rows beside its plays are set aside while these are deleted; the best of them then shows.
 * @returns whether any play has changed
 */
async function partPlays(tx: Transaction, { userId, importId }: Staged): Promise<boolean> {
  const keys = [userId, importId];
  await tx.execute(CREATE);
  const touched = await tx.execute(TOUCHED, keys);
  await tx.execute('DELETE FROM paired_plays WHERE (user_id, history_import_id) = ($1, $2)', keys);
  await tx.execute(SET_ASIDE, keys);
  const gone = await tx.execute('DELETE FROM plays WHERE (user_id, history_import_id) = ($1, $2)', keys);
  await tx.execute(NUMBER, [userId]);
  await tx.execute(SHOW);
  await tx.execute(STAND_BESIDE);
  await learnFromPairs(tx, userId, 'SELECT * FROM touched');
  return touched + gone > 0;
}

const CREATE = `
  CREATE TEMP TABLE touched (played_at timestamptz, track_id text, nth integer) ON COMMIT DROP;
  CREATE TEMP TABLE aside (LIKE paired_plays, place integer, new_nth integer) ON COMMIT DROP`;

/** Plays with one of its rows beside them. */
const TOUCHED = `
  INSERT INTO touched
  SELECT DISTINCT played_at, track_id, nth FROM paired_plays WHERE (user_id, history_import_id) = ($1, $2)`;

/** Of each play, the best first. */
const SET_ASIDE = `
  INSERT INTO aside
  SELECT b.*, row_number() OVER (
    PARTITION BY b.played_at, b.track_id, b.nth ORDER BY source_rank(b.source), b.history_import_id, b.row_key)
  FROM plays AS p JOIN paired_plays AS b USING (user_id, played_at, track_id, nth)
  WHERE p.user_id = $1 AND p.history_import_id = $2`;

/** The first free numbers at that time. */
const NUMBER = `
  UPDATE aside AS n SET new_nth = free.nth
  FROM (
    SELECT row_key, ended_at, own_track_id,
      row_number() OVER (PARTITION BY ended_at, own_track_id ORDER BY row_key) AS turn
    FROM aside WHERE place = 1
  ) AS own CROSS JOIN LATERAL (
    SELECT nth FROM generate_series(1, own.turn + (
      SELECT count(*) FROM plays AS p
      WHERE p.user_id = $1 AND (p.played_at, p.track_id) = (own.ended_at, own.own_track_id))) AS number (nth)
    WHERE NOT EXISTS (
      SELECT FROM plays AS p
      WHERE p.user_id = $1 AND (p.played_at, p.track_id, p.nth) = (own.ended_at, own.own_track_id, number.nth))
    ORDER BY nth OFFSET own.turn - 1 LIMIT 1
  ) AS free
  WHERE n.row_key = own.row_key`;

const SHOW = `
  INSERT INTO plays (user_id, played_at, track_id, nth, source, ms_played, reached_end, skipped, history_import_id, row_key,
    file_row)
  SELECT user_id, ended_at, own_track_id, new_nth, source, ms_played, reached_end, skipped, history_import_id, row_key,
    file_row
  FROM aside WHERE place = 1`;

const STAND_BESIDE = `
  INSERT INTO paired_plays (user_id, row_key, history_import_id, source, ended_at, own_track_id, ms_played, reached_end,
    skipped, file_row, played_at, track_id, nth)
  SELECT b.user_id, b.row_key, b.history_import_id, b.source, b.ended_at, b.own_track_id, b.ms_played, b.reached_end,
    b.skipped, b.file_row, best.ended_at, best.own_track_id, best.new_nth
  FROM aside AS b JOIN aside AS best USING (played_at, track_id, nth)
  WHERE b.place > 1 AND best.place = 1`;

/** The catalogue is nobody's own, so it keeps their names. */
async function releaseTracks(tx: Transaction, { userId, importId }: Staged): Promise<void> {
  const keys = [userId, importId];
  await tx.execute('CREATE TEMP TABLE going_tracks (track_id text PRIMARY KEY) ON COMMIT DROP');
  await tx.execute(PASS_ON, keys);
  await tx.execute(GOING, keys);
  await tx.execute(
    'DELETE FROM library_tracks USING going_tracks AS g WHERE user_id = $1 AND library_tracks.track_id = g.track_id',
    [userId],
  );
  await tx.execute(
    'DELETE FROM file_tracks USING going_tracks AS g WHERE user_id = $1 AND file_tracks.track_id = g.track_id',
    [userId],
  );
  await tx.execute(RELEASE_ARTISTS, [userId]);
}

/** Another import that has the track too keeps it. */
const PASS_ON = `
  UPDATE history_import_tracks AS t SET history_import_id = other.history_import_id
  FROM (
    SELECT track_id, min(history_import_id) AS history_import_id FROM (
      SELECT track_id, history_import_id FROM plays WHERE user_id = $1
      UNION ALL SELECT own_track_id, history_import_id FROM paired_plays WHERE user_id = $1
    ) AS told WHERE history_import_id <> $2 GROUP BY track_id
  ) AS other
  WHERE t.user_id = $1 AND t.history_import_id = $2 AND t.track_id = other.track_id`;

const GOING = `
  INSERT INTO going_tracks
  SELECT track_id FROM history_import_tracks WHERE (user_id, history_import_id) = ($1, $2)
  EXCEPT SELECT track_id FROM snapshots WHERE user_id = $1
  EXCEPT SELECT track_id FROM playlist_tracks WHERE user_id = $1
  EXCEPT SELECT track_id FROM plays WHERE user_id = $1`;

const RELEASE_ARTISTS = `
  DELETE FROM file_artists AS f
  WHERE user_id = $1 AND artist_id IN (SELECT artist_id FROM going_tracks JOIN track_artists USING (track_id))
    AND num_nonnulls(name, raw_json) = 0 AND NOT EXISTS (
      SELECT FROM track_artists AS c JOIN library_tracks AS l USING (track_id)
      WHERE l.user_id = $1 AND c.artist_id = f.artist_id)`;
