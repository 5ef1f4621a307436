import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { standInListeners } from '../../../scripts/spotify-stand-in/listeners.ts';
import {
  startSpotifyStandIn,
  type FaultRule,
  type SpotifyStandIn,
} from '../../../scripts/spotify-stand-in/server.ts';
import { connect } from '../../support/spotify-sign-in.ts';
import { caller } from '../../support/stand-in-calls.ts';

let spotify: SpotifyStandIn;
beforeEach(async () => void (spotify = await startSpotifyStandIn({ listeners: standInListeners() })));
afterEach(() => spotify.close());

const { call, get, post } = caller(() => spotify);

const profile = () => get('/v1/me').then(({ status }) => status);

describe('faults', () => {
  test('hold once, so many times, or until healed', async () => {
    spotify.fail({ on: 'me', kind: 'status', status: 500, times: 'once' });
    spotify.fail({ on: '/v1/', kind: 'status', status: 502, times: 2 });
    spotify.fail({ on: '*', kind: 'status', status: 503 });
    const { accessToken } = await connect(spotify).catch(() => ({ accessToken: 'none' }));
    const seen = [];
    for (let n = 0; n < 5; n += 1) seen.push((await get('/v1/me', accessToken)).status);
    expect(seen).toEqual([500, 502, 502, 503, 503]);
    spotify.heal();
    expect(await profile()).toBe(200);
  });

  test('strike only where they are meant to', async () => {
    spotify.fail({ on: 'top-tracks', kind: 'html' });
    expect(await profile()).toBe(200);
    expect((await get('/v1/me/top/tracks')).type).toMatch(/html/);
  });

  test('that replace an answer leave no effect behind', async () => {
    spotify.fail({ on: 'create-playlist', kind: 'status', status: 500 });
    await post('/v1/me/playlists', { name: 'A' });
    expect(spotify.playlists).toEqual([]);
  });

  test('are refused where they are none', () => {
    expect(() => spotify.fail({ on: 'me', kind: 'gremlins' } as unknown as FaultRule)).toThrow(/invalid/i);
  });

  test('are set, seen and healed over HTTP', async () => {
    const send = (method: string, body?: string) => call('/stand-in/faults', { method, body: body ?? null });
    const { accessToken } = await connect(spotify);
    expect((await send('POST', '{"on":"me","kind":"rate-limit","retryAfter":7}')).status).toBe(201);
    expect((await get('/v1/me', accessToken)).status).toBe(429);
    expect(await send('POST', '{"on":"me","kind":"gremlins"}')).toMatchObject({ status: 400 });
    const { body } = await call('/stand-in/state');
    expect(body.faults).toMatchObject([{ on: 'me', kind: 'rate-limit', retryAfter: 7 }]);
    expect(body.calls.at(-1)).toMatchObject({ path: '/v1/me', status: 429, listenerId: 'alice-stand-in' });
    expect(JSON.stringify(body)).not.toContain(accessToken);
    await send('DELETE');
    expect((await get('/v1/me', accessToken)).status).toBe(200);
    expect((await call('/stand-in/elsewhere')).status).toBe(404);
  });
});
