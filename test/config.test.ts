import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import type { Environment, Needs } from '../src/environment.ts';
import { ConfigError } from '../src/errors.ts';

const SPOTIFY = { SPOTIFY_CLIENT_ID: 'client', SPOTIFY_CLIENT_SECRET: 'a-client-secret' };
const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 8).toString('base64');
const SECRETS = { SESSION_SECRET: 's'.repeat(32), TOKEN_ENCRYPTION_KEYS: `k1:${KEY}` };
const PRODUCTION = {
  ...SPOTIFY,
  ...SECRETS,
  NODE_ENV: 'production',
  BASE_URL: 'https://music.example.org',
  DATABASE_URL: 'postgres://app:db-password@db/archive',
};

const problemsOf = (env: Environment, needs: Needs = 'web'): readonly string[] => {
  try {
    loadConfig(needs, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};
const without = (name: keyof typeof PRODUCTION): Environment => ({ ...PRODUCTION, [name]: undefined });

const databaseOf = (env: Environment) => loadConfig('database', env).database;

describe('settings left out', () => {
  it('have defaults that fit a machine of one’s own', () => {
    expect(loadConfig('web', { ...SPOTIFY, ...SECRETS })).toMatchObject({
      keepViews: true,
      logLevel: 'info',
      port: 3000,
      host: '127.0.0.1',
      baseUrl: 'http://127.0.0.1:3000',
      database: { kind: 'embedded', dataDir: path.resolve('.data/postgres') },
      poolMin: 2,
      poolMax: 10,
      ownerSpotifyId: null,
      allowedSpotifyIds: [],
      sqlitePath: 'music_time_machine.db',
      spotify: {
        redirectUri: 'http://127.0.0.1:3000/auth/spotify/callback',
        accountsUrl: 'https://accounts.spotify.com',
        apiUrl: 'https://api.spotify.com',
      },
      enrichment: { reccobeats: null, payloadsPerDay: 50 },
    });
  });

  it('take pictures from Spotify alone; a stand-in’s may be named where nothing is served to others', () => {
    expect(loadConfig('web', { ...SPOTIFY, ...SECRETS }).artUrl).toBeNull();
    const standIn = { SPOTIFY_ART_URL: 'http://127.0.0.1:4000/' };
    expect(loadConfig('web', { ...SPOTIFY, ...SECRETS, ...standIn }).artUrl).toBe('http://127.0.0.1:4000');
    expect(problemsOf({ ...PRODUCTION, ...standIn }).join()).toContain('SPOTIFY_ART_URL');
  });

  it('ask nobody else about tracks; ReccoBeats only once it is switched on', () => {
    const enrichmentOf = (env: Environment) =>
      loadConfig('web', { ...SPOTIFY, ...SECRETS, ...env }).enrichment;
    expect(enrichmentOf({ RECCOBEATS_URL: 'https://x.example' }).reccobeats).toBeNull();
    expect(enrichmentOf({ RECCOBEATS: 'yes', PAYLOADS_PER_DAY: '0' })).toEqual({
      reccobeats: { apiUrl: 'https://api.reccobeats.com', perDay: 1000 },
      payloadsPerDay: 0,
    });
    expect(
      enrichmentOf({ RECCOBEATS: 'yes', RECCOBEATS_URL: 'http://127.0.0.1:4000/x/', RECCOBEATS_PER_DAY: '7' })
        .reccobeats,
    ).toEqual({ apiUrl: 'http://127.0.0.1:4000/x', perDay: 7 });
  });

  it('follow one another: the port makes the address, the address makes the redirect', () => {
    expect(loadConfig('web', { ...SPOTIFY, ...SECRETS, PORT: '8080' }).spotify.redirectUri).toBe(
      'http://127.0.0.1:8080/auth/spotify/callback',
    );
    expect(loadConfig('web', { ...PRODUCTION, BASE_URL: 'https://music.example.org/' })).toMatchObject({
      baseUrl: 'https://music.example.org',
      host: '0.0.0.0',
      spotify: { redirectUri: 'https://music.example.org/auth/spotify/callback' },
    });
  });

  it('may be left empty instead', () => {
    expect(loadConfig('web', { ...SPOTIFY, ...SECRETS, PORT: '', DATABASE_URL: '', NODE_ENV: '' })).toEqual(
      loadConfig('web', { ...SPOTIFY, ...SECRETS }),
    );
  });

  it('of Spotify hinder no tool that only moves rows', () => {
    const config = loadConfig('database', {});
    expect(config).toMatchObject({ sessionSecrets: [], tokenKeys: [] });
    expect(problemsOf({ NODE_ENV: 'production', DATABASE_URL: 'postgres://db/x' }, 'database')).toEqual([]);
    expect(problemsOf({}, 'web').map((line) => line.split(':')[0])).toEqual([
      'SPOTIFY_CLIENT_ID',
      'SPOTIFY_CLIENT_SECRET',
    ]);
  });
});

describe('wrong settings', () => {
  it('are all named in one message, each with what it should be', () => {
    const problems = problemsOf({
      NODE_ENV: 'staging',
      LOG_LEVEL: 'loud',
      PORT: 'eighty',
      BASE_URL: 'music.example.org',
      DATABASE_URL: 'mysql://db/x',
      DIRECT_DATABASE_URL: 'db',
      DB_PORT: '99999',
      DB_POOL_MIN: '20',
      DB_POOL_MAX: '0',
      SESSION_SECRET: 'short',
      TOKEN_ENCRYPTION_KEYS: 'k1:short',
      SPOTIFY_REDIRECT_URI: 'ftp://x/y',
      RECCOBEATS: 'maybe',
      RECCOBEATS_URL: 'api.reccobeats.com',
      RECCOBEATS_PER_DAY: '0',
      PAYLOADS_PER_DAY: '500',
    });
    const named = new Set(problems.map((line) => String(line.split(':')[0])));
    expect([...named].toSorted((a, b) => (a < b ? -1 : 1)).join(' ')).toBe(
      'BASE_URL DATABASE_URL DB_POOL_MAX DB_POOL_MIN DB_PORT DIRECT_DATABASE_URL LOG_LEVEL NODE_ENV PAYLOADS_PER_DAY PORT ' +
        'RECCOBEATS RECCOBEATS_PER_DAY RECCOBEATS_URL SESSION_SECRET SPOTIFY_CLIENT_ID SPOTIFY_CLIENT_SECRET SPOTIFY_REDIRECT_URI TOKEN_ENCRYPTION_KEYS',
    );
    expect(problems.every((line) => /^[A-Z_]+: .{8}/.test(line))).toBe(true);
    expect(new ConfigError(problems).message.split('\n')).toHaveLength(problems.length + 1);
  });

  it.each([
    'postgres://u:pw@db:99999/x',
    'postgres://u:pw@db:0/x',
    'postgres://u:pw@db:port/x',
    'postgres://u@/x?host=/run&port=70000',
    'postgres://u:%ff@db/x',
    'postgres://u:p/w@db/x',
  ])('a database’s address that cannot be is named: %s', (url) => {
    for (const name of ['DATABASE_URL', 'DIRECT_DATABASE_URL'])
      expect(problemsOf({ [name]: url }, 'database')).toEqual([
        expect.stringMatching(`^${name}: must be an address`),
      ]);
  });

  it.each([
    'postgres://u@/x?host=/run',
    'postgresql://u:p%25w%@[::1]:5432/x?sslmode=require',
    'postgres://db/x',
  ])('but not one that can: %s', (url) => {
    expect(problemsOf({ DATABASE_URL: url }, 'database')).toEqual([]);
  });

  it('do not include the log level trace', () => {
    expect(loadConfig('database', { LOG_LEVEL: 'trace' }).logLevel).toBe('trace');
  });

  it.each([
    ['no database', without('DATABASE_URL'), 'EMBEDDED_POSTGRES_DIR'],
    ['no address', without('BASE_URL'), 'BASE_URL'],
    ['no session secret', without('SESSION_SECRET'), 'SESSION_SECRET'],
    ['no token keys', without('TOKEN_ENCRYPTION_KEYS'), 'TOKEN_ENCRYPTION_KEYS'],
    ['no client id', without('SPOTIFY_CLIENT_ID'), 'SPOTIFY_CLIENT_ID'],
  ])('in production include %s', (_what, env, name) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(new RegExp(`^${name}: .+`))]);
  });

  it('in production do not include what is there', () => {
    expect(problemsOf(PRODUCTION)).toEqual([]);
    expect(problemsOf({ ...without('DATABASE_URL'), EMBEDDED_POSTGRES_DIR: '/srv/pg' })).toEqual([]);
    expect(problemsOf({ ...without('DATABASE_URL'), DB_HOST: 'db' })).toEqual([]);
  });

  it.each(['http://localhost:3000', 'http://music.example.org', 'http://192.168.1.2:3000'])(
    'include an address Spotify would refuse (%s), and why',
    (address) => {
      const host = new URL(address).hostname;
      expect(problemsOf({ ...SPOTIFY, ...SECRETS, BASE_URL: address })).toEqual([
        `BASE_URL: Spotify accepts https, or http on the literal 127.0.0.1 or [::1] (not ${host})`,
      ]);
    },
  );

  it.each(['https://music.example.org', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
    'do not include %s',
    (address) => {
      expect(problemsOf({ ...SPOTIFY, ...SECRETS, BASE_URL: address })).toEqual([]);
    },
  );

  it.each([
    ['SESSION_SECRET', ','],
    ['SESSION_SECRET', `${'s'.repeat(32)},short`],
    ['TOKEN_ENCRYPTION_KEYS', ','],
    ['TOKEN_ENCRYPTION_KEYS', KEY],
    ['TOKEN_ENCRYPTION_KEYS', `k1:${KEY.slice(0, 20)}`],
    ['TOKEN_ENCRYPTION_KEYS', `k.1:${KEY}`],
    ['TOKEN_ENCRYPTION_KEYS', `k1:${KEY},k1:${OTHER_KEY}`],
  ])('include a %s of %j', (name, value) => {
    expect(problemsOf({ ...PRODUCTION, [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name}: .+`)),
    ]);
  });

  it('are told without quoting any secret', () => {
    const planted = ['sh0rt-pw', 'k1:ZmFrZQ', 'mysql://me:hunter2@db/x', 'an-id', 'a-secret', 'tr0ub4dor'];
    const problems = problemsOf({
      NODE_ENV: 'production',
      SESSION_SECRET: planted[0],
      TOKEN_ENCRYPTION_KEYS: planted[1],
      DATABASE_URL: planted[2],
      DIRECT_DATABASE_URL: planted[2],
      SPOTIFY_CLIENT_ID: planted[3],
      SPOTIFY_CLIENT_SECRET: planted[4],
      DB_PASSWORD: planted[5],
      BASE_URL: 'https://me:hunter2@music example',
      PORT: 'x',
    });
    expect(problems.length).toBeGreaterThan(4);
    for (const secret of [...planted, 'hunter2']) expect(problems.join('\n')).not.toContain(secret);
  });
});

describe('a database', () => {
  it('named by parts may have any characters in them', () => {
    const database = databaseOf({
      DB_HOST: 'db',
      DB_PORT: '6543',
      DB_NAME: 'my archive',
      DB_USER: 'a@b',
      DB_PASSWORD: 'p:a/s?s#w%rd@',
    });
    const url = new URL(database.kind === 'server' ? database.url : '');
    expect([url.hostname, url.port]).toEqual(['db', '6543']);
    expect([url.username, url.password, url.pathname].map(decodeURIComponent)).toEqual([
      'a@b',
      'p:a/s?s#w%rd@',
      '/my archive',
    ]);
  });

  it('named whole goes before its parts, and may have a direct address besides', () => {
    const url = 'postgres://u@pooler/x';
    expect(databaseOf({ DATABASE_URL: url, DB_HOST: 'other' })).toEqual({
      kind: 'server',
      url,
      directUrl: url,
      pooled: false,
    });
    expect(databaseOf({ DATABASE_URL: url, DIRECT_DATABASE_URL: 'postgresql://u@db/x' })).toMatchObject({
      url,
      directUrl: 'postgresql://u@db/x',
      pooled: true,
    });
  });

  it('that nobody named is our own', () => {
    expect(databaseOf({ EMBEDDED_POSTGRES_DIR: '/srv/pg' })).toEqual({
      kind: 'embedded',
      dataDir: '/srv/pg',
    });
  });
});

describe('lists', () => {
  it('keep their order, the newest first', () => {
    const config = loadConfig('web', {
      ...PRODUCTION,
      SESSION_SECRET: ` ${'n'.repeat(32)} , ${'o'.repeat(32)} `,
      TOKEN_ENCRYPTION_KEYS: `new:${OTHER_KEY},old:${KEY}`,
      ALLOWED_SPOTIFY_IDS: 'alice, bob,',
    });
    expect(config.sessionSecrets).toEqual(['n'.repeat(32), 'o'.repeat(32)]);
    expect(config.tokenKeys.map(({ id, key }) => [id, key.toString('base64')])).toEqual([
      ['new', OTHER_KEY],
      ['old', KEY],
    ]);
    expect(config.allowedSpotifyIds).toEqual(['alice', 'bob']);
  });
});
