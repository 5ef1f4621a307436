import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Db } from '../../src/db.ts';
import { TIME_RANGES, type TimeRange } from '../../src/spotify/top-tracks.ts';
import { currentTopTracks } from './archive/archive.ts';
import { writeDemoArchive } from './archive/write.ts';
import { fillArtistLists } from './artist-lists.ts';
import { withOddities } from './odd-plays.ts';
import { writeHistoryPackage } from './history-package.ts';
import { fillHistory, inventedPlays } from './plays.ts';
import type { StandInListener } from '../spotify-stand-in/server.ts';

export interface Demo {
  readonly files: readonly string[];
  /** Null: it waits to be claimed. */
  readonly owner: string | null;
  /** A ZIP to try the history import with. */
  readonly historyFile: string | null;
  listener(db: Db): Promise<StandInListener>;
}

/** Made once, so that a later start finds the same listener. */
export function inventedDemo(directory: string): Demo {
  const endDate = rememberEndDate(path.join(directory, 'end-date'));
  const historyFile = path.join(directory, 'my_spotify_data.zip');
  const { snapshotsFile, playlistsFile } = writeDemoArchive({ directory, endDate });
  return {
    files: [snapshotsFile, playlistsFile],
    owner: 'demo-listener',
    historyFile,
    listener: async (db) => {
      const topTracks = currentTopTracks({ endDate });
      await fillHistory(db, 'demo-listener', everyTrack(topTracks));
      await fillArtistLists(db, 'demo-listener');
      await writeHistoryPackage(historyFile, everyTrack(topTracks));
      return {
        id: 'demo-listener',
        displayName: 'Noor Lindqvist',
        topTracks,
        recentlyPlayed: (now) => withOddities(recentPlays(everyTrack(topTracks), now), now),
      };
    },
  };
}

const WEEK_MS = 7 * 86_400_000;

const everyTrack = (lists: StandInListener['topTracks']): (object | null)[] => [
  ...lists.short_term,
  ...lists.medium_term,
  ...lists.long_term,
];

const recentPlays = (tracks: readonly (object | null)[], now: Date) =>
  inventedPlays(tracks, new Date(now.getTime() - WEEK_MS), now);

function rememberEndDate(file: string): string {
  if (!existsSync(file)) writeFileSync(file, new Date().toISOString().slice(0, 10));
  return readFileSync(file, 'utf8').trim();
}

/** The listener's own file, unclaimed. The stand-in answers with the newest lists of the archive, moved on a little. */
export function ownFileDemo(file: string): Demo {
  return {
    files: [file],
    owner: null,
    historyFile: null,
    listener: async (db) => {
      const topTracks = await listsFromArchive(db);
      return {
        id: 'you',
        displayName: 'You',
        topTracks,
        recentlyPlayed: (now) => recentPlays(everyTrack(topTracks), now),
      };
    },
  };
}

async function listsFromArchive(db: Db): Promise<StandInListener['topTracks']> {
  const lists = await Promise.all(TIME_RANGES.map((range) => newestList(db, range)));
  return { short_term: lists[0] ?? [], medium_term: lists[1] ?? [], long_term: lists[2] ?? [] };
}

/** The newest list of the range, else the best known tracks; every fifth entry is swapped with the next. */
async function newestList(db: Db, range: TimeRange): Promise<object[]> {
  const rows = await db.many<{ payload: object }>(
    `WITH newest AS (
       SELECT DISTINCT ON (track_id) track_id, rank
       FROM snapshots
       WHERE time_range = $1 AND snapshot_date = (SELECT max(snapshot_date) FROM snapshots WHERE time_range = $1)
     )
     SELECT COALESCE(raw_json, jsonb_build_object(
       'id', track_id, 'name', name, 'type', 'track', 'uri', 'spotify:track:' || track_id,
       'duration_ms', duration_ms, 'artists', jsonb_build_array(jsonb_build_object('id', NULL, 'name', artist_name)),
       'album', jsonb_build_object('name', album_name), 'external_urls',
       jsonb_build_object('spotify', 'https://open.spotify.com/track/' || track_id)
     )) AS payload
     FROM tracks LEFT JOIN newest USING (track_id)
     WHERE name IS NOT NULL
     ORDER BY newest.rank NULLS LAST, popularity DESC NULLS LAST, track_id
     LIMIT 50`,
    [range],
  );
  const list = rows.map(({ payload }) => payload);
  for (let place = 4; place < list.length - 1; place += 5)
    list.splice(place, 2, ...list.slice(place, place + 2).toReversed());
  return list;
}
