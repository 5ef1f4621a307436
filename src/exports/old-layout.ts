/** A table of the old app's *snapshots* layout, and what of an archive goes into it. */
export interface OldTable {
  readonly name: 'tracks' | 'snapshots';
  /** All values as text; SQLite makes integers of them where the column is one. */
  readonly query: string;
  readonly count: string;
  readonly insert: string;
}

/** Neither COPY nor a cursor takes parameters everywhere, so the listener's id comes as a setting of the transaction. */
export const OWN = `user_id = current_setting('export.user_id')::bigint`;

export const OLD_TABLES: readonly OldTable[] = [
  {
    name: 'tracks',
    count: `SELECT count(*)::int AS rows FROM library_tracks WHERE ${OWN}`,
    query: `SELECT track_id, t.name, t.artist_name, t.album_name, t.duration_ms, t.spotify_url, t.raw_json::text
            FROM library_tracks JOIN tracks AS t USING (track_id) WHERE ${OWN} ORDER BY track_id COLLATE "C"`,
    insert: 'INSERT INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?)',
  },
  {
    name: 'snapshots',
    count: `SELECT count(*)::int AS rows FROM snapshots WHERE ${OWN}`,
    query: `SELECT track_id, snapshot_date, time_range, rank
            FROM snapshots WHERE ${OWN} ORDER BY snapshot_date, time_range, rank, track_id COLLATE "C"`,
    insert: 'INSERT INTO snapshots VALUES (?, ?, ?, ?)',
  },
];
