import { describe, expect, test } from 'vitest';
import { apiErrorFrom, parseRetryAfter, type SpotifyError } from '../../src/spotify/errors.ts';

describe('Retry-After', () => {
  const now = new Date('2026-11-21T08:00:00Z');

  test.each([
    ['1', 1],
    ['30', 30],
    [' 7 ', 7],
    ['86400', 86_400],
    ['79892', 79_892],
    ['9'.repeat(40), 86_400],
    ['1.5', 2],
    ['0.2', 1],
    ['79891.5', 79_892],
    ['Sat, 21 Nov 2026 08:02:00 GMT', 120],
    ['Saturday, 21-Nov-26 08:01:00 GMT', 60],
  ])('%j is %d seconds', (header, seconds) => {
    expect(parseRetryAfter(header, now)).toBe(seconds);
  });

  test.each([
    [null],
    [''],
    ['0'],
    ['-5'],
    ['abc'],
    ['1e9'],
    ['5 2099'],
    ['Sat, 21 Nov 2020 08:00:00 GMT'],
    ['Sunday'],
  ])('%j is the safe default', (header) => {
    expect(parseRetryAfter(header, now)).toBe(30);
  });
});

const kindOf = (status: number, text = ''): SpotifyError => apiErrorFrom({ status, retryAfter: null, text });

describe('an answer that is not 2xx', () => {
  test.each([
    [304, '', 'unreadable'],
    [400, '{"error":{"status":400,"message":"Invalid limit"}}', 'refused'],
    [401, '{"error":{"status":401,"message":"The access token expired"}}', 'unauthorized'],
    [
      403,
      'Check settings on developer.spotify.com/dashboard, the user may not be registered.',
      'not-allowed',
    ],
    [403, 'The user is not registered for this application.', 'not-allowed'],
    [
      403,
      '{"error":{"status":403,"message":"User not registered in the Developer Dashboard"}}',
      'not-allowed',
    ],
    [403, 'Active premium subscription required for the owner of the app.', 'premium-lapsed'],
    [403, '{"error":{"status":403,"message":"Insufficient client scope"}}', 'scope-missing'],
    [403, '{"error":{"status":403,"message":"Forbidden"}}', 'refused'],
    [403, '<html>', 'refused'],
    [404, '', 'refused'],
    [429, '{"error":{"status":429,"reason":"QUOTA_EXCEEDED"}}', 'rate-limited'],
    [500, '', 'unreachable'],
    [503, 'The user is not registered for this application.', 'unreachable'],
  ])('%i %s is %s', (status, text, kind) => {
    expect(kindOf(status, text)).toMatchObject({ kind, spotifyStatus: status });
  });

  test('is told in plain words, never in those Spotify sent', () => {
    const error = kindOf(403, 'the user may not be registered <script>');
    expect(error.message).toMatch(/not on the list of people/);
    expect(error.message).not.toMatch(/script/);
  });
});
