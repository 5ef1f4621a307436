import path from 'node:path';
import { readSettings, type Environment, type Needs, type Settings } from './environment.ts';
import { readOrMakeSecrets, type Secrets, type TokenKey } from './secrets.ts';

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
  /** Whether what the API answers is held against its own description first: everywhere but in production. */
  readonly checksAnswers: boolean;
  /** Where a stand-in has the pictures that Spotify would have on hosts of its own; null: there. */
  readonly artUrl: string | null;
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

/**
 * Reads every setting; the only reader of the environment. What `needs` does not cover may be missing.
 * @throws ConfigError naming every variable that is missing or wrong
 */
export function loadConfig(needs: Needs, env: Environment = environment()): Config {
  return assemble(readSettings(env, needs), needs);
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

function assemble(given: Settings, needs: Needs): Config {
  const production = given.NODE_ENV === 'production';
  const baseUrl = (given.BASE_URL ?? `http://127.0.0.1:${given.PORT}`).replace(/\/+$/, '');
  return {
    keepViews: given.RELOAD_VIEWS === 'no',
    checksAnswers: !production,
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
    artUrl: given.SPOTIFY_ART_URL?.replace(/\/+$/, '') ?? null,
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
