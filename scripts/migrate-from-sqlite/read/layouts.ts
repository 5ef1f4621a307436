export type Layout = 'snapshots' | 'playlists';

export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
  /** Without these the table makes no sense; other missing columns count as NULL. */
  readonly required: readonly string[];
  /** Names a row to people. */
  readonly key: readonly string[];
}

/** Parents first. Only `tracks` is required: an archive may have no list yet. */
export const LAYOUTS: Readonly<Record<Layout, readonly TableShape[]>> = {
  snapshots: [
    {
      name: 'tracks',
      columns: ['track_id', 'name', 'artist_name', 'album_name', 'duration_ms', 'spotify_url', 'raw_json'],
      required: ['track_id'],
      key: ['track_id'],
    },
    {
      name: 'snapshots',
      columns: ['track_id', 'snapshot_date', 'time_range', 'rank'],
      required: ['track_id', 'snapshot_date', 'time_range'],
      key: ['track_id', 'snapshot_date', 'time_range'],
    },
  ],
  playlists: [
    {
      name: 'artists',
      columns: ['id', 'spotify_id', 'name', 'created_at'],
      required: ['id', 'spotify_id'],
      key: ['id', 'spotify_id'],
    },
    {
      name: 'tracks',
      columns: [
        'id',
        'spotify_id',
        'name',
        'artist_id',
        'album_name',
        'release_date',
        'duration_ms',
        'popularity',
        'audio_features',
        'created_at',
      ],
      required: ['id', 'spotify_id'],
      key: ['id', 'spotify_id'],
    },
    {
      name: 'playlist_tracks',
      columns: ['id', 'playlist_id', 'track_id', 'position', 'created_at'],
      required: ['playlist_id', 'track_id'],
      key: ['id', 'playlist_id', 'track_id'],
    },
  ],
};

/** Null for an unknown layout. */
export function detectLayout(columnsOfTracks: readonly string[]): Layout | null {
  const columns = new Set(columnsOfTracks.map((name) => name.toLowerCase()));
  if (columns.has('track_id')) return 'snapshots';
  return columns.has('spotify_id') && columns.has('id') ? 'playlists' : null;
}
