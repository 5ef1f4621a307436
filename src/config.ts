import path from 'node:path';
import { readSettings, type Environment, type Needs, type Settings } from './environment.ts';
import { readOrMakeSecrets, type Secrets, type TokenKey } from './secrets.ts';

export type DatabaseConfig =
  | {
      readonly kind: 'server';
      readonly url: string;
      readonly directUrl: string;
      /** In transaction mode: no start-up parameters, no session state. */
      readonly pooled: boolean;
    }
  | { readonly kind: 'embedded'; readonly dataDir: string };

export interface Config {
  readonly keepViews: boolean;
  /** Check API answers against the API's description. */
  readonly checksAnswers: boolean;
  /** A stand-in's pictures; null: Spotify's. */
  readonly artUrl: string | null;
  readonly logLevel: string;
  readonly port: number;
  readonly host: string;
  readonly baseUrl: string;
  readonly database: DatabaseConfig;
  readonly webConcurrency: number;
  readonly poolMin: number;
  readonly poolMax: number;
  readonly ownerSpotifyId: string | null;
  readonly allowedSpotifyIds: readonly string[];
  readonly sqlitePath: string;
  /** If false, `npm run worker` must run. */
  readonly workerInWeb: boolean;
  readonly enrichment: {
    /** Null: no id leaves the machine. */
    readonly reccobeats: { readonly apiUrl: string; readonly perDay: number } | null;
    readonly payloadsPerDay: number;
  };
  /** Whose pages may read the API's answers; null: of no other origin. */
  readonly apiCorsOrigin: string | null;
  readonly metricsToken: string | null;
  readonly spotify: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly redirectUri: string;
    readonly accountsUrl: string;
    readonly apiUrl: string;
  };
  readonly sessionSecrets: readonly string[];
  readonly tokenKeys: readonly TokenKey[];
}

/** Settings beyond `needs` may be missing. @throws ConfigError that names every missing or wrong variable */
export function loadConfig(needs: Needs, env: Environment = environment()): Config {
  return assemble(readSettings(env, needs), needs);
}

/** The process's own, over those of a `.env` file. */
function environment(): Environment {
  try {
    process.loadEnvFile();
  } catch {}
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
    apiCorsOrigin: given.API_CORS_ORIGIN === undefined ? null : new URL(given.API_CORS_ORIGIN).origin,
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

const DATA_DIR = '.data';

/** No default secrets: a machine makes its own once; production must set them. */
function secretsOf(given: Settings): Secrets {
  const { SESSION_SECRET: sessionSecrets, TOKEN_ENCRYPTION_KEYS: tokenKeys } = given;
  if (sessionSecrets && tokenKeys) return { sessionSecrets, tokenKeys };
  const own = readOrMakeSecrets(path.resolve(DATA_DIR, 'secrets.json'));
  return { sessionSecrets: sessionSecrets ?? own.sessionSecrets, tokenKeys: tokenKeys ?? own.tokenKeys };
}
