import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { inventListener, type ArchiveOptions, type DemoListener, type DemoTrack } from './archive.ts';
import { oldTrackPayload } from './payload.ts';
import { integerBetween, randomFor } from './random.ts';
import { timeRanges } from './rankings.ts';
import { writtenDate } from './releases.ts';

export interface DemoArchive {
  readonly snapshotsFile: string;
  readonly playlistsFile: string;
}

/** Writes both old editions for one invented listener, over what was there; the same seed and end date give the same rows. */
export function writeDemoArchive(options: ArchiveOptions & { readonly directory: string }): DemoArchive {
  const listener = inventListener(options);
  mkdirSync(options.directory, { recursive: true });
  const snapshotsFile = join(options.directory, 'music_time_machine.db');
  const playlistsFile = join(options.directory, 'music_time_machine_playlists.db');
  writeFile(snapshotsFile, snapshotsLayout, (database) => fillSnapshots(database, listener));
  writeFile(playlistsFile, playlistsLayout, (database) => fillPlaylists(database, listener));
  return { snapshotsFile, playlistsFile };
}

const snapshotsLayout = `
  CREATE TABLE tracks (track_id TEXT PRIMARY KEY, name TEXT, artist_name TEXT, album_name TEXT, duration_ms INTEGER,
    spotify_url TEXT, raw_json TEXT);
  CREATE TABLE snapshots (track_id TEXT, snapshot_date TEXT, time_range TEXT, rank INTEGER,
    PRIMARY KEY (track_id, snapshot_date, time_range));`;

const playlistsLayout = `
  CREATE TABLE artists (id INTEGER PRIMARY KEY AUTOINCREMENT, spotify_id TEXT NOT NULL, name TEXT NOT NULL,
    created_at TEXT NOT NULL);
  CREATE TABLE tracks (id INTEGER PRIMARY KEY AUTOINCREMENT, spotify_id TEXT NOT NULL, name TEXT NOT NULL,
    artist_id INTEGER, album_name TEXT, release_date TEXT, duration_ms INTEGER, popularity INTEGER,
    audio_features TEXT, created_at TEXT NOT NULL, FOREIGN KEY (artist_id) REFERENCES artists(id));
  CREATE TABLE playlist_tracks (id INTEGER PRIMARY KEY AUTOINCREMENT, playlist_id TEXT NOT NULL,
    track_id INTEGER NOT NULL, position INTEGER NOT NULL, created_at TEXT NOT NULL,
    FOREIGN KEY (track_id) REFERENCES tracks(id));`;

function writeFile(file: string, layout: string, fill: (database: Database.Database) => void): void {
  rmSync(file, { force: true });
  const database = new Database(file);
  try {
    database.exec(layout);
    database.transaction(() => fill(database))();
  } finally {
    database.close();
  }
}

const archived = ({ tracks }: DemoListener): DemoTrack[] => tracks.filter((track) => track.archived);

function fillSnapshots(database: Database.Database, listener: DemoListener): void {
  const addTrack = database.prepare('INSERT INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?)');
  const addRank = database.prepare('INSERT INTO snapshots VALUES (?, ?, ?, ?)');
  for (const track of archived(listener)) {
    const payload = oldTrackPayload(track);
    const url = payload.external_urls.spotify;
    addTrack.run(
      track.id,
      track.name,
      track.artists[0].name,
      track.album.name,
      track.durationMs,
      url,
      JSON.stringify(payload),
    );
  }
  for (const { date, lists } of listener.snapshots) {
    for (const range of timeRanges)
      lists[range].forEach(({ id }, index) => addRank.run(id, date, range, index + 1));
  }
}

function fillPlaylists(database: Database.Database, listener: DemoListener): void {
  const artistIds = addArtists(database, archived(listener));
  const trackIds = addTracks(database, archived(listener), artistIds);
  const add = database.prepare(
    'INSERT INTO playlist_tracks (playlist_id, track_id, position, created_at) VALUES (?, ?, ?, ?)',
  );
  for (const { id, date, tracks } of listener.playlists) {
    tracks.forEach((track, index) =>
      add.run(id, trackIds.get(track.id), index + 1, `${date} 06:30:${twoDigits(index)}`),
    );
  }
}

function addArtists(database: Database.Database, tracks: readonly DemoTrack[]): Map<string, number | bigint> {
  const add = database.prepare('INSERT INTO artists (spotify_id, name, created_at) VALUES (?, ?, ?)');
  const ids = new Map<string, number | bigint>();
  for (const track of tracks) {
    const [artist] = track.artists;
    if (!ids.has(artist.id))
      ids.set(artist.id, add.run(artist.id, artist.name, addedAt(track)).lastInsertRowid);
  }
  return ids;
}

type Ids = ReadonlyMap<string, number | bigint>;

function addTracks(database: Database.Database, tracks: readonly DemoTrack[], artistIds: Ids): Ids {
  const add = database.prepare(`
    INSERT INTO tracks (spotify_id, name, artist_id, album_name, release_date, duration_ms, popularity, audio_features, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return new Map(tracks.map((track) => [track.id, add.run(...trackRow(track, artistIds)).lastInsertRowid]));
}

function trackRow(track: DemoTrack, artistIds: Ids): unknown[] {
  const { id, name, album, artists, durationMs, popularity } = track;
  const released = writtenDate(album);
  return [
    id,
    name,
    artistIds.get(artists[0].id),
    album.name,
    released,
    durationMs,
    popularity,
    featuresText(track),
    addedAt(track),
  ];
}

/** Spotify had no features for one track in eight or so. */
function featuresText(track: DemoTrack): string | null {
  return randomFor('features', track.id)() < 0.12 ? null : JSON.stringify(track.features);
}

/** The nightly run, before the playlists of the day were made. */
function addedAt({ id, discoveredOn }: DemoTrack): string {
  const random = randomFor('added', id);
  return `${discoveredOn} 05:${twoDigits(integerBetween(random, 0, 59))}:${twoDigits(integerBetween(random, 0, 59))}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
