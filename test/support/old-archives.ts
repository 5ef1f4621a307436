import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { afterAll } from 'vitest';

export const SNAPSHOTS_SCHEMA = `
  CREATE TABLE tracks (track_id TEXT PRIMARY KEY, name TEXT, artist_name TEXT, album_name TEXT,
    duration_ms INTEGER, spotify_url TEXT, raw_json TEXT);
  CREATE TABLE snapshots (track_id TEXT, snapshot_date TEXT, time_range TEXT, rank INTEGER,
    PRIMARY KEY (track_id, snapshot_date, time_range));`;

export const PLAYLISTS_SCHEMA = `
  CREATE TABLE artists (id INTEGER PRIMARY KEY AUTOINCREMENT, spotify_id TEXT NOT NULL, name TEXT NOT NULL,
    created_at TEXT NOT NULL);
  CREATE TABLE tracks (id INTEGER PRIMARY KEY AUTOINCREMENT, spotify_id TEXT NOT NULL, name TEXT NOT NULL,
    artist_id INTEGER, album_name TEXT, release_date TEXT, duration_ms INTEGER, popularity INTEGER,
    audio_features TEXT, created_at TEXT NOT NULL, FOREIGN KEY (artist_id) REFERENCES artists(id));
  CREATE TABLE playlist_tracks (id INTEGER PRIMARY KEY AUTOINCREMENT, playlist_id TEXT NOT NULL,
    track_id INTEGER NOT NULL, position INTEGER NOT NULL, created_at TEXT NOT NULL,
    FOREIGN KEY (track_id) REFERENCES tracks(id));`;

/** A directory of the test file's own, gone when it ends. */
export function useDirectory(): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-old-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes an old archive; `fill` may do to it whatever an old app, a person or a bad disk has done. */
export function writeArchive(
  directory: string,
  name: string,
  schema: string,
  fill: (db: Database) => void = () => undefined,
): string {
  const file = path.join(directory, `${name}.db`);
  const db = new Sqlite(file);
  db.pragma('foreign_keys = OFF');
  db.exec(schema);
  db.transaction(() => fill(db))();
  db.close();
  return file;
}

/** Inserts rows given as objects; a column that is not named is NULL, a whole number is an INTEGER. */
export function insert(db: Database, table: string, ...rows: Readonly<Record<string, unknown>>[]): void {
  for (const row of rows) {
    const columns = Object.keys(row);
    db.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    ).run(...Object.values(row).map((value) => (Number.isInteger(value) ? BigInt(value as number) : value)));
  }
}
