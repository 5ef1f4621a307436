export interface OldTable {
  readonly name: 'tracks' | 'snapshots';
  /** All values as text, which SQLite converts to the column's type. */
  readonly query: string;
  readonly count: string;
  readonly insert: string;
}

/** COPY and cursors take no parameters, so the listener's id is a setting of the transaction. */
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
