import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { OldTrackPayload } from './payload.ts';

/** The old app's layout of playlists; that of snapshots is in src/exports/old-file.ts. */
export const PLAYLISTS_LAYOUT = `
  CREATE TABLE artists (id INTEGER PRIMARY KEY AUTOINCREMENT, spotify_id TEXT NOT NULL, name TEXT NOT NULL,
    created_at TEXT NOT NULL);
  CREATE TABLE tracks (id INTEGER PRIMARY KEY AUTOINCREMENT, spotify_id TEXT NOT NULL, name TEXT NOT NULL,
    artist_id INTEGER, album_name TEXT, release_date TEXT, duration_ms INTEGER, popularity INTEGER,
    audio_features TEXT, created_at TEXT NOT NULL, FOREIGN KEY (artist_id) REFERENCES artists(id));
  CREATE TABLE playlist_tracks (id INTEGER PRIMARY KEY AUTOINCREMENT, playlist_id TEXT NOT NULL,
    track_id INTEGER NOT NULL, position INTEGER NOT NULL, created_at TEXT NOT NULL,
    FOREIGN KEY (track_id) REFERENCES tracks(id));`;

/** Writes an invented old file, over what was there. */
export function writeOldFile(
  file: string,
  layout: string,
  fill: (database: Database.Database) => void,
): void {
  rmSync(file, { force: true });
  const database = new Database(file);
  try {
    // One that is cut off is simply made again.
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.exec(layout);
    database.transaction(() => fill(database))();
  } finally {
    database.close();
  }
}

/** Adds tracks to a file of the snapshots layout. */
export function addTracks(database: Database.Database, payloads: Iterable<OldTrackPayload>): void {
  const add = database.prepare('INSERT INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (const payload of payloads) {
    const { id, name, artists, album, duration_ms: durationMs, external_urls: urls } = payload;
    add.run(id, name, artists[0]?.name, album.name, durationMs, urls.spotify, JSON.stringify(payload));
  }
}
