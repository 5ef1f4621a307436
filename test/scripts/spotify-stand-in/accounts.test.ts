import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { standInListeners } from '../../../scripts/spotify-stand-in/listeners.ts';
import {
  startSpotifyStandIn,
  type StandInListener,
  type SpotifyStandIn,
  type StandInOptions,
} from '../../../scripts/spotify-stand-in/server.ts';
import { approve, authorizeUrl, connect, REDIRECT_URI } from '../../support/spotify-sign-in.ts';
import { caller } from '../../support/stand-in-calls.ts';

let spotify: SpotifyStandIn;
const start = async (options: Partial<StandInOptions> = {}) => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners(), ...options });
};
beforeEach(() => start());
afterEach(() => spotify.close());

const { call, get } = caller(() => spotify);

const visit = async (changes: Record<string, string>) => {
  const response = await fetch(authorizeUrl(spotify, 'v'.repeat(43), changes), { redirect: 'manual' });
  return { status: response.status, to: response.headers.get('location'), text: await response.text() };
};

describe('authorize', () => {
  test('approves at once, and brings code and state back', async () => {
    const { status, to } = await visit({ state: 'x&y=z' });
    expect(status).toBe(302);
    const back = new URL(to ?? '');
    expect(back.origin + back.pathname).toBe(REDIRECT_URI);
    expect(back.searchParams.get('state')).toBe('x&y=z');
    expect(back.searchParams.get('code')).toMatch(/^AQ/);
  });

  test.each([
    [{ client_id: 'other' }, 'INVALID_CLIENT: Invalid client'],
    [
      { redirect_uri: 'http://localhost:3000/auth/spotify/callback' },
      'INVALID_CLIENT: Insecure redirect URI',
    ],
    [{ redirect_uri: 'https://localhost/callback' }, 'INVALID_CLIENT: Insecure redirect URI'],
    [{ redirect_uri: 'http://example.org/callback' }, 'INVALID_CLIENT: Insecure redirect URI'],
    [{ redirect_uri: '/callback' }, 'INVALID_CLIENT: Insecure redirect URI'],
    [{ response_type: 'token' }, 'response_type must be code'],
    [{ code_challenge_method: 'plain' }, 'code_challenge_method must be S256'],
    [{ code_challenge: 'short' }, 'Invalid code_challenge'],
  ])('refuses %j on a page of its own', async (changes, text) => {
    expect(await visit(changes)).toEqual({ status: 400, to: null, text });
  });

  test.each(['http://[::1]:3000/callback', 'https://music.example.org/callback'])(
    'lets %s be',
    async (uri) => {
      expect(await visit({ redirect_uri: uri })).toMatchObject({ status: 302 });
    },
  );

  test('compares the redirect address letter by letter where it was told which', async () => {
    await spotify.close();
    await start({ redirectUris: [REDIRECT_URI] });
    expect(await visit({})).toMatchObject({ status: 302 });
    expect(await visit({ redirect_uri: `${REDIRECT_URI}/` })).toMatchObject({
      text: 'INVALID_CLIENT: Invalid redirect URI',
    });
  });

  test('with show_dialog asks who, and lets one refuse', async () => {
    const [alice, bob] = standInListeners();
    spotify.setListeners([alice, { ...bob, displayName: '<Bob>' }] as StandInListener[]);
    const { status, text } = await visit({ show_dialog: 'true' });
    expect(status).toBe(200);
    expect(text).toContain('Agree as &lt;Bob&gt;');
    const links = [...text.matchAll(/href="([^"]+)"/g)].map(
      (match) => match[1]?.replaceAll('&amp;', '&') ?? '',
    );
    const ends = await Promise.all(
      links.map(async (link) =>
        (await fetch(spotify.url + link, { redirect: 'manual' })).headers.get('location'),
      ),
    );
    expect(ends).toEqual([
      expect.stringMatching(/code=AQ.*state=a-state/),
      expect.stringMatching(/code=AQ.*state=a-state/),
      `${REDIRECT_URI}?error=access_denied&state=a-state`,
    ]);
  });

  test('asks who where it was told to and nobody is chosen', async () => {
    await spotify.close();
    await start({ askWho: true });
    expect(await visit({})).toMatchObject({ status: 200 });
    spotify.signInAs('bob-stand-in');
    expect(await visit({})).toMatchObject({ status: 302 });
  });

  test('is who signInAs says', async () => {
    spotify.signInAs('bob-stand-in');
    expect((await get('/v1/me')).body.id).toBe('bob-stand-in');
  });
});

const ask = (form: Record<string, string>, secret = spotify.clientSecret) =>
  call('/api/token', {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${spotify.clientId}:${secret}`)}` },
    body: new URLSearchParams(form),
  });
const refresh = (token: string) => ask({ grant_type: 'refresh_token', refresh_token: token });

describe('the token endpoint', () => {
  test('takes only a form', async () => {
    expect((await call('/api/token', { method: 'POST', body: '{}' })).status).toBe(415);
  });

  test('wants Basic authentication', async () => {
    expect(await ask({ grant_type: 'refresh_token' }, 'wrong')).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    });
  });

  test('knows two grants', async () => {
    expect((await ask({ grant_type: 'client_credentials' })).body.error).toBe('unsupported_grant_type');
  });

  test('gives tokens for an hour, once per code', async () => {
    const { code, codeVerifier } = await approve(spotify);
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: codeVerifier,
    };
    expect(await ask(form)).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600 } });
    expect((await ask(form)).body).toEqual({
      error: 'invalid_grant',
      error_description: 'Invalid authorization code',
    });
  });

  test('answers a refresh without a new refresh token, unless told to rotate', async () => {
    const { refreshToken } = await connect(spotify);
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    expect((await ask(form)).body).not.toHaveProperty('refresh_token');
    spotify.rotateRefreshTokens(true);
    expect((await ask(form)).body.refresh_token).toMatch(/^AQ/);
    expect((await ask(form)).body.error).toBe('invalid_grant');
  });

  test('revokes for one listener only', async () => {
    const alices = await connect(spotify);
    spotify.signInAs('bob-stand-in');
    const bobs = await connect(spotify);
    spotify.revoke('alice-stand-in');
    expect((await refresh(alices.refreshToken)).body).toEqual({
      error: 'invalid_grant',
      error_description: 'Refresh token revoked',
    });
    expect((await refresh(bobs.refreshToken)).status).toBe(200);
  });
});
