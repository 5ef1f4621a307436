import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { SNAPSHOTS_LAYOUT } from '../../../src/exports/old-file.ts';
import { addTracks, PLAYLISTS_LAYOUT, writeOldFile } from '../../invented/old-files.ts';
import { inventListener, type ArchiveOptions, type DemoListener, type DemoTrack } from './archive.ts';
import { oldTrackPayload } from '../../invented/payload.ts';
import { integerBetween, randomFor } from '../../invented/random.ts';
import { timeRanges } from './rankings.ts';
import { writtenDate } from '../../invented/releases.ts';

export interface DemoArchive {
  readonly snapshotsFile: string;
  readonly playlistsFile: string;
}

/** Writes both old editions; the same seed and end date give the same rows. */
export function writeDemoArchive(options: ArchiveOptions & { readonly directory: string }): DemoArchive {
  const listener = inventListener(options);
  mkdirSync(options.directory, { recursive: true });
  const snapshotsFile = join(options.directory, 'music_time_machine.db');
  const playlistsFile = join(options.directory, 'music_time_machine_playlists.db');
  writeOldFile(snapshotsFile, SNAPSHOTS_LAYOUT, (database) => fillSnapshots(database, listener));
  writeOldFile(playlistsFile, PLAYLISTS_LAYOUT, (database) => fillPlaylists(database, listener));
  return { snapshotsFile, playlistsFile };
}

const archived = ({ tracks }: DemoListener): DemoTrack[] => tracks.filter((track) => track.archived);

function fillSnapshots(database: Database.Database, listener: DemoListener): void {
  addTracks(database, archived(listener).map(oldTrackPayload));
  const addRank = database.prepare('INSERT INTO snapshots VALUES (?, ?, ?, ?)');
  for (const { date, lists } of listener.snapshots) {
    for (const range of timeRanges)
      lists[range].forEach(({ id }, index) => addRank.run(id, date, range, index + 1));
  }
}

function fillPlaylists(database: Database.Database, listener: DemoListener): void {
  const artistIds = numberArtists(database, archived(listener));
  const trackIds = numberTracks(database, archived(listener), artistIds);
  const add = database.prepare(
    'INSERT INTO playlist_tracks (playlist_id, track_id, position, created_at) VALUES (?, ?, ?, ?)',
  );
  for (const { id, date, tracks } of listener.playlists) {
    tracks.forEach((track, index) =>
      add.run(id, trackIds.get(track.id), index + 1, `${date} 06:30:${twoDigits(index)}`),
    );
  }
}

function numberArtists(
  database: Database.Database,
  tracks: readonly DemoTrack[],
): Map<string, number | bigint> {
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

function numberTracks(database: Database.Database, tracks: readonly DemoTrack[], artistIds: Ids): Ids {
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

/** Spotify had no features for about one track in eight. */
function featuresText(track: DemoTrack): string | null {
  return randomFor('features', track.id)() < 0.12 ? null : JSON.stringify(track.features);
}

/** The time of the nightly run, before it made the day's playlists. */
function addedAt({ id, discoveredOn }: DemoTrack): string {
  const random = randomFor('added', id);
  return `${discoveredOn} 05:${twoDigits(integerBetween(random, 0, 59))}:${twoDigits(integerBetween(random, 0, 59))}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
