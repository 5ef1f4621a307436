import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../src/db.ts';
import { takeSending } from '../../src/playlists/lease.ts';
import { runSending } from '../../src/playlists/send.ts';
import type { SpotifyAccess } from '../../src/users/access-token.ts';
import { insertPlaylist } from './factories.ts';

/** Ids of Spotify's shape; the same number, the same id. */
export const spotifyIds = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => `id${String(from + n).padStart(20, '0')}`);

export const urisOf = (ids: readonly string[]): string[] => ids.map((id) => `spotify:track:${id}`);

/** What a form of a page has in one of its fields, or nothing. */
export const fieldOf = (html: string, name: string): string =>
  (new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? '').replaceAll('&amp;', '&');

/** Tracks in the catalogue, named after their number; energy rises with it where asked for. */
export async function insertNumberedTracks(
  db: Db,
  ids: readonly string[],
  withFeatures = false,
): Promise<void> {
  await db.execute(
    `INSERT INTO tracks (track_id, name, artist_name, duration_ms, audio_features)
     SELECT id, 'Track ' || place, 'Artist ' || place % 7, 180000,
       CASE WHEN $2 THEN jsonb_build_object('energy', (place % 100) / 100.0, 'valence', 0.5, 'danceability', 0.4,
         'tempo', 60 + place % 120) END
     FROM unnest($1::text[]) WITH ORDINALITY AS list (id, place) ON CONFLICT DO NOTHING`,
    [ids, withFeatures],
  );
}

/** Puts tracks in a listener's library, a thousand at a time: a statement may take five seconds. */
export async function addToLibrary(db: Db, userId: number, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += 1_000)
    await db.execute('SELECT fill_library($1, $2)', [userId, ids.slice(from, from + 1_000)]);
}

/** A playlist of tracks of its own. */
export async function insertFilledPlaylist(
  db: Db,
  userId: number,
  playlistId: string,
  ids: readonly string[],
): Promise<void> {
  await insertNumberedTracks(db, ids);
  await addToLibrary(db, userId, ids);
  await insertPlaylist(db, userId, { playlistId }, ids);
}

/** As if whoever was sending had been gone for long: no lease and no wait stands in the way. */
export const letTimePass = (db: Db): Promise<number> =>
  db.execute(
    `UPDATE playlist_sendings SET leased_until = now() - interval '1 second', not_before = NULL WHERE state <> 'sent'`,
  );

/** Waits until nothing moves any more; answers the state. */
export async function settled(db: Db, playlistId: string): Promise<string> {
  for (let waited = 0; waited < 200; waited += 1) {
    const row = await db.maybeOne<{ state: string }>(
      'SELECT state FROM playlist_sendings WHERE playlist_id = $1',
      [playlistId],
    );
    if (row && row.state !== 'sending') return row.state;
    await sleep(50);
  }
  throw new Error('the sending never came to rest');
}

/** As the button does, but waits until it is over: the stand-in has done at once what it will do. */
export async function sendNow(
  db: Db,
  userId: number,
  access: SpotifyAccess,
  playlistId: string,
): Promise<void> {
  const leased = await takeSending(db, userId, playlistId);
  if (leased) await runSending({ db, userId, access, leased, settleMs: 0 });
}
