import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runRound } from '../../src/jobs/worker.ts';
import { listDueSendings } from '../../src/playlists/due-sendings.ts';
import { takeDueSending, takeSending } from '../../src/playlists/lease.ts';
import { findSending, startSending } from '../../src/playlists/sendings.ts';
import { deleteRows } from '../support/database.ts';
import { useConnected } from '../support/connected.ts';
import { insertFilledPlaylist, letTimePass, spotifyIds, urisOf, sendNow } from '../support/playlists.ts';

const test = useConnected();
const ids = spotifyIds(250);
let userId: number;
let made = 0;

beforeAll(async () => {
  userId = await test.connectListener('alice-stand-in');
  // Nothing else is to be done for her.
  await test.db.execute('UPDATE users SET paused_at = now()');
});
afterEach(async () => {
  test.spotify.heal();
  test.spotify.forgetPlaylists();
  await deleteRows(test.db, 'playlist_sendings', 'spotify_limits');
});

async function start(): Promise<string> {
  made += 1;
  await insertFilledPlaylist(test.db, userId, `p${made}`, ids);
  await startSending(test.db, userId, `p${made}`, { isPublic: false });
  return `p${made}`;
}
const go = (playlistId: string) => sendNow(test.db, userId, test.access, playlistId);
const look = (playlistId: string) => findSending(test.db, userId, playlistId);
const round = () => runRound(test.db, test.access);
const isDue = async (): Promise<boolean> => (await listDueSendings(test.db)).length > 0;
const filled = () => test.spotify.playlists.map(({ uris }) => uris);

/** As after a kill between two hundreds: the lease stands, and nobody holds it. */
async function killed(): Promise<string> {
  const playlistId = await start();
  test.spotify.fail({ on: 'playlist-items', kind: 'status', status: 503, after: 1, times: 'once' });
  await go(playlistId);
  await test.db.execute(
    `UPDATE playlist_sendings SET state = 'sending', problem = NULL, again_at = NULL, lease = gen_random_uuid(),
       leased_until = now() + interval '20 seconds'`,
  );
  return playlistId;
}

describe('the worker goes on by itself', () => {
  it('with what was cut off, as soon as the lease has run out', async () => {
    const playlistId = await killed();
    await round();
    expect(filled()).toEqual([urisOf(ids.slice(0, 100))]);
    await letTimePass(test.db);
    expect(await look(playlistId)).toMatchObject({ state: 'interrupted', again_at: expect.any(Date) });
    await round();
    expect(filled()).toEqual([urisOf(ids)]);
    expect(await look(playlistId)).toMatchObject({ state: 'sent', again_at: null });
    expect(await isDue()).toBe(false);
  });

  it('once, however many workers there are', async () => {
    await killed();
    await letTimePass(test.db);
    const calls = test.spotify.calls.length;
    await Promise.all([round(), round(), round()]);
    expect(filled()).toEqual([urisOf(ids)]);
    // What arrived of it may not be read in a private list: it is emptied and filled again in two calls.
    const methods = test.spotify.calls.slice(calls).map(({ method }) => method);
    expect(methods).toEqual(['GET', 'PUT', 'POST', 'POST']);
  });

  it('not where another worker has tried since it looked, though its listener still may', async () => {
    const playlistId = await start();
    test.spotify.fail({ on: 'playlist-items', kind: 'status', status: 503, times: 'once' });
    await go(playlistId);
    await test.db.execute('UPDATE playlist_sendings SET not_before = NULL');
    expect(await takeDueSending(test.db, userId, playlistId)).toBeNull();
    expect(await takeSending(test.db, userId, playlistId)).not.toBeNull();
  });

  it('with what was never begun, since the process died right after the press of the button', async () => {
    await start();
    expect(await isDue()).toBe(false);
    await test.db.execute(`UPDATE playlist_sendings SET started_at = now() - interval '2 minutes'`);
    await round();
    expect(filled()).toEqual([urisOf(ids)]);
  });

  it('when Spotify’s wait is over, and not before', async () => {
    const playlistId = await start();
    test.spotify.fail({
      on: 'playlist-items',
      kind: 'rate-limit',
      retryAfter: 86_400,
      after: 1,
      times: 'once',
    });
    await go(playlistId);
    const stopped = await look(playlistId);
    expect(stopped?.again_at).toEqual(stopped?.not_before);
    const calls = test.spotify.calls.length;
    await round();
    expect(test.spotify.calls).toHaveLength(calls);
    await letTimePass(test.db);
    await test.db.execute('UPDATE playlist_sendings SET again_at = now()');
    // The whole app waits, whoever was told to.
    await round();
    expect(test.spotify.calls).toHaveLength(calls);
    await test.db.execute('DELETE FROM spotify_limits');
    await round();
    expect(filled()).toEqual([urisOf(ids)]);
  });

  it('after trouble at Spotify’s: later and later, six times, and from the start once something has arrived', async () => {
    test.spotify.behave({ readsPrivateItems: true });
    const playlistId = await start();
    test.spotify.fail({ on: 'playlist-items', kind: 'status', status: 503 });
    const waits: (number | null)[] = [];
    for (let turn = 0; turn < 7; turn += 1) {
      await letTimePass(test.db);
      await go(playlistId);
      const again = (await look(playlistId))?.again_at;
      waits.push(again ? Math.round((again.getTime() - Date.now()) / 60_000) : null);
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, null]);
    expect(await isDue()).toBe(false);
    test.spotify.heal();
    test.spotify.behave({ readsPrivateItems: true });
    test.spotify.fail({ on: 'playlist-items', kind: 'status', status: 503, after: 1, times: 'once' });
    await letTimePass(test.db);
    await go(playlistId);
    expect(await look(playlistId)).toMatchObject({ confirmed: 100, again_at: expect.any(Date) });
    await test.db.execute('UPDATE playlist_sendings SET again_at = now(), not_before = NULL');
    await round();
    expect(filled()).toEqual([urisOf(ids)]);
  });
});

describe('only its listener goes on', () => {
  it.each(['scope-missing', 'premium-lapsed', 'not-allow-listed'] as const)('after “%s”', async (kind) => {
    const playlistId = await start();
    const { scope } = await test.db.one<{ scope: string }>('SELECT scope FROM spotify_connections');
    if (kind === 'scope-missing')
      await test.db.execute(`UPDATE spotify_connections SET scope = 'user-top-read'`);
    test.spotify.fail({ on: 'playlist-items', kind });
    await go(playlistId);
    expect(await look(playlistId)).toMatchObject({ state: 'stopped', again_at: null });
    expect(await isDue()).toBe(false);
    await test.db.execute('UPDATE spotify_connections SET scope = $1', [scope]);
  });

  it('where Spotify may have made a playlist whose id never arrived', async () => {
    const playlistId = await start();
    test.spotify.fail({ on: 'create-playlist', kind: 'reset-midway', times: 'once' });
    await go(playlistId);
    expect(await look(playlistId)).toMatchObject({
      problem: 'unreachable',
      again_at: null,
      lost_creations: 1,
    });
    await letTimePass(test.db);
    await test.db.execute(`UPDATE playlist_sendings SET state = 'sending'`);
    expect(await look(playlistId)).toMatchObject({ state: 'interrupted', again_at: null });
    expect(await isDue()).toBe(false);
  });

  it('without a connection', async () => {
    await killed();
    await letTimePass(test.db);
    expect(await isDue()).toBe(true);
    await test.db.execute('UPDATE spotify_connections SET refresh_token = NULL');
    expect(await isDue()).toBe(false);
  });
});
