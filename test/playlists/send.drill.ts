import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import type { Db, Queries } from '../../src/db.ts';
import { findSending, forgetSending, listLeftOut, startSending } from '../../src/playlists/sendings.ts';
import { deletePlaylist } from '../../src/playlists/playlists.ts';
import type { SpotifyAccess } from '../../src/users/access-token.ts';
import { saveConnection } from '../../src/users/connections.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertPlaylist, insertTrack } from '../support/factories.ts';
import {
  insertFilledPlaylist,
  insertNumberedTracks,
  letTimePass,
  spotifyIds,
  urisOf,
  sendNow,
} from '../support/playlists.ts';
import { connect, settingsFor } from '../support/spotify-sign-in.ts';

const test = useDatabase();
let spotify: SpotifyStandIn;
let access: SpotifyAccess;
let userId: number;
let made = 0;

beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners() });
  const tokenKeys = [{ id: 't', key: randomBytes(32) }];
  access = { settings: settingsFor(spotify, { timeoutMs: 1_000 }), tokenKeys };
  userId = await insertListener(test.db, 'alice');
  await saveConnection(test.db, userId, tokenKeys, await connect(spotify));
});
afterEach(async () => {
  spotify.heal();
  spotify.forgetPlaylists();
  await test.db.execute('DELETE FROM spotify_limits');
});
afterAll(() => spotify.close());

/** A playlist of so many tracks, started; its id. */
async function start(ids: readonly string[], isPublic = false): Promise<string> {
  made += 1;
  const playlistId = `p${made}`;
  await insertFilledPlaylist(test.db, userId, playlistId, ids);
  await startSending(test.db, userId, playlistId, { isPublic });
  return playlistId;
}
const go = (playlistId: string, db: Db = test.db) => sendNow(db, userId, access, playlistId);
const look = async (playlistId: string) => await findSending(test.db, userId, playlistId);
/** Goes on as a listener would: again and again, each time after what there was to wait for. */
async function press(playlistId: string): Promise<void> {
  await letTimePass(test.db);
  await test.db.execute('DELETE FROM spotify_limits');
  await go(playlistId);
}
const callsTo = (path: RegExp, method = 'POST') =>
  spotify.calls.filter((call) => call.method === method && path.test(call.path)).length;

describe('a sending', () => {
  it('makes a private playlist and fills it in hundreds, in order', async () => {
    const ids = spotifyIds(250);
    const before = callsTo(/items$/);
    const playlistId = await start(ids);
    await go(playlistId);
    expect(spotify.playlists).toMatchObject([{ name: playlistId, isPublic: false, uris: urisOf(ids) }]);
    expect(callsTo(/items$/) - before).toBe(3);
    expect(await look(playlistId)).toMatchObject({
      state: 'sent',
      confirmed: 250,
      left_out: 0,
      lost_creations: 0,
    });
    const kept = await test.db.one('SELECT spotify_playlist_id FROM playlists WHERE playlist_id = $1', [
      playlistId,
    ]);
    expect(kept).toEqual({ spotify_playlist_id: spotify.playlists[0]?.id });
  });

  it('is public where that was asked for', async () => {
    await go(await start(spotifyIds(1), true));
    expect(spotify.playlists).toMatchObject([{ isPublic: true }]);
  });

  it('is done once, however many ask at the same time, and again afterwards', async () => {
    const ids = spotifyIds(150);
    const playlistId = await start(ids);
    await Promise.all(Array.from({ length: 8 }, () => go(playlistId)));
    await startSending(test.db, userId, playlistId, { isPublic: true });
    await go(playlistId);
    expect(spotify.playlists).toMatchObject([{ isPublic: false, uris: urisOf(ids) }]);
  });

  it('leaves out local files and what has no id of Spotify’s, by name', async () => {
    const ids = spotifyIds(3);
    const odd = ['spotify:local:Me:Tape:Rain:180', 'an old id'];
    for (const trackId of odd)
      await insertTrack(test.db, { trackId, name: `Named ${trackId}`, artistName: 'Me' });
    await insertNumberedTracks(test.db, ids);
    await insertPlaylist(test.db, userId, { playlistId: 'odd' }, [
      ids[0] ?? '',
      odd[0] ?? '',
      ids[1] ?? '',
      odd[1] ?? '',
      ids[2] ?? '',
    ]);
    await startSending(test.db, userId, 'odd', { isPublic: false });
    await go('odd');
    expect(spotify.playlists[0]?.uris).toEqual(urisOf(ids));
    expect(await listLeftOut(test.db, userId, 'odd')).toMatchObject([
      { reason: 'local-file', name: 'Named spotify:local:Me:Tape:Rain:180', artist_name: 'Me' },
      { reason: 'no-spotify-id', name: 'Named an old id' },
    ]);
  });

  it('leaves out tracks Spotify no longer has, and only those', async () => {
    const ids = spotifyIds(230, 5_000);
    const gone = [0, 57, 58, 199, 229].map((at) => ids[at] ?? '');
    spotify.withdrawTracks(...gone);
    const playlistId = await start(ids);
    await go(playlistId);
    expect(spotify.playlists[0]?.uris).toEqual(urisOf(ids.filter((id) => !gone.includes(id))));
    expect(await look(playlistId)).toMatchObject({ state: 'sent', confirmed: 225, left_out: 5 });
    expect((await listLeftOut(test.db, userId, playlistId)).map((track) => track.track_id)).toEqual(gone);
  });

  it('of nothing that could be sent is refused, and leaves nothing behind', async () => {
    await insertPlaylist(test.db, userId, { playlistId: 'empty' }, []);
    await expect(startSending(test.db, userId, 'empty', { isPublic: false })).rejects.toMatchObject({
      status: 400,
    });
    await expect(startSending(test.db, userId, 'no such', { isPublic: false })).rejects.toMatchObject({
      status: 404,
    });
    expect(await look('empty')).toBeNull();
  });

  it('of very many tracks arrives whole', { timeout: 60_000 }, async () => {
    const ids = spotifyIds(10_000, 20_000);
    const playlistId = await start(ids);
    await go(playlistId);
    expect(spotify.playlists[0]?.uris).toEqual(urisOf(ids));
  });

  it('ends quietly where the playlist is deleted meanwhile', async () => {
    const playlistId = await start(spotifyIds(300));
    spotify.fail({ on: 'playlist-items', kind: 'delay', milliseconds: 200, after: 1 });
    const going = go(playlistId);
    await vi.waitUntil(() => (spotify.playlists[0]?.uris.length ?? 0) >= 100, 10_000);
    await deletePlaylist(test.db, userId, playlistId);
    await going;
    expect(spotify.playlists[0]?.uris.length).toBeLessThan(300);
  });
});

describe('what stands in the way is kept, and the rest is sent later', () => {
  const ids = spotifyIds(250);

  it.each([
    ['rate-limit', { kind: 'rate-limit', retryAfter: 86_400 }, 'rate-limited'],
    ['a 503', { kind: 'status', status: 503 }, 'unreachable'],
    ['no answer', { kind: 'silence' }, 'unreachable'],
    ['a cut connection', { kind: 'reset' }, 'unreachable'],
    ['HTML', { kind: 'html' }, 'unreadable'],
    ['a right that is denied though it was granted', { kind: 'scope-missing' }, 'scope-denied'],
    ['a lapsed Premium', { kind: 'premium-lapsed' }, 'premium-lapsed'],
  ] as const)('%s after the first hundred', async (_what, fault, problem) => {
    const playlistId = await start(ids);
    spotify.fail({ on: 'playlist-items', after: 1, ...fault });
    await go(playlistId);
    expect(await look(playlistId)).toMatchObject({ state: 'stopped', problem, confirmed: 100, handled: 100 });
    spotify.heal();
    await press(playlistId);
    expect(spotify.playlists).toHaveLength(1);
    expect(spotify.playlists[0]?.uris).toEqual(urisOf(ids));
    expect(await look(playlistId)).toMatchObject({ state: 'sent', problem: null });
  });

  it.each(['reset-midway', 'truncated-json', 'silence'] as const)(
    'the answer to a hundred that arrived is lost (%s): they are not sent again',
    async (kind) => {
      const playlistId = await start(ids);
      if (kind === 'silence')
        spotify.fail({ on: 'playlist-items', kind: 'delay', milliseconds: 1_500, after: 1 });
      else spotify.fail({ on: 'playlist-items', kind, after: 1 });
      await go(playlistId);
      expect(await look(playlistId)).toMatchObject({ state: 'stopped', confirmed: 100 });
      expect(spotify.playlists[0]?.uris).toHaveLength(200);
      spotify.heal();
      await press(playlistId);
      expect(spotify.playlists[0]?.uris).toEqual(urisOf(ids));
    },
  );

  it('and Spotify will not say how many are there: the first hundred take the place of all', async () => {
    const playlistId = await start(ids);
    spotify.fail({ on: 'playlist-items', kind: 'reset-midway', after: 1, times: 'once' });
    await go(playlistId);
    spotify.fail({ on: 'read-items', kind: 'scope-missing' });
    spotify.fail({ on: 'replace-items', kind: 'reset-midway', times: 'once' });
    await press(playlistId);
    expect(await look(playlistId)).toMatchObject({ state: 'stopped', problem: 'unreachable', confirmed: 0 });
    await press(playlistId);
    expect(spotify.playlists[0]?.uris).toEqual(urisOf(ids));
  });

  it('nobody calls Spotify before it is time, not even with the button pressed', async () => {
    const playlistId = await start(ids);
    spotify.fail({ on: 'create-playlist', kind: 'rate-limit', retryAfter: 86_400, times: 'once' });
    await go(playlistId);
    const before = spotify.calls.length;
    await go(playlistId);
    await test.db.execute('UPDATE playlist_sendings SET not_before = NULL');
    await go(playlistId);
    expect(spotify.calls).toHaveLength(before);
    const sending = await look(playlistId);
    expect(sending?.lost_creations).toBe(0);
    expect(Number(sending?.not_before) - Date.now()).toBeGreaterThan(86_000_000);
    await press(playlistId);
    expect(spotify.playlists[0]?.uris).toEqual(urisOf(ids));
  });

  it('a dead token is not tried again until the listener has connected again', async () => {
    const playlistId = await start(ids);
    spotify.expireAccessTokens();
    spotify.revoke('alice-stand-in');
    await go(playlistId);
    expect(await look(playlistId)).toMatchObject({ state: 'stopped', problem: 'needs-reconnect' });
    await saveConnection(test.db, userId, access.tokenKeys, await connect(spotify));
    await press(playlistId);
    expect(spotify.playlists[0]?.uris).toEqual(urisOf(ids));
  });

  it('an expired token is refreshed on the way', async () => {
    const playlistId = await start(ids);
    spotify.expireAccessTokens();
    await go(playlistId);
    expect(spotify.playlists[0]?.uris).toEqual(urisOf(ids));
  });

  it('the answer to making the playlist is lost: another is made, and it is said that an empty one may stand there', async () => {
    const playlistId = await start(ids);
    spotify.fail({ on: 'create-playlist', kind: 'reset-midway', times: 'once' });
    await go(playlistId);
    expect(await look(playlistId)).toMatchObject({ state: 'stopped', lost_creations: 1 });
    await press(playlistId);
    expect(spotify.playlists.map(({ uris }) => uris.length)).toEqual([0, 250]);
    expect(await look(playlistId)).toMatchObject({ state: 'sent', lost_creations: 1 });
  });

  it('where Spotify was never reached nothing of that kind is said', async () => {
    const playlistId = await start(ids);
    const nowhere = {
      ...access,
      settings: settingsFor(spotify, { apiUrl: 'http://127.0.0.1:40999', timeoutMs: 1_000 }),
    };
    await sendNow(test.db, userId, nowhere, playlistId);
    expect(await look(playlistId)).toMatchObject({
      state: 'stopped',
      problem: 'unreachable',
      lost_creations: 0,
    });
  });

  it.each([
    ['deleted', (): void => spotify.forgetPlaylists(), 'gone-there'],
    ['changed', (): void => void spotify.playlists[0]?.uris.splice(3, 5), 'changed-there'],
  ] as const)(
    'the playlist was %s there meanwhile: it stops, and can be sent again',
    async (_what, meddle, problem) => {
      spotify.behave({ readsPrivateItems: true });
      const playlistId = await start(ids);
      spotify.fail({ on: 'playlist-items', kind: 'reset-midway', after: 1, times: 'once' });
      await go(playlistId);
      meddle();
      await press(playlistId);
      expect(await look(playlistId)).toMatchObject({ state: 'stopped', problem });
      await forgetSending(test.db, userId, playlistId);
      await startSending(test.db, userId, playlistId, { isPublic: false });
      await go(playlistId);
      expect(spotify.playlists.at(-1)?.uris).toEqual(urisOf(ids));
    },
  );

  it('and only then: a sending that is whole, or can go on, never begins again', async () => {
    const playlistId = await start(ids);
    spotify.fail({ on: 'playlist-items', kind: 'status', status: 503, after: 1, times: 'once' });
    await go(playlistId);
    await forgetSending(test.db, userId, playlistId);
    expect(await look(playlistId)).toMatchObject({ confirmed: 100 });
    await press(playlistId);
    await forgetSending(test.db, userId, playlistId);
    expect(await look(playlistId)).toMatchObject({ state: 'sent' });
  });

  it.each([true, false])(
    'a track answered 502 each time is left out, and only it (items readable: %s)',
    async (readsPrivateItems) => {
      const list = spotifyIds(130, 40_000);
      const odd = [0, 57, 58, 129].map((at) => list[at] ?? '');
      spotify.behave({ withdrawnStatus: 502, readsPrivateItems });
      spotify.withdrawTracks(...odd);
      const playlistId = await start(list);
      for (let run = 0; run < 6; run += 1) await press(playlistId);
      expect(await look(playlistId)).toMatchObject({ state: 'sent', confirmed: 126, left_out: 4 });
      expect(spotify.playlists.map(({ uris }) => uris)).toEqual([
        urisOf(list.filter((id) => !odd.includes(id))),
      ]);
      expect((await listLeftOut(test.db, userId, playlistId)).map((track) => track.track_id)).toEqual(odd);
    },
    240_000,
  );

  it.each([true, false])(
    'an outage leaves no track out (items readable: %s)',
    async (readsPrivateItems) => {
      spotify.behave({ readsPrivateItems });
      const few = ids.slice(0, 3);
      const playlistId = await start(few);
      spotify.fail({ on: 'playlist-items', kind: 'status', status: 502 });
      spotify.fail({ on: 'replace-items', kind: 'status', status: 502 });
      await go(playlistId);
      expect(await look(playlistId)).toMatchObject({ state: 'stopped', problem: 'unreachable', left_out: 0 });
      spotify.heal();
      spotify.behave({ readsPrivateItems });
      await press(playlistId);
      expect(spotify.playlists[0]?.uris).toEqual(urisOf(few));
    },
    60_000,
  );

  it('a sending that only ever comes as far as before gives up in the end', async () => {
    const playlistId = await start(ids);
    for (let run = 0; run < 7; run += 1) {
      spotify.heal();
      spotify.fail({ on: 'playlist-items', kind: 'reset', after: run === 0 ? 1 : 0 });
      await press(playlistId);
    }
    expect(await look(playlistId)).toMatchObject({ state: 'stopped', again_at: null });
  }, 60_000);

  it('a description Spotify refuses is left away, once, and said', async () => {
    const playlistId = await start(ids.slice(0, 2));
    await test.db.execute(
      `UPDATE playlists SET description = 'See https://example.org' WHERE playlist_id = $1`,
      [playlistId],
    );
    const before = callsTo(/me\/playlists$/);
    await go(playlistId);
    expect(callsTo(/me\/playlists$/) - before).toBe(2);
    expect(await look(playlistId)).toMatchObject({ state: 'sent', description_refused: true });
    expect(spotify.playlists).toMatchObject([{ description: '', uris: urisOf(ids.slice(0, 2)) }]);
  });

  it('a right that was never granted is asked for', async () => {
    await test.db.execute(`UPDATE spotify_connections SET scope = 'user-top-read'`);
    const playlistId = await start(ids.slice(0, 2));
    spotify.fail({ on: 'create-playlist', kind: 'scope-missing', times: 'once' });
    await go(playlistId);
    expect(await look(playlistId)).toMatchObject({ problem: 'scope-missing', again_at: null });
    await saveConnection(test.db, userId, access.tokenKeys, await connect(spotify));
  });

  it('a private list that was only taken out of the library is not said to be deleted', async () => {
    const playlistId = await start(ids);
    spotify.fail({ on: 'playlist-items', kind: 'reset-midway', after: 1, times: 'once' });
    await go(playlistId);
    spotify.unfollowPlaylists();
    await press(playlistId);
    expect(await look(playlistId)).toMatchObject({ state: 'sent' });
    expect(spotify.playlists.map(({ uris }) => uris)).toEqual([urisOf(ids)]);
  });

  it('a list of which Spotify takes nothing ends after fifty refusals', async () => {
    const unknown = spotifyIds(120, 90_000);
    spotify.withdrawTracks(...unknown);
    const playlistId = await start(unknown);
    await go(playlistId);
    expect(await look(playlistId)).toMatchObject({ state: 'stopped', problem: 'refused', left_out: 50 });
  });
});

/** The database of a process that dies at its nth statement: nothing it does from then on arrives. */
function dyingDb(db: Db, statements: number): { db: Db; died: () => boolean } {
  let left = statements;
  const orDie = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
    left -= 1;
    if (left < 0) throw new Error('the process was killed');
    return ask();
  };
  const wrap = <Kind extends Queries>(one: Kind): Kind => ({
    ...one,
    many: (sql, values) => orDie(() => one.many(sql, values)),
    one: (sql, values) => orDie(() => one.one(sql, values)),
    maybeOne: (sql, values) => orDie(() => one.maybeOne(sql, values)),
    execute: (sql, values) => orDie(() => one.execute(sql, values)),
  });
  const dying: Db = { ...wrap(db), withTransaction: (work) => db.withTransaction((tx) => work(wrap(tx))) };
  return { db: dying, died: () => left < 0 };
}

describe('killed anywhere', { timeout: 120_000 }, () => {
  const filled = () => spotify.playlists.map(({ uris }) => uris).filter((uris) => uris.length > 0);

  it('ends, once somebody goes on, with exactly the list', async () => {
    const ids = spotifyIds(210, 300);
    let deaths = 0;
    for (let statements = 1; ; statements += 1) {
      spotify.forgetPlaylists();
      const playlistId = await start(ids);
      const { db, died } = dyingDb(test.db, statements);
      await go(playlistId, db).catch(() => undefined);
      if (!died()) break;
      deaths += 1;
      await press(playlistId);
      expect([statements, filled()]).toEqual([statements, [urisOf(ids)]]);
      const sending = await look(playlistId);
      expect(sending).toMatchObject({ state: 'sent', confirmed: 210 });
      expect(spotify.playlists.length).toBeLessThanOrEqual(1 + Number(sending?.lost_creations));
    }
    expect(deaths).toBeGreaterThan(15);
  });

  it('and again and again, with tracks among them that Spotify no longer has, it still ends so', async () => {
    const ids = spotifyIds(12, 700);
    const gone = [ids[4], ids[11]].map(String);
    spotify.withdrawTracks(...gone);
    for (let statements = 3; statements < 10; statements += 1) {
      spotify.forgetPlaylists();
      const playlistId = await start(ids);
      for (let run = 0; run < 12; run += 1) {
        await letTimePass(test.db);
        await go(playlistId, dyingDb(test.db, statements + run).db).catch(() => undefined);
      }
      await press(playlistId);
      expect([statements, filled()]).toEqual([statements, [urisOf(ids.filter((id) => !gone.includes(id)))]]);
      expect(await look(playlistId)).toMatchObject({ state: 'sent', confirmed: 10, left_out: 2 });
    }
  });
});
