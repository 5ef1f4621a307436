import { csvHead, csvLine } from '../csv.ts';
import { OWN } from './old-layout.ts';

/** For people; the JSON beside it is complete. */
export interface CsvFile {
  readonly name: string;
  /** SQL (of type text) by heading. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: string;
}

const TRACK = { track: 'a.name', artists: 'artist_names', album: 'album_name' };

export const CSV_FILES: readonly CsvFile[] = [
  {
    name: 'top-lists.csv',
    columns: {
      date: 'snapshot_date::text',
      time_range: 'time_range',
      rank: 'rank::text',
      ...TRACK,
      track_id: 'track_id',
    },
    rows: `FROM (SELECT * FROM snapshots WHERE ${OWN}) AS s JOIN library_tracks AS a USING (user_id, track_id)
           ORDER BY snapshot_date, time_range COLLATE "C", rank, track_id COLLATE "C"`,
  },
  {
    name: 'top-artists.csv',
    columns: {
      date: 'snapshot_date::text',
      time_range: 'time_range',
      rank: 'rank::text',
      artist: 'a.name',
      artist_id: 'artist_id',
    },
    rows: `FROM (SELECT * FROM artist_snapshots WHERE ${OWN}) AS s JOIN artists AS a USING (artist_id)
           ORDER BY snapshot_date, time_range COLLATE "C", rank, artist_id COLLATE "C"`,
  },
  {
    name: 'plays.csv',
    columns: {
      played_at: `to_char(played_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
      ...TRACK,
      track_id: 'track_id',
    },
    rows: `FROM (SELECT * FROM plays WHERE ${OWN}) AS p JOIN library_tracks AS a USING (user_id, track_id)
           ORDER BY p.played_at, track_id COLLATE "C"`,
  },
  {
    name: 'playlists.csv',
    columns: {
      playlist: 'p.name',
      position: 'position::text',
      ...TRACK,
      track_id: 'track_id',
      playlist_id: 'playlist_id',
    },
    rows: `FROM (SELECT * FROM playlist_tracks WHERE ${OWN}) AS e
           JOIN playlists AS p USING (user_id, playlist_id) JOIN library_tracks AS a USING (user_id, track_id)
           ORDER BY playlist_id COLLATE "C", e.position, track_id COLLATE "C"`,
  },
  {
    name: 'tracks.csv',
    columns: {
      ...TRACK,
      release_date: 'release_date::text',
      release_date_precision: 'release_date_precision',
      duration_ms: 'duration_ms::text',
      popularity: 'popularity::text',
      energy: 'energy::text',
      valence: 'valence::text',
      danceability: 'danceability::text',
      tempo_bpm: 'tempo::text',
      loudness_db: 'loudness::text',
      first_listed_date: 'first_listed_date::text',
      last_listed_date: 'last_listed_date::text',
      best_rank: 'best_rank::text',
      track_id: 'track_id',
    },
    rows: `FROM library_tracks AS a WHERE ${OWN} ORDER BY track_id COLLATE "C"`,
  },
];

export const csvQuery = ({ columns, rows }: CsvFile): string =>
  `SELECT ${Object.entries(columns)
    .map(([heading, sql]) => `${sql} AS "${heading}"`)
    .join(', ')} ${rows}`;

export type CsvRow = Readonly<Record<string, string | null>>;

export const sizeOfCsvRow = (row: CsvRow): number =>
  Object.values(row).reduce((sum, text) => sum + (text?.length ?? 0), 0);

export const csvLines = (rows: readonly CsvRow[]): string =>
  rows.map((row) => csvLine(Object.values(row).map((text) => text ?? ''))).join('');

export const csvHeader = ({ columns }: CsvFile): string => csvHead(Object.keys(columns));
