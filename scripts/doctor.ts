import { loadConfig, type Config } from '../src/config.ts';
import { DatabaseUnavailable, type Db } from '../src/db.ts';
import { ConfigError } from '../src/errors.ts';
import { openDatabase } from '../src/open-database.ts';
import { listPendingMigrations } from '../src/schema.ts';
import { isSpotifyReachable } from '../src/spotify/reachable.ts';
import { runTool } from './run-tool.ts';

interface Finding {
  readonly ok: boolean;
  readonly text: string;
}

const fine = (text: string): Finding => ({ ok: true, text });
const wrong = (text: string): Finding => ({ ok: false, text });

/** `npm run doctor`: is everything as it should be? Each line is ok, or says what to do. Exit 1 if any is not. */
await runTool(async () => {
  const settings = examineSettings();
  const config = loadConfig('database');
  const { db, close } = await openDatabase(config, { applicationName: 'doctor' });
  try {
    const database = await examineDatabase(db, config).catch(describeAbsence);
    const findings = [settings, ...database, await examineSpotify(config)];
    for (const { ok, text } of findings) console.log(`${ok ? 'ok   ' : 'check'}  ${text}`);
    return findings.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await close();
  }
});

function examineSettings(): Finding {
  try {
    loadConfig('web');
    return fine('settings: complete');
  } catch (error) {
    if (error instanceof ConfigError) return wrong(`settings: ${error.problems.join('; ')}`);
    throw error;
  }
}

async function examineDatabase(db: Db, { database }: Config): Promise<Finding[]> {
  const { version, number } = await db.one<{ version: string; number: number }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`,
  );
  const kind =
    database.kind === 'embedded' ? `embedded in ${database.dataDir}` : 'the server your settings name';
  const pending = await listPendingMigrations(db);
  const server =
    number >= 150_000
      ? fine(`database: PostgreSQL ${version}, ${kind}`)
      : wrong(`database: PostgreSQL ${version} is too old, 15 or newer is needed`);
  if (pending.length > 0)
    return [server, wrong(`schema: ${pending.length} migrations to go: npm run migrate -- up`)];
  return [
    server,
    fine('schema: up to date'),
    fine(`rows: ${await countRows(db)}`),
    await examineConnections(db),
  ];
}

function describeAbsence(error: unknown): Finding[] {
  if (!(error instanceof DatabaseUnavailable)) throw error;
  return [wrong('database: it does not answer; is it running, and are DATABASE_URL or DB_* right?')];
}

async function countRows(db: Db): Promise<string> {
  const counts = await db.one<Record<string, number>>(
    `SELECT
       (SELECT count(*) FROM users WHERE spotify_id IS NOT NULL) AS listeners,
       (SELECT count(*) FROM users WHERE spotify_id IS NULL) AS "unclaimed archives",
       (SELECT count(*) FROM tracks) AS tracks,
       (SELECT count(*) FROM artists) AS artists,
       (SELECT count(*) FROM snapshots) AS "snapshot places",
       (SELECT count(*) FROM playlists) AS playlists,
       (SELECT count(*) FROM import_rejects) AS "import rejects"`,
  );
  return Object.entries(counts)
    .map(([name, count]) => `${count.toLocaleString('en')} ${name}`)
    .join(', ');
}

async function examineConnections(db: Db): Promise<Finding> {
  const { waiting } = await db.one<{ waiting: number }>(
    `SELECT count(*)::int AS waiting FROM spotify_connections WHERE refresh_token IS NULL`,
  );
  return waiting === 0
    ? fine('connections: none needs its listener')
    : wrong(`connections: ${waiting} listeners must sign in again before their lists can be kept`);
}

async function examineSpotify({ spotify }: Config): Promise<Finding> {
  const reachable = await isSpotifyReachable(spotify);
  return reachable
    ? fine(`Spotify: ${spotify.apiUrl} answers`)
    : wrong(`Spotify: ${spotify.apiUrl} does not answer; check the network of this machine`);
}
