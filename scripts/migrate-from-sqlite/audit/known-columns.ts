import type { Layout } from '../read/layouts.ts';

export interface KnownColumn {
  /** The archive's `table.column`; null: it only joined the old tables. */
  readonly target: string | null;
  readonly type: string;
  readonly why: string;
}

const column = (target: string | null, type: string, why: string): KnownColumn => ({ target, type, why });

const FREE_TEXT = 'free text of any length';
const PAYLOAD = 'JSON text becomes searchable JSON; it must be an object';
const INSTANT = 'with or without a zone; without one, in the assumed zone';
const OWN_ID = 'Spotify’s id, without order or arithmetic';
const ROW_NUMBER = column(null, 'nothing', 'a row number that only joined the old tables');

const KNOWN: Readonly<Record<Layout, Readonly<Record<string, KnownColumn>>>> = {
  snapshots: {
    'tracks.track_id': column('tracks.track_id', 'text', `${OWN_ID}; the primary key`),
    'tracks.name': column('tracks.name', 'text', FREE_TEXT),
    'tracks.artist_name': column('tracks.artist_name', 'text', FREE_TEXT),
    'tracks.album_name': column('tracks.album_name', 'text', FREE_TEXT),
    'tracks.duration_ms': column('tracks.duration_ms', 'integer', 'milliseconds; 32 bits hold 24 days'),
    'tracks.spotify_url': column('tracks.spotify_url', 'text', 'an address'),
    'tracks.raw_json': column('tracks.raw_json', 'jsonb', PAYLOAD),
    'snapshots.track_id': column('snapshots.track_id', 'text', `${OWN_ID}; it refers to its track`),
    'snapshots.snapshot_date': column(
      'snapshots.snapshot_date',
      'date',
      'text written YYYY-MM-DD; a day has no zone',
    ),
    'snapshots.time_range': column(
      'snapshots.time_range',
      'text',
      'one of short_term, medium_term, long_term',
    ),
    'snapshots.rank': column('snapshots.rank', 'integer', 'a rank, above 0'),
  },
  playlists: {
    'artists.id': ROW_NUMBER,
    'artists.spotify_id': column('artists.artist_id', 'text', `${OWN_ID}; it outlives the row number`),
    'artists.name': column('artists.name', 'text', FREE_TEXT),
    'artists.created_at': column('artists.created_at', 'timestamptz', INSTANT),
    'tracks.id': ROW_NUMBER,
    'tracks.spotify_id': column('tracks.track_id', 'text', `${OWN_ID}; it outlives the row number`),
    'tracks.name': column('tracks.name', 'text', FREE_TEXT),
    'tracks.artist_id': column(
      'track_artists.artist_id',
      'text',
      'the row number becomes the Spotify id of its artist',
    ),
    'tracks.album_name': column('tracks.album_name', 'text', FREE_TEXT),
    'tracks.release_date': column(
      'tracks.release_date',
      'date',
      'a year, a month or a day; release_date_precision says which',
    ),
    'tracks.duration_ms': column('tracks.duration_ms', 'integer', 'milliseconds; 32 bits hold 24 days'),
    'tracks.popularity': column('tracks.popularity', 'smallint', 'Spotify’s scale, 0 to 100'),
    'tracks.audio_features': column('tracks.audio_features', 'jsonb', PAYLOAD),
    'tracks.created_at': column('tracks.created_at', 'timestamptz', INSTANT),
    'playlist_tracks.id': ROW_NUMBER,
    'playlist_tracks.playlist_id': column(
      'playlist_tracks.playlist_id',
      'text',
      'the old app’s own name for a playlist',
    ),
    'playlist_tracks.track_id': column(
      'playlist_tracks.track_id',
      'text',
      'the row number becomes the Spotify id of its track',
    ),
    'playlist_tracks.position': column('playlist_tracks.position', 'integer', 'a position in a list'),
    'playlist_tracks.created_at': column('playlist_tracks.created_at', 'timestamptz', INSTANT),
  },
};

const UNKNOWN_COLUMN = column(
  'import_rejects.original',
  'jsonb',
  'the archive has no such column; its values are kept unchanged',
);

/** Null if the archive does not know the table. */
export function knownColumn(layout: Layout, table: string, name: string): KnownColumn | null {
  const known = KNOWN[layout];
  const prefix = `${table.toLowerCase()}.`;
  if (!Object.keys(known).some((key) => key.startsWith(prefix))) return null;
  return known[`${prefix}${name.toLowerCase()}`] ?? UNKNOWN_COLUMN;
}
