import { afterEach, describe, expect, it } from 'vitest';
import { ALICE, cookiesOf, nobody, signIn, submit, useCast } from '../support/app.ts';
import { insertPlaylist } from '../support/factories.ts';
import { insertFilledPlaylist, letTimePass, settled, spotifyIds, urisOf } from '../support/playlists.ts';

const test = useCast();
let made = 0;

afterEach(async () => {
  test.spotify.heal();
  test.spotify.forgetPlaylists();
  await test.db.execute('DELETE FROM spotify_limits');
});

const ids = spotifyIds(250);
async function playlist(trackIds = ids): Promise<{ id: string; path: string }> {
  made += 1;
  await insertFilledPlaylist(test.db, test.aliceId, `p${made}`, trackIds);
  return { id: `p${made}`, path: `/playlists/p${made}` };
}
const page = async (path: string): Promise<string> => (await test.alice.get(path).expect(200)).text;

describe('sending a playlist', () => {
  it('answers at once, goes on by itself, and leads to Spotify in the end', async () => {
    const { id, path } = await playlist();
    expect(await page(path)).toContain('however often you press');
    const answer = await submit(test.alice, `${path}/send`, { visibility: 'private' });
    expect([answer.status, answer.headers.location]).toEqual([303, `${path}#spotify`]);
    expect(await settled(test.db, id)).toBe('sent');
    expect(test.spotify.playlists).toMatchObject([{ isPublic: false, uris: urisOf(ids) }]);
    const sent = await page(path);
    expect(sent).toContain(`href="https://open.spotify.com/playlist/${test.spotify.playlists[0]?.id}"`);
    expect(sent).toContain('250 tracks in this order');
    expect(sent).not.toContain(`action="${path}/send"`);
  });

  it('is done once, by ten presses at the same time', async () => {
    const { id, path } = await playlist();
    await Promise.all(Array.from({ length: 10 }, () => submit(test.alice, `${path}/send`)));
    expect(await settled(test.db, id)).toBe('sent');
    await submit(test.alice, `${path}/send`, { as_new: 'yes' });
    expect(test.spotify.playlists.map(({ uris }) => uris.length)).toEqual([250]);
  });

  it('shows how far it is, with a page that asks again where there are no scripts', async () => {
    const { id, path } = await playlist();
    test.spotify.fail({ on: 'playlist-items', kind: 'delay', milliseconds: 1_500, after: 1, times: 'once' });
    await submit(test.alice, `${path}/send`);
    const moving = await page(path);
    expect(moving).toContain(`<noscript><meta http-equiv="refresh" content="3; url=${path}"></noscript>`);
    expect(moving).toContain(`data-progress="${path}/progress"`);
    await settled(test.db, id);
    expect(await page(path)).not.toContain('http-equiv="refresh"');
  });

  it('that must wait for a day says until when, and that nothing is lost', async () => {
    const { id, path } = await playlist();
    test.spotify.fail({
      on: 'playlist-items',
      kind: 'rate-limit',
      retryAfter: 86_400,
      after: 1,
      times: 'once',
    });
    await submit(test.alice, `${path}/send`);
    expect(await settled(test.db, id)).toBe('stopped');
    const waiting = await page(path);
    expect(waiting).toContain('Spotify has asked this app to wait');
    expect(waiting).toContain('100 of 250 tracks');
    expect(waiting).toMatch(/can resume <b>from \d+ \w+ \d{4} at \d\d:\d\d<\/b>/);
    const before = test.spotify.calls.length;
    await submit(test.alice, `${path}/send`);
    expect(test.spotify.calls).toHaveLength(before);
    await letTimePass(test.db);
    await test.db.execute('DELETE FROM spotify_limits');
    await submit(test.alice, `${path}/send`);
    expect(await settled(test.db, id)).toBe('sent');
    expect(test.spotify.playlists).toMatchObject([{ uris: urisOf(ids) }]);
  });

  it.each([
    ['not-allow-listed', 'not on the list of people who may use this app'],
    ['premium-lapsed', 'no active Premium subscription'],
    ['scope-missing', 'a permission is missing, although you gave it'],
    ['html', 'could not be read'],
  ] as const)('that meets “%s” says so', async (kind, words) => {
    const { id, path } = await playlist();
    test.spotify.fail({ on: 'create-playlist', kind });
    await submit(test.alice, `${path}/send`);
    expect(await settled(test.db, id)).toBe('stopped');
    expect(await page(path)).toContain(words);
  });

  it('cut off by a restart says so, and goes on by the button', async () => {
    const { id, path } = await playlist();
    test.spotify.fail({ on: 'playlist-items', kind: 'status', status: 503, after: 2, times: 'once' });
    await submit(test.alice, `${path}/send`);
    await settled(test.db, id);
    await test.db.execute(
      `UPDATE playlist_sendings SET state = 'sending', lease = gen_random_uuid() WHERE playlist_id = $1`,
      [id],
    );
    await letTimePass(test.db);
    expect(await page(path)).toContain('Sending was interrupted');
    await submit(test.alice, `${path}/send`);
    await settled(test.db, id);
    expect(test.spotify.playlists).toMatchObject([{ uris: urisOf(ids) }]);
  });

  it('that stopped for want of consent can go on once its listener has connected again', async () => {
    const { id, path } = await playlist();
    test.spotify.expireAccessTokens();
    test.spotify.revoke(ALICE);
    await submit(test.alice, `${path}/send`);
    expect(await settled(test.db, id)).toBe('stopped');
    expect(await page(path)).toContain('Your connection to Spotify has ended');
    expect(await page(path)).not.toContain(`action="${path}/send"`);
    test.alice = await signIn(test, ALICE);
    expect(await page(path)).toContain('You have reconnected Spotify');
    await submit(test.alice, `${path}/send`);
    expect(await settled(test.db, id)).toBe('sent');
    expect(test.spotify.playlists).toMatchObject([{ uris: urisOf(ids) }]);
  });

  it('says when it goes on by itself, and is asked for again until then where there are no scripts', async () => {
    const { id, path } = await playlist();
    test.spotify.fail({ on: 'create-playlist', kind: 'rate-limit', retryAfter: 120, times: 'once' });
    await submit(test.alice, `${path}/send`);
    expect(await settled(test.db, id)).toBe('stopped');
    const waiting = await page(path);
    expect(waiting).toMatch(/can resume <b>from [^<]+<\/b>. It resumes automatically/);
    expect(waiting).toContain(`content="15; url=${path}"`);
    expect(waiting).toContain('data-state="stopped, waiting"');
    await letTimePass(test.db);
    expect(await page(path)).toMatch(/resumes automatically <b>after [^<]+<\/b>/);
    await test.db.execute('UPDATE playlist_sendings SET again_at = now()');
    expect(await page(path)).toContain('resumes automatically <b>within a minute</b>');
  });

  it('that met trouble says when it can go on, and when it does so by itself', async () => {
    const { id, path } = await playlist();
    test.spotify.fail({ on: 'playlist-items', kind: 'status', status: 503, after: 1, times: 'once' });
    await submit(test.alice, `${path}/send`);
    expect(await settled(test.db, id)).toBe('stopped');
    expect(await page(path)).toMatch(
      /can resume <b>in \d+ seconds?<\/b>. It resumes automatically <b>after [^<]+<\/b>/,
    );
  });

  it('names the tracks that were left out', async () => {
    const withdrawn = spotifyIds(8, 3_000);
    const { id, path } = await playlist(withdrawn);
    test.spotify.withdrawTracks(String(withdrawn[6]));
    await submit(test.alice, `${path}/send`);
    await settled(test.db, id);
    const sent = await page(path);
    expect(sent).toContain('Left out: 1 track');
    expect(sent).toMatch(/<b>Track 7<\/b>.*probably no longer has it/s);
  });

  it('without the right to make playlists leads to Spotify for it', async () => {
    const { path } = await playlist();
    await test.db.execute(`UPDATE spotify_connections SET scope = 'user-top-read' WHERE user_id = $1`, [
      test.aliceId,
    ]);
    expect(await page(path)).toContain(`/auth/spotify?return_to=${encodeURIComponent(path)}`);
    test.alice = await signIn(test, ALICE);
    expect(await page(path)).toContain('Send to Spotify');
  });

  it('of nothing says why not', async () => {
    await insertPlaylist(test.db, test.aliceId, { playlistId: 'bare' }, []);
    await submit(test.alice, '/playlists/bare/send');
    expect(await page('/playlists/bare')).toContain('nothing to send');
  });

  it('of another’s, of nothing and with nonsense: 404, 404, 400', async () => {
    const { path } = await playlist();
    expect((await submit(test.bob, `${path}/send`)).status).toBe(404);
    expect((await submit(test.alice, '/playlists/none/send')).status).toBe(404);
    expect((await submit(test.alice, `${path}/send`, { visibility: 'secret' })).status).toBe(400);
    expect(test.spotify.playlists).toEqual([]);
  });
});

describe('the progress', () => {
  const events = async (path: string, visitor = test.alice): Promise<Response> =>
    fetch(`${test.baseUrl}${path}/progress`, {
      headers: { cookie: cookiesOf(visitor), 'accept-encoding': 'gzip' },
      redirect: 'manual',
    });

  it('comes as it happens, uncompressed, and ends with the sending', { timeout: 60_000 }, async () => {
    const { id, path } = await playlist();
    test.spotify.fail({ on: 'playlist-items', kind: 'delay', milliseconds: 500 });
    await submit(test.alice, `${path}/send`);
    const answer = await events(path);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(answer.headers.get('content-encoding')).toBeNull();
    const text = await answer.text();
    expect(text).toContain('100 of 250 tracks');
    expect(text.trimEnd().split('\n\n').at(-1)).toMatch(/^event: end\ndata: .*"handled":250/);
    expect(await settled(test.db, id)).toBe('sent');
  });

  it('of what nobody sends ends at once', async () => {
    const { path } = await playlist();
    expect(await (await events(path)).text()).toBe('retry: 1000\n\nevent: end\ndata: null\n\n');
  });

  it('is its listener’s alone', async () => {
    const { path } = await playlist();
    expect((await events(path, test.bob)).status).toBe(404);
    expect((await events(path, nobody(test))).status).toBe(302);
  });
});
