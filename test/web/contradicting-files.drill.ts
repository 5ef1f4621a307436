import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { moveArchive } from '../../scripts/migrate-from-sqlite/move-archive.ts';
import { verifyArchive } from '../../scripts/migrate-from-sqlite/verify/verify-archive.ts';
import type { InventedTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { streamArchive } from '../../src/exports/stream-archive.ts';
import { restoreArchive } from '../../src/restore/restore.ts';
import { captureSnapshots } from '../../src/snapshots/capture.ts';
import { listAddresses, PAGES } from '../support/addresses.ts';
import { ALICE, BOB, signIn, useApp, userIdFor, type Visitor } from '../support/app.ts';
import { useDatabase } from '../support/database.ts';
import { listStrayDerived } from '../support/derived.ts';
import {
  insert,
  PLAYLISTS_SCHEMA,
  SNAPSHOTS_SCHEMA,
  useDirectory,
  writeArchive,
} from '../support/old-archives.ts';
import { settingsFor } from '../support/spotify-sign-in.ts';

/** Tracks that Spotify lists for both. */
const SHARED = listedForBoth().slice(0, 12);

function listedForBoth(): InventedTrack[] {
  const lists = standInListeners().map(({ topTracks }) => topTracks.short_term as readonly InventedTrack[]);
  return (lists[0] ?? []).filter(({ id }) => lists[1]?.some((track) => track.id === id));
}

const artistIds = (track: InventedTrack): string[] =>
  (track.artists as readonly { id: string }[]).map(({ id }) => id);
const firstArtist = (track: InventedTrack): string => artistIds(track)[0] ?? '';

const directory = useDirectory();
const MARKS: Readonly<Record<string, string>> = { [ALICE]: 'alicemark', [BOB]: 'bobmark' };
const yearOf = (mark: string): number => (mark === 'alicemark' ? 1931 : 1932);

/** What a listener's old files say of the shared tracks: of each field something else than the other's, and than Spotify. */
function snapshotsFile(mark: string): string {
  return writeArchive(directory, `${mark}-snapshots`, SNAPSHOTS_SCHEMA, (db) => {
    SHARED.forEach((track, n) => {
      const name = `Love ${mark} song ${n}`;
      const artists = [
        { id: `${mark}artist${n}`, name: `${mark} band` },
        { id: firstArtist(track), name: `${mark} renamed` },
      ];
      const album = {
        id: `${mark}album`,
        name: `${mark} album`,
        album_type: `${mark}type`,
        release_date: `${yearOf(mark)}-05-01`,
      };
      const raw_json = JSON.stringify({
        id: track.id,
        name,
        artists,
        album,
        popularity: 1,
        extra: `${mark} payload`,
        external_ids: { isrc: `${mark}isrc` },
      });
      insert(db, 'tracks', {
        track_id: track.id,
        name,
        artist_name: `${mark} band`,
        album_name: `${mark} album`,
        duration_ms: yearOf(mark),
        spotify_url: `https://${mark}.example`,
        raw_json,
      });
      insert(db, 'snapshots', {
        track_id: track.id,
        snapshot_date: '2024-03-01',
        time_range: 'short_term',
        rank: n + 1,
      });
    });
  });
}

function playlistsFile(mark: string): string {
  return writeArchive(directory, `${mark}-playlists`, PLAYLISTS_SCHEMA, (db) => {
    const created_at = '2024-03-01 10:00:00';
    const artists = [...new Set(SHARED.map(firstArtist))];
    artists.forEach((spotify_id, n) =>
      insert(db, 'artists', { id: n + 1, spotify_id, name: `${mark} named`, created_at }),
    );
    SHARED.forEach((track, n) => {
      const artist = firstArtist(track);
      const artistId = artists.indexOf(artist) + 1;
      insert(db, 'tracks', {
        id: n + 1,
        spotify_id: track.id,
        name: `Love ${mark} listed`,
        artist_id: artistId,
        album_name: `${mark} album`,
        release_date: `${yearOf(mark)}`,
        duration_ms: yearOf(mark),
        popularity: 2,
        audio_features: JSON.stringify({ energy: 0.7, valence: 0.6, danceability: 0.5, note: mark }),
        created_at,
      });
    });
  });
}

const FILES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(MARKS).map(([who, mark]) => [who, [snapshotsFile(mark), playlistsFile(mark)]]),
);

const read = async (visitor: Visitor, address: string): Promise<string> => {
  const { body } = await visitor.get(address).responseType('blob');
  return (body as Buffer).toString();
};

const ORDERS = [
  ['Alice moves, then Bob', ALICE, BOB, 'move'],
  ['Bob moves, then Alice', BOB, ALICE, 'move'],
  ['Alice restores, then Bob moves', ALICE, BOB, 'restore'],
  ['Bob restores, then Alice moves', BOB, ALICE, 'restore'],
] as const;

describe.each(ORDERS)('%s, and both are captured', (_order, first, second, how) => {
  const test = useApp();
  const elsewhere = useDatabase();
  const visitors = new Map<string, Visitor>();

  const moveAll = async (db: typeof test.patient, owner: string): Promise<void> => {
    for (const file of FILES[owner] ?? []) await moveArchive({ db, file, owner, backup: false });
  };

  beforeAll(async () => {
    if (how === 'restore') {
      await moveAll(elsewhere.patient, first);
      const zip = path.join(directory, `${first}.zip`);
      await pipeline(streamArchive(elsewhere.db, await userIdFor(elsewhere, first)), createWriteStream(zip));
      await restoreArchive(test.patient, zip);
    } else await moveAll(test.patient, first);
    await moveAll(test.patient, second);
    const access = {
      settings: settingsFor(test.spotify, { timeoutMs: 20_000 }),
      tokenKeys: test.config.tokenKeys,
    };
    for (const who of [first, second]) {
      visitors.set(who, await signIn(test, who));
      await captureSnapshots(test.db, await userIdFor(test, who), access);
    }
  });

  const idsFor = async (userId: number, track: InventedTrack): Promise<Record<string, string>> => ({
    trackId: track.id,
    bareTrackId: track.id,
    artistId: firstArtist(track),
    albumId: (
      await test.db.one<{ album_id: string }>(
        'SELECT album_id FROM library_tracks WHERE user_id = $1 AND track_id = $2',
        [userId, track.id],
      )
    ).album_id,
    playlistId: 'none',
    importId: '1',
    historyImportId: '1',
    quadrant: 'happy',
    file: 'abc.svg',
    year: '2024',
    month: '03',
    day: '01',
  });

  it('neither finds anything of the other on any page', async () => {
    for (const [who, stranger] of [
      [first, MARKS[second]],
      [second, MARKS[first]],
    ] as const) {
      if (stranger === undefined) continue;
      const visitor = visitors.get(who) as Visitor;
      const ids = await idsFor(await userIdFor(test, who), SHARED[0] as InventedTrack);
      const pages = PAGES.flatMap((page) => listAddresses(page, ids));
      expect(pages.length).toBeGreaterThan(200);
      for (const address of pages) {
        const text = await read(visitor, address);
        const found = new RegExp(`.{0,60}(${stranger}|\\b${yearOf(stranger)}\\b).{0,60}`).exec(text)?.[0];
        expect.soft(found, `${address} for ${who}`).toBeUndefined();
      }
    }
  });

  it('what each file says is there, or kept with its listener', async () => {
    for (const owner of how === 'move' ? [first, second] : [second])
      for (const file of FILES[owner] ?? []) {
        const found = await verifyArchive({ db: test.patient, file, owner });
        expect(found.ok ? [] : found).toEqual([]);
      }
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });

  it('the catalogue says what Spotify does', async () => {
    const rows = await test.db.many<{ name: string; payload: { name: string }; artists: string[] }>(
      `SELECT name, raw_json AS payload,
         ARRAY(SELECT artist_id FROM track_artists AS c WHERE c.track_id = tracks.track_id ORDER BY artist_id) AS artists
       FROM tracks WHERE track_id = ANY ($1)`,
      [SHARED.map(({ id }) => id)],
    );
    const said = new Map(SHARED.map((track) => [track.name, track]));
    for (const row of rows) {
      const track = said.get(row.name);
      expect(row.payload.name).toBe(row.name);
      expect(row.artists).toEqual(track && artistIds(track).toSorted());
    }
    expect(rows).toHaveLength(SHARED.length);
  });
});
