import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import {
  startSpotifyStandIn,
  type FaultRule,
  type SpotifyStandIn,
} from '../../scripts/spotify-stand-in/server.ts';
import { describeError } from '../../src/log.ts';
import { exchangeCode, refreshAccess } from '../../src/spotify/accounts.ts';
import { missingScopes, SPOTIFY_SCOPES } from '../../src/spotify/settings.ts';
import { approve, connect, errorOf, settingsFor } from '../support/spotify-sign-in.ts';

let spotify: SpotifyStandIn;
beforeAll(async () => void (spotify = await startSpotifyStandIn({ listeners: standInListeners() })));
afterEach(() => {
  spotify.heal();
  spotify.rotateRefreshTokens(false);
});
afterAll(() => spotify.close());

const tokenCalls = () => spotify.calls.filter((call) => call.path === '/api/token');
const QUICK = { timeoutMs: 300 };

describe('exchanging a code', () => {
  test('gives both tokens, their life in seconds and the granted scope', async () => {
    const grant = await connect(spotify);
    expect(grant).toEqual({
      accessToken: expect.stringMatching(/^BQ/) as string,
      refreshToken: expect.stringMatching(/^AQ/) as string,
      expiresInSeconds: 3600,
      scope: SPOTIFY_SCOPES.join(' '),
    });
  });

  test('tells a listener who granted less which right is missing', async () => {
    const { scope } = await connect(spotify, { scope: 'user-top-read' });
    expect(missingScopes(scope)).toEqual(SPOTIFY_SCOPES.slice(1));
  });

  test('takes a scope left out for the scope asked for', async () => {
    spotify.fail({ on: 'token', kind: 'missing-fields', fields: ['scope'] });
    expect(missingScopes((await connect(spotify)).scope)).toEqual([]);
  });

  test('works once per code', async () => {
    const approval = await approve(spotify);
    await exchangeCode(settingsFor(spotify), approval);
    const error = await errorOf(exchangeCode(settingsFor(spotify), approval));
    expect(error).toMatchObject({ kind: 'invalid-grant', status: 403 });
    expect(error.message).toMatch(/start again/);
  });

  test('fails with another verifier', async () => {
    const { code } = await approve(spotify);
    const attempt = exchangeCode(settingsFor(spotify), { code, codeVerifier: 'x'.repeat(64) });
    expect(await errorOf(attempt)).toMatchObject({ kind: 'invalid-grant' });
  });

  test('fails with another redirect address', async () => {
    const settings = settingsFor(spotify, { redirectUri: 'http://127.0.0.1:9/callback' });
    expect(await errorOf(exchangeCode(settings, await approve(spotify)))).toMatchObject({
      kind: 'invalid-grant',
    });
  });

  test('names the settings where the secret is wrong', async () => {
    const settings = settingsFor(spotify, { clientSecret: 'wrong' });
    const error = await errorOf(exchangeCode(settings, await approve(spotify)));
    expect(error).toMatchObject({ kind: 'refused', status: 502 });
    expect(error.message).toMatch(/SPOTIFY_CLIENT_SECRET/);
  });

  test('needs a refresh token', async () => {
    spotify.fail({ on: 'token', kind: 'missing-fields', fields: ['refresh_token'] });
    expect(await errorOf(connect(spotify))).toMatchObject({ kind: 'unreadable' });
  });
});

describe('refreshing', () => {
  test('keeps the old refresh token where none comes back', async () => {
    const { refreshToken } = await connect(spotify);
    const grant = await refreshAccess(settingsFor(spotify), refreshToken);
    expect(grant).not.toHaveProperty('refreshToken');
    expect(grant.expiresInSeconds).toBe(3600);
  });

  test('hands on a new refresh token, and the old one is dead', async () => {
    const { refreshToken } = await connect(spotify);
    spotify.rotateRefreshTokens(true);
    const grant = await refreshAccess(settingsFor(spotify), refreshToken);
    expect(grant.refreshToken).toMatch(/^AQ/);
    expect(await errorOf(refreshAccess(settingsFor(spotify), refreshToken))).toMatchObject({
      kind: 'invalid-grant',
    });
  });

  test.each(['', null])('takes the refresh token %j for none', async (value) => {
    const { refreshToken } = await connect(spotify);
    spotify.rotateRefreshTokens(true);
    spotify.fail({ on: 'token', kind: 'replaced-fields', fields: { refresh_token: value } });
    expect(await refreshAccess(settingsFor(spotify), refreshToken)).not.toHaveProperty('refreshToken');
  });

  test('says invalid-grant once the listener has withdrawn, after one call', async () => {
    const { refreshToken } = await connect(spotify);
    spotify.revoke('alice-stand-in');
    const before = tokenCalls().length;
    const error = await errorOf(refreshAccess(settingsFor(spotify), refreshToken));
    expect(error).toMatchObject({ kind: 'invalid-grant', spotifyStatus: 400 });
    expect(tokenCalls()).toHaveLength(before + 1);
  });

  test('says invalid-grant only of a 400: a 500 that says so leaves the token alone', async () => {
    const { refreshToken } = await connect(spotify);
    spotify.fail({ on: 'token', kind: 'status', status: 500 });
    expect(await errorOf(refreshAccess(settingsFor(spotify), refreshToken))).toMatchObject({
      kind: 'unreachable',
    });
  });
});

const lifeGiven = async (value: unknown) => {
  spotify.fail({ on: 'token', kind: 'replaced-fields', fields: { expires_in: value } });
  return (await connect(spotify)).expiresInSeconds;
};

describe('expires_in', () => {
  test.each([
    [3600, 3600],
    ['3600', 3600],
    [1, 1],
    [86_400, 86_400],
  ])('%j is %d seconds', async (value, seconds) => {
    expect(await lifeGiven(value)).toBe(seconds);
  });

  test.each([[undefined], [null], [0], [-1], ['-1'], ['soon'], [1.5], [86_401], [1e99], [[]]])(
    '%j cannot be read',
    async (value) => {
      expect(await errorOf(lifeGiven(value))).toMatchObject({ kind: 'unreadable' });
    },
  );
});

describe('token_type', () => {
  test.each(['Bearer', 'bearer', 'BEARER', null])('%j is accepted', async (value) => {
    spotify.fail({ on: 'token', kind: 'replaced-fields', fields: { token_type: value } });
    await expect(connect(spotify)).resolves.toBeDefined();
  });

  test('anything else cannot be read', async () => {
    spotify.fail({ on: 'token', kind: 'replaced-fields', fields: { token_type: 'mac' } });
    expect(await errorOf(connect(spotify))).toMatchObject({ kind: 'unreadable' });
  });
});

test.each(['', 'two words', 'a\r\nx-evil: 1', 'naïve', 'x'.repeat(5000), 7, null])(
  'an access token of %j cannot be read',
  async (value) => {
    spotify.fail({ on: 'token', kind: 'replaced-fields', fields: { access_token: value } });
    expect(await errorOf(connect(spotify))).toMatchObject({ kind: 'unreadable' });
  },
);

type FaultCase = Omit<FaultRule, 'on'> & { kind: string };
const FAULTS: readonly [string, FaultCase, string][] = [
  ['HTML with 200', { kind: 'html' }, 'unreadable'],
  ['null', { kind: 'body', body: 'null' } as FaultCase, 'unreadable'],
  ['{}', { kind: 'body', body: '{}' } as FaultCase, 'unreadable'],
  ['[]', { kind: 'body', body: '[]' } as FaultCase, 'unreadable'],
  ['nothing', { kind: 'body', body: '' } as FaultCase, 'unreadable'],
  ['cut-off JSON', { kind: 'truncated-json' }, 'unreadable'],
  ['wrong types', { kind: 'wrong-types' }, 'unreadable'],
  ['a body of 60 MB', { kind: 'huge-body' }, 'unreadable'],
  ['a gzip bomb', { kind: 'gzip-bomb' }, 'unreadable'],
  ['silence', { kind: 'silence' }, 'unreachable'],
  ['a byte a second', { kind: 'drip' }, 'unreachable'],
  ['a reset', { kind: 'reset' }, 'unreachable'],
  ['a reset midway', { kind: 'reset-midway' }, 'unreachable'],
  ['500', { kind: 'status', status: 500 } as FaultCase, 'unreachable'],
  ['503', { kind: 'status', status: 503 } as FaultCase, 'unreachable'],
  ['401', { kind: 'unauthorized' }, 'refused'],
  ['403 in plain text', { kind: 'premium-lapsed' }, 'premium-lapsed'],
  ['429', { kind: 'rate-limit', retryAfter: 77 } as FaultCase, 'rate-limited'],
  ['a redirect', { kind: 'redirect', to: 'http://127.0.0.1:9/' } as FaultCase, 'unreachable'],
];

describe.each(FAULTS)('when the token endpoint answers %s', (_, fault, kind) => {
  test(`an exchange and a refresh end as ${kind}, in time, after one call each`, async () => {
    const approval = await approve(spotify);
    const { refreshToken } = await connect(spotify);
    const settings = settingsFor(spotify, ['silence', 'drip'].includes(fault.kind) ? QUICK : {});
    spotify.fail({ on: 'token', ...fault } as FaultRule);
    const [before, start] = [tokenCalls().length, performance.now()];
    expect(await errorOf(exchangeCode(settings, approval))).toMatchObject({ kind });
    expect(await errorOf(refreshAccess(settings, refreshToken))).toMatchObject({ kind });
    expect(tokenCalls()).toHaveLength(before + 2);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test('no error says a secret, even to the log', async () => {
  const { code, codeVerifier } = await approve(spotify);
  const { refreshToken, accessToken } = await connect(spotify);
  const secrets = [code, codeVerifier, refreshToken, accessToken, spotify.clientSecret, 'grant_type'];
  for (const [, fault] of FAULTS) {
    if (fault.kind === 'huge-body' || fault.kind === 'gzip-bomb') continue;
    spotify.heal();
    spotify.fail({ on: 'token', ...fault } as FaultRule);
    const settings = settingsFor(spotify, { timeoutMs: 100 });
    const errors = [
      await errorOf(exchangeCode(settings, { code, codeVerifier })),
      await errorOf(refreshAccess(settings, refreshToken)),
    ];
    const said = JSON.stringify(errors.map(describeError));
    for (const secret of secrets) expect(said).not.toContain(secret);
  }
});

test.each(['http://127.0.0.1:1', 'http://no-such-host.invalid'])(
  'nobody at %s is unreachable',
  async (url) => {
    const settings = settingsFor(spotify, { accountsUrl: url, timeoutMs: 2000 });
    expect(await errorOf(refreshAccess(settings, 'AQ'))).toMatchObject({ kind: 'unreachable', status: 502 });
  },
);
