import { z } from 'zod';
import { ConfigError } from './errors.ts';
import { readTokenKeys } from './secrets.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Needs = 'database' | 'spotify' | 'web';

const portNumber = z.coerce.number('must be a port number').int('must be a port number').min(0).max(65_535);
const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'must be an address such as https://music.example.org',
});
const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
  .refine(isReadable, 'must be an address such as postgres://user:password@host:5432/music_time_machine');
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

const perDay = (least: number, most: number) =>
  z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

/** Spotify has shut apps out for a day after about 500; two days' worth stays below. */
const MOST_SINGLE_READS = 200;

const settings = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'], 'must be development, test or production')
    .default('development'),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be fatal, error, warn, info, debug, trace or silent',
    )
    .default('info'),
  PORT: portNumber.default(3000),
  HOST: z.string().optional(),
  BASE_URL: httpUrl.optional(),
  WEB_CONCURRENCY: z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(64, 'must be at most 64')
    .default(1),
  DATABASE_URL: databaseUrl.optional(),
  DIRECT_DATABASE_URL: databaseUrl.optional(),
  DB_HOST: z.string().optional(),
  DB_PORT: portNumber.default(5432),
  DB_NAME: z.string().optional(),
  DB_USER: z.string().optional(),
  DB_PASSWORD: z.string().optional(),
  EMBEDDED_POSTGRES_DIR: z.string().optional(),
  DB_POOL_MIN: z.coerce.number('must be a whole number').int().min(0).max(1000).default(2),
  DB_POOL_MAX: z.coerce
    .number('must be a whole number')
    .int()
    .min(1, 'must be at least 1')
    .max(1000)
    .default(10),
  SESSION_SECRET: list
    .pipe(
      z
        .array(z.string().min(32, 'must be at least 32 characters (openssl rand -base64 32)'))
        .min(1, 'must have at least one secret'),
    )
    .optional(),
  TOKEN_ENCRYPTION_KEYS: list.transform(readTokenKeys).optional(),
  SPOTIFY_CLIENT_ID: z.string().default(''),
  SPOTIFY_CLIENT_SECRET: z.string().default(''),
  SPOTIFY_REDIRECT_URI: httpUrl.optional(),
  SPOTIFY_ACCOUNTS_URL: httpUrl.default('https://accounts.spotify.com'),
  SPOTIFY_API_URL: httpUrl.default('https://api.spotify.com'),
  SPOTIFY_ART_URL: httpUrl.optional(),
  OWNER_SPOTIFY_ID: z.string().optional(),
  ALLOWED_SPOTIFY_IDS: list.default([]),
  SQLITE_PATH: z.string().default('music_time_machine.db'),
  API_CORS_ORIGIN: httpUrl.optional(),
  METRICS_TOKEN: z.string().min(16, 'must be at least 16 characters (openssl rand -hex 32)').optional(),
  RECCOBEATS: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
  RECCOBEATS_URL: httpUrl.default('https://api.reccobeats.com'),
  RECCOBEATS_PER_DAY: perDay(1, 100_000).default(1000),
  PAYLOADS_PER_DAY: perDay(0, MOST_SINGLE_READS).default(50),
  WORKER_IN_WEB: z.enum(['yes', 'no'], 'must be yes or no').default('yes'),
  RELOAD_VIEWS: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
});
export type Settings = z.infer<typeof settings>;

/** As pg reads it: a Unix socket has no host, and names and passwords may be percent-encoded. */
function isReadable(address: string): boolean {
  const withHost = address.replace('@/', '@localhost/');
  if (!URL.canParse(withHost)) return false;
  const url = new URL(withHost);
  const ports = [url.port, url.searchParams.get('port') ?? ''].filter((text) => text !== '');
  return (
    ports.every((text) => /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) <= 65_535) &&
    [url.username, url.password].every(isDecodable)
  );
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, '%25')) !== null;
  } catch {
    return false;
  }
}

/** An empty variable counts as missing. @throws ConfigError that names every missing or wrong variable */
export function readSettings(env: Environment, needs: Needs): Settings {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = settings.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map(describeIssue);
  problems.push(...crossProblems(given, needs));
  if (!parsed.success || problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return parsed.data;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${String(issue.path[0])}: ${issue.message}`;
}

function crossProblems(env: Environment, needs: Needs): string[] {
  const problems: string[] = [];
  const missing = (name: string, what: string): void => {
    if (env[name] === undefined) problems.push(`${name}: ${what}`);
  };
  const production = env.NODE_ENV === 'production';
  if (production && !namesServer(env)) {
    missing(
      'EMBEDDED_POSTGRES_DIR',
      'required in production: DATABASE_URL (or DB_HOST …), or EMBEDDED_POSTGRES_DIR on a lasting disk',
    );
  }
  if (production && env.SPOTIFY_ART_URL !== undefined)
    problems.push('SPOTIFY_ART_URL: only for a stand-in; in production artwork comes from Spotify');
  if (Number(env.DB_POOL_MIN ?? 2) > Number(env.DB_POOL_MAX ?? 10))
    problems.push('DB_POOL_MIN: must not be above DB_POOL_MAX');
  if (needs === 'database') return problems;
  missing('SPOTIFY_CLIENT_ID', 'the client id of your app at developer.spotify.com');
  missing('SPOTIFY_CLIENT_SECRET', 'the client secret of your app at developer.spotify.com');
  if (production) {
    missing(
      'TOKEN_ENCRYPTION_KEYS',
      'KEYID:base64 of 32 random bytes, such as k1:$(openssl rand -base64 32)',
    );
  }
  if (production && needs === 'web') {
    missing('BASE_URL', 'the address listeners use, such as https://music.example.org');
    missing('SESSION_SECRET', 'at least 32 random characters (openssl rand -base64 32)');
  }
  problems.push(...addressProblems(env));
  return problems;
}

/** Spotify accepts plain HTTP only on literal loopback addresses. */
function addressProblems(env: Environment): string[] {
  return ['BASE_URL', 'SPOTIFY_REDIRECT_URI'].flatMap((name) => {
    if (!URL.canParse(env[name] ?? '')) return [];
    const url = new URL(env[name] ?? '');
    if (url.protocol === 'https:') return [];
    if (url.hostname === '127.0.0.1' || url.hostname === '[::1]') return [];
    return [
      `${name}: Spotify accepts https, or http on the literal 127.0.0.1 or [::1] (not ${url.hostname})`,
    ];
  });
}

const namesServer = (env: Environment): boolean =>
  env.DATABASE_URL !== undefined || env.DB_HOST !== undefined || env.DB_NAME !== undefined;
