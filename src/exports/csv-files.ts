import { csvLine } from '../csv.ts';
import { OWN } from './old-layout.ts';

/** A table for people, in the words of the field; the JSON beside it is what is complete. */
export interface CsvFile {
  readonly name: string;
  /** Every column a text; its name is the heading. */
  readonly query: string;
}

export const CSV_FILES: readonly CsvFile[] = [
  {
    name: 'top-lists.csv',
    query: `SELECT snapshot_date::text AS date, time_range, rank::text, a.name AS track, artist_names AS artists,
              album_name AS album, track_id
            FROM (SELECT * FROM snapshots WHERE ${OWN}) AS s JOIN library_tracks AS a USING (user_id, track_id)
            ORDER BY snapshot_date, time_range COLLATE "C", rank, track_id COLLATE "C"`,
  },
  {
    name: 'plays.csv',
    query: `SELECT to_char(played_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS played_at, a.name AS track,
              artist_names AS artists, album_name AS album, track_id
            FROM (SELECT * FROM plays WHERE ${OWN}) AS p JOIN library_tracks AS a USING (user_id, track_id)
            ORDER BY p.played_at, track_id COLLATE "C"`,
  },
  {
    name: 'playlists.csv',
    query: `SELECT p.name AS playlist, position::text, a.name AS track, artist_names AS artists, album_name AS album,
              track_id, playlist_id
            FROM (SELECT * FROM playlist_tracks WHERE ${OWN}) AS e
            JOIN playlists AS p USING (user_id, playlist_id) JOIN library_tracks AS a USING (user_id, track_id)
            ORDER BY playlist_id COLLATE "C", position, track_id COLLATE "C"`,
  },
  {
    name: 'tracks.csv',
    query: `SELECT name AS track, artist_names AS artists, album_name AS album, release_date::text,
              release_date_precision, duration_ms::text, popularity::text, energy::text, valence::text,
              danceability::text, tempo::text AS tempo_bpm, loudness::text AS loudness_db,
              first_listed_date::text, last_listed_date::text, best_rank::text, track_id
            FROM library_tracks WHERE ${OWN} ORDER BY track_id COLLATE "C"`,
  },
];

export type CsvRow = Readonly<Record<string, string | null>>;

export const sizeOfCsvRow = (row: CsvRow): number =>
  Object.values(row).reduce((sum, text) => sum + (text?.length ?? 0), 0);

/** Lines of a CSV; what is not known is left empty. */
export const csvLines = (rows: readonly CsvRow[]): string =>
  rows.map((row) => csvLine(Object.values(row).map((text) => text ?? ''))).join('');

export const csvHeader = (row: CsvRow): string => csvLine(Object.keys(row));
