import { randomBytes } from 'node:crypto';
import type { Db } from '../../src/db.ts';
import type { TimeRange } from '../../src/spotify/top-tracks.ts';

/** Rows for tests: what is not said is left unknown, as an old archive leaves it. */

export interface TrackFields {
  trackId?: string;
  name?: string | null;
  artistName?: string | null;
  albumName?: string | null;
  popularity?: number | null;
  releaseDate?: string | null;
  /** Linked artists by id, best known first; each is named after its id in capitals. */
  artists?: readonly string[];
  payload?: object | null;
  /** JSON text, so that numbers JavaScript cannot hold can be written. */
  features?: string | object | null;
}

export async function insertListener(db: Db, spotifyId: string | null, timezone = 'UTC'): Promise<number> {
  const { user_id: userId } = await db.one<{ user_id: number }>(
    `INSERT INTO users (spotify_id, display_name, timezone) VALUES ($1, $1, $2) RETURNING user_id`,
    [spotifyId, timezone],
  );
  return userId;
}

/** Answers the track's id. */
export const insertTrack = async (db: Db, fields: TrackFields = {}): Promise<string> =>
  String((await insertTracks(db, [fields]))[0]);

/** At once: each statement brings derived rows up to date. Answers the tracks' ids. */
export async function insertTracks(db: Db, tracks: readonly TrackFields[]): Promise<string[]> {
  const ids = tracks.map(({ trackId }) => trackId ?? randomBytes(11).toString('hex'));
  const all = <Value>(valueOf: (track: TrackFields, id: string) => Value): Value[] =>
    tracks.map((track, at) => valueOf(track, ids[at] ?? ''));
  await db.execute(
    `INSERT INTO tracks (track_id, name, artist_name, album_name, popularity, release_date,
       release_date_precision, raw_json, audio_features)
     SELECT id, name, artist, album, popularity, day, CASE WHEN day IS NOT NULL THEN 'day' END, payload, features
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::date[], $7::jsonb[], $8::jsonb[])
       AS track (id, name, artist, album, popularity, day, payload, features)`,
    [
      ids,
      all(({ name }, id) => (name === undefined ? `Track ${id}` : name)),
      all(({ artistName = null }) => artistName),
      all(({ albumName = null }) => albumName),
      all(({ popularity = null }) => popularity),
      all(({ releaseDate = null }) => releaseDate),
      all(({ payload }) => (payload ? JSON.stringify(payload) : null)),
      all(({ features = null }) =>
        typeof features === 'string' || features === null ? features : JSON.stringify(features),
      ),
    ],
  );
  const credits = all(({ artists = [] }, id) => artists.map((artist, at) => ({ id, artist, at: at + 1 })));
  await linkArtists(db, credits.flat());
  return ids;
}

async function insertArtists(db: Db, artistIds: readonly string[]): Promise<void> {
  await db.execute(
    `INSERT INTO artists (artist_id, name) SELECT DISTINCT id, upper(id) FROM unnest($1::text[]) AS id
     ON CONFLICT DO NOTHING`,
    [artistIds],
  );
}

async function linkArtists(
  db: Db,
  credits: readonly { id: string; artist: string; at: number }[],
): Promise<void> {
  if (credits.length === 0) return;
  const artists = credits.map(({ artist }) => artist);
  await insertArtists(db, artists);
  await db.execute(
    `INSERT INTO track_artists (track_id, artist_id, position) SELECT * FROM unnest($1::text[], $2::text[], $3::int[])`,
    [credits.map(({ id }) => id), artists, credits.map(({ at }) => at)],
  );
}

export interface ListFields {
  readonly date: string;
  readonly range?: TimeRange;
}

/** A dated list, best first; `[id, rank]` where the rank is another than its place (or unknown). */
export async function insertSnapshot(
  db: Db,
  userId: number,
  { date, range = 'short_term' }: ListFields,
  tracks: readonly (string | readonly [string, number | null])[],
): Promise<void> {
  const places = tracks.map((track, index) =>
    typeof track === 'string' ? ([track, index + 1] as const) : track,
  );
  await db.execute(
    `INSERT INTO snapshots (user_id, snapshot_date, time_range, track_id, rank)
     SELECT $1, $2, $3, * FROM unnest($4::text[], $5::int[])`,
    [userId, date, range, places.map(([id]) => id), places.map(([, rank]) => rank)],
  );
}

/** Spotify's own list of artists of a day, best first; each artist is named after its id in capitals. */
export async function insertArtistSnapshot(
  db: Db,
  userId: number,
  { date, range = 'short_term' }: ListFields,
  artists: readonly (string | readonly [string, number | null])[],
): Promise<void> {
  const places = artists.map((artist, index) =>
    typeof artist === 'string' ? ([artist, index + 1] as const) : artist,
  );
  const ids = places.map(([id]) => id);
  await insertArtists(db, ids);
  await db.execute(
    `INSERT INTO artist_snapshots (user_id, snapshot_date, time_range, artist_id, rank)
     SELECT $1, $2, $3, * FROM unnest($4::text[], $5::int[])`,
    [userId, date, range, ids, places.map(([, rank]) => rank)],
  );
  // A list of artists comes from a capture alone.
  await db.execute(
    `INSERT INTO capture_runs (user_id, kind, snapshot_date, outcome, started_at, finished_at, time_ranges, places)
     VALUES ($1, 'artists', $2, 'kept', $2::date, $2::date, ARRAY[$3], $4)`,
    [userId, date, range, ids.length],
  );
}

export async function insertPlaylist(
  db: Db,
  userId: number,
  { playlistId, name = playlistId }: { playlistId: string; name?: string },
  tracks: readonly string[] = [],
): Promise<void> {
  await db.execute(
    `INSERT INTO playlists (user_id, playlist_id, name, origin, created_at)
     VALUES ($1, $2, $3, 'old-archive', '2024-05-01T00:00:00Z')`,
    [userId, playlistId, name],
  );
  await db.execute(
    `INSERT INTO playlist_tracks (user_id, playlist_id, track_id, position, created_at)
     SELECT $1, $2, id, position, '2024-05-01T00:00:00Z'
     FROM unnest($3::text[]) WITH ORDINALITY AS entry (id, position)`,
    [userId, playlistId, tracks],
  );
}

/** Listens, each as `[instant, track id]`. */
export async function insertPlays(
  db: Db,
  userId: number,
  plays: readonly (readonly [string, string])[],
): Promise<void> {
  await db.execute(
    `INSERT INTO plays (user_id, played_at, track_id, raw_json)
     SELECT $1, played_at, track_id, '{}' FROM unnest($2::timestamptz[], $3::text[]) AS play (played_at, track_id)`,
    [userId, plays.map(([at]) => at), plays.map(([, id]) => id)],
  );
}

export interface Listen {
  readonly at: string;
  readonly track: string;
  /** Listened; null: not known. */
  readonly ms?: number | null;
}

/** Listens as the files of another service tell of them, or captures where no import is named. */
export async function insertListens(
  db: Db,
  userId: number,
  listens: readonly Listen[],
  historyImportId: number | null = null,
): Promise<void> {
  await db.execute(
    `INSERT INTO plays (user_id, played_at, track_id, nth, ms_played, source, history_import_id, row_key, file_row)
     SELECT $1, at, track, row_number() OVER (PARTITION BY at, track), ms,
       CASE WHEN $3::bigint IS NULL THEN 'capture' ELSE 'spotify extended' END, $3,
       CASE WHEN $3 IS NOT NULL THEN md5(concat_ws(' ', $3, place))::uuid END, CASE WHEN $3 IS NOT NULL THEN '{}'::jsonb END
     FROM ROWS FROM (jsonb_to_recordset($2) AS (at timestamptz, track text, ms int)) WITH ORDINALITY
       AS listen (at, track, ms, place)`,
    [userId, JSON.stringify(listens), historyImportId],
  );
}

/** A history import that is done, without any row. */
export async function insertEmptyHistoryImport(db: Db, userId: number, file = 'a.json'): Promise<number> {
  const { id } = await db.one<{ id: number }>(
    `INSERT INTO history_imports (user_id, state, files, counts, finished_at)
     VALUES ($1, 'done', $2, '{"added": 1}', now()) RETURNING history_import_id AS id`,
    [userId, JSON.stringify([{ file, format: 'lastfm', rows: 9, faults: [], isOpened: true }])],
  );
  return id;
}

/** A history import of three rows about a track: a play, the same play by another file, and a podcast; and a repeat. */
export async function insertHistoryImport(
  db: Db,
  userId: number,
  trackId: string,
  file?: string,
): Promise<number> {
  const id = await insertEmptyHistoryImport(db, userId, file);
  for (const sql of [
    `INSERT INTO plays (user_id, played_at, track_id, source, ms_played, reached_end, history_import_id, row_key, file_row)
     VALUES ($1, '2020-05-01T12:00:00Z', $3, 'spotify extended', 200000, true, $2, md5('a')::uuid, '{"ts": 1.10}')`,
    `INSERT INTO paired_plays (user_id, row_key, history_import_id, source, ended_at, own_track_id, ms_played, file_row,
       played_at, track_id, nth)
     VALUES ($1, md5('b')::uuid, $2, 'lastfm', '2020-05-01T12:00:03Z', $3, NULL, '{}', '2020-05-01T12:00:00Z', $3, 1)`,
    `INSERT INTO history_import_rows (user_id, history_import_id, row_id, bucket, reason, file_number, file_row, original)
     SELECT $1, $2, 3, 'podcast', 'an episode', 0, 3, '{"episode": "é"}' WHERE $3 <> ''`,
    `INSERT INTO history_import_repeats SELECT $1, $2, 0, '{[4,9)}', ARRAY[md5('a')::uuid] WHERE $3 <> ''`,
    `INSERT INTO history_import_tracks (user_id, history_import_id, track_id) VALUES ($1, $2, $3)`,
  ])
    await db.execute(sql, [userId, id, trackId]);
  return id;
}

/** Tracks an archive holds outside of every list and playlist. */
export async function insertArchiveTracks(db: Db, userId: number, tracks: readonly string[]): Promise<void> {
  await db.execute(`INSERT INTO library_tracks (user_id, track_id) SELECT $1, unnest($2::text[])`, [
    userId,
    tracks,
  ]);
}

/** One run of migrate:sqlite, without a report unless one is given; answers its id. */
export async function insertImport(
  db: Db,
  userId: number,
  sourceName = 'old.db',
  report: unknown = null,
): Promise<number> {
  const { import_id: importId } = await db.one<{ import_id: number }>(
    `INSERT INTO imports (user_id, source_name, source_layout, source_digest, finished_at, report)
     VALUES ($1, $2, 'snapshots', md5($2), now(), $3) RETURNING import_id`,
    [userId, sourceName, report === null ? null : JSON.stringify(report)],
  );
  return importId;
}

export interface RejectFields {
  readonly key: string;
  readonly text: string;
  readonly table?: string;
  /** null: the whole row. */
  readonly column?: string | null;
  readonly reason?: string;
  /** A cell or a row of cells, in the place of `text`. */
  readonly original?: object;
}

export async function insertReject(
  db: Db,
  userId: number,
  importId: number,
  { key, text, table = 'tracks', column = 'duration_ms', reason = 'no number', original }: RejectFields,
): Promise<void> {
  await db.execute(
    `INSERT INTO import_rejects (user_id, import_id, source_table, source_key, source_column, reason, original)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [userId, importId, table, key, column, reason, JSON.stringify(original ?? { type: 'text', text })],
  );
}
