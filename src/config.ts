import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from './errors.ts';
import { readOrMakeSecrets, readTokenKeys, type Secrets, type TokenKey } from './secrets.ts';

/** Where the database is: a named server, or the embedded one kept in a directory of ours. */
export type DatabaseConfig =
  | {
      readonly kind: 'server';
      readonly url: string;
      readonly directUrl: string;
      /** A pooler in transaction mode stands before it: no start-up parameters, no session state. */
      readonly pooled: boolean;
    }
  | { readonly kind: 'embedded'; readonly dataDir: string };

export interface Config {
  /** Views are read once and kept compiled; in development each change shows at once. */
  readonly keepViews: boolean;
  readonly logLevel: string;
  readonly port: number;
  readonly host: string;
  /** The address listeners use, without a trailing slash. */
  readonly baseUrl: string;
  readonly database: DatabaseConfig;
  /** Web processes on this machine. */
  readonly webConcurrency: number;
  readonly poolMin: number;
  readonly poolMax: number;
  readonly ownerSpotifyId: string | null;
  /** Empty: everyone whom Spotify lets in may sign in. */
  readonly allowedSpotifyIds: readonly string[];
  readonly sqlitePath: string;
  /** Whether the web process also captures and asks for plays; where not, `npm run worker` must. */
  readonly workerInWeb: boolean;
  /** What the worker adds to the catalogue by itself. */
  readonly enrichment: {
    /** Asked for audio features of tracks that have none; null: nobody is, and no id leaves the machine for it. */
    readonly reccobeats: { readonly apiUrl: string; readonly perDay: number } | null;
    /** Tracks without a payload that Spotify is asked for in a day. */
    readonly payloadsPerDay: number;
  };
  /** Null: nobody may read /metrics. */
  readonly metricsToken: string | null;
  readonly spotify: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly redirectUri: string;
    readonly accountsUrl: string;
    readonly apiUrl: string;
  };
  /** Newest first: the first signs, all verify. */
  readonly sessionSecrets: readonly string[];
  /** `KEYID:base64` pairs, newest first: the first encrypts, all decrypt. */
  readonly tokenKeys: readonly TokenKey[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

const port = z.coerce.number('must be a port number').int('must be a port number').min(0).max(65_535);
const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'must be an address such as https://music.example.org',
});
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

const settings = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'], 'must be development, test or production')
    .default('development'),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
      'must be fatal, error, warn, info, debug or silent',
    )
    .default('info'),
  PORT: port.default(3000),
  HOST: z.string().optional(),
  BASE_URL: httpUrl.optional(),
  WEB_CONCURRENCY: z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(64, 'must be at most 64')
    .default(1),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional(),
  DIRECT_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional(),
  DB_HOST: z.string().optional(),
  DB_PORT: port.default(5432),
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
        .min(1, 'must hold at least one secret'),
    )
    .optional(),
  TOKEN_ENCRYPTION_KEYS: list.transform(readTokenKeys).optional(),
  SPOTIFY_CLIENT_ID: z.string().default(''),
  SPOTIFY_CLIENT_SECRET: z.string().default(''),
  SPOTIFY_REDIRECT_URI: httpUrl.optional(),
  SPOTIFY_ACCOUNTS_URL: httpUrl.default('https://accounts.spotify.com'),
  SPOTIFY_API_URL: httpUrl.default('https://api.spotify.com'),
  OWNER_SPOTIFY_ID: z.string().optional(),
  ALLOWED_SPOTIFY_IDS: list.default([]),
  SQLITE_PATH: z.string().default('music_time_machine.db'),
  METRICS_TOKEN: z.string().min(16, 'must be at least 16 characters (openssl rand -hex 32)').optional(),
  RECCOBEATS: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
  RECCOBEATS_URL: httpUrl.default('https://api.reccobeats.com'),
  RECCOBEATS_PER_DAY: perDay(1, 100_000).default(1000),
  PAYLOADS_PER_DAY: perDay(0, 400).default(50),
  WORKER_IN_WEB: z.enum(['yes', 'no'], 'must be yes or no').default('yes'),
});
type Settings = z.infer<typeof settings>;

/** What a program is about to use: a tool that only moves rows need not know of Spotify. */
export type Needs = 'database' | 'spotify' | 'web';

/**
 * Reads every setting; the only reader of the environment. What `needs` does not cover may be missing.
 * @throws ConfigError naming every variable that is missing or wrong
 */
export function loadConfig(needs: Needs, env: Environment = environment()): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = settings.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map(describeIssue);
  problems.push(...crossProblems(given, needs));
  if (!parsed.success || problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return assemble(parsed.data, needs);
}

/** What the process was given, on top of what stands in a `.env` file beside it. */
function environment(): Environment {
  try {
    process.loadEnvFile();
  } catch {
    // No .env file: the settings come from the environment alone.
  }
  return process.env;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${String(issue.path[0])}: ${issue.message}`;
}

/** What no single variable can tell by itself. */
function crossProblems(env: Environment, needs: Needs): string[] {
  const problems: string[] = [];
  const missing = (name: string, what: string): void => {
    if (env[name] === undefined) problems.push(`${name}: ${what}`);
  };
  const production = env.NODE_ENV === 'production';
  if (production && !namesServer(env)) {
    missing(
      'EMBEDDED_POSTGRES_DIR',
      'in production name the database: DATABASE_URL (or DB_HOST …), or a directory on a lasting disk for the embedded one',
    );
  }
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

/** Spotify refuses `localhost` and plain HTTP anywhere but on a literal loopback address. */
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

function assemble(given: Settings, needs: Needs): Config {
  const production = given.NODE_ENV === 'production';
  const baseUrl = (given.BASE_URL ?? `http://127.0.0.1:${given.PORT}`).replace(/\/+$/, '');
  return {
    keepViews: given.NODE_ENV !== 'development',
    logLevel: given.LOG_LEVEL,
    port: given.PORT,
    host: given.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    baseUrl,
    database: databaseOf(given),
    webConcurrency: given.WEB_CONCURRENCY,
    poolMin: given.DB_POOL_MIN,
    poolMax: given.DB_POOL_MAX,
    ownerSpotifyId: given.OWNER_SPOTIFY_ID ?? null,
    allowedSpotifyIds: given.ALLOWED_SPOTIFY_IDS,
    sqlitePath: given.SQLITE_PATH,
    workerInWeb: given.WORKER_IN_WEB === 'yes',
    enrichment: {
      reccobeats:
        given.RECCOBEATS === 'yes'
          ? { apiUrl: given.RECCOBEATS_URL.replace(/\/+$/, ''), perDay: given.RECCOBEATS_PER_DAY }
          : null,
      payloadsPerDay: given.PAYLOADS_PER_DAY,
    },
    metricsToken: given.METRICS_TOKEN ?? null,
    spotify: {
      clientId: given.SPOTIFY_CLIENT_ID,
      clientSecret: given.SPOTIFY_CLIENT_SECRET,
      redirectUri: given.SPOTIFY_REDIRECT_URI ?? `${baseUrl}/auth/spotify/callback`,
      accountsUrl: given.SPOTIFY_ACCOUNTS_URL.replace(/\/+$/, ''),
      apiUrl: given.SPOTIFY_API_URL.replace(/\/+$/, ''),
    },
    ...(needs === 'database' ? { sessionSecrets: [], tokenKeys: [] } : secretsOf(given)),
  };
}

function databaseOf(given: Settings): DatabaseConfig {
  const url = given.DATABASE_URL ?? urlFromParts(given);
  if (url === null) {
    return {
      kind: 'embedded',
      dataDir: path.resolve(given.EMBEDDED_POSTGRES_DIR ?? path.join(DATA_DIR, 'postgres')),
    };
  }
  const directUrl = given.DIRECT_DATABASE_URL ?? url;
  return { kind: 'server', url, directUrl, pooled: directUrl !== url };
}

function urlFromParts(given: Settings): string | null {
  if (given.DB_HOST === undefined && given.DB_NAME === undefined) return null;
  const [user, password, name, host] = [
    given.DB_USER ?? 'postgres',
    given.DB_PASSWORD ?? '',
    given.DB_NAME ?? 'music_time_machine',
    given.DB_HOST ?? '127.0.0.1',
  ].map(encodeURIComponent);
  return `postgres://${user}${password === '' ? '' : `:${password}`}@${host}:${given.DB_PORT}/${name}`;
}

/** Everything the app keeps beside its code: the embedded database and the secrets of a development machine. */
const DATA_DIR = '.data';

/** There are no default secrets: a machine that was given none makes its own once (production must be given them). */
function secretsOf(given: Settings): Secrets {
  const { SESSION_SECRET: sessionSecrets, TOKEN_ENCRYPTION_KEYS: tokenKeys } = given;
  if (sessionSecrets && tokenKeys) return { sessionSecrets, tokenKeys };
  const own = readOrMakeSecrets(path.resolve(DATA_DIR, 'secrets.json'));
  return { sessionSecrets: sessionSecrets ?? own.sessionSecrets, tokenKeys: tokenKeys ?? own.tokenKeys };
}
