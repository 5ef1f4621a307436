import { parseArgs } from 'node:util';
import { loadConfig, type Config } from '../src/config.ts';
import { DatabaseUnavailable } from '../src/database/errors.ts';
import type { Db } from '../src/db.ts';
import { AppError, ConfigError } from '../src/errors.ts';
import { openDatabase } from '../src/database/open.ts';
import { listPendingMigrations } from '../src/database/schema.ts';
import { isSpotifyReachable } from '../src/spotify/reachable.ts';
import { listWaits, type Wait } from '../src/users/spotify-limit.ts';
import { fine, wrong, type Finding } from './doctor/finding.ts';
import { examineListeners, reportListeners, type ListenerReport } from './doctor/listeners.ts';
import { grouped, plural } from './print.ts';
import { runTool } from './run-tool.ts';

interface Examination {
  readonly findings: readonly Finding[];
  readonly listeners: readonly ListenerReport[] | null;
}

const CALLS: Readonly<Record<Wait['bucket'], string>> = {
  api: 'anything',
  accounts: 'tokens',
  profile: 'the account that signs in',
  'top-lists': 'lists',
  'recently-played': 'plays',
  'single-reads': 'single tracks',
  playlists: 'playlists',
};

/** `npm run doctor [-- --json]`: exit 1 if anything needs doing. */
await runTool(async () => {
  const { json } = readArguments();
  const settings = examineSettings();
  const config = loadConfig('database');
  const { db, close } = await openDatabase(config, { applicationName: 'doctor', pooled: true });
  try {
    const database = await examineDatabase(db, config).catch(describeAbsence);
    const checks = [settings, ...database.findings, await examineSpotify(config)];
    const ok = checks.every((finding) => finding.ok);
    if (json) console.log(JSON.stringify({ ok, checks, listeners: database.listeners }, null, 2));
    else
      for (const finding of checks)
        console.log(`${finding.ok ? 'ok   ' : 'check'}  ${finding.check}: ${finding.text}`);
    return ok ? 0 : 1;
  } finally {
    await close();
  }
});

function readArguments(): { json: boolean } {
  try {
    const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
    return values;
  } catch {
    throw new AppError(400, 'usage: npm run doctor [-- --json]');
  }
}

function examineSettings(): Finding {
  try {
    loadConfig('web');
    return fine('settings', 'complete');
  } catch (error) {
    if (error instanceof ConfigError) return wrong('settings', error.problems.join('; '));
    throw error;
  }
}

async function examineDatabase(db: Db, { database, allowedSpotifyIds }: Config): Promise<Examination> {
  const { version, number } = await db.one<{ version: string; number: number }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`,
  );
  const kind =
    database.kind === 'embedded' ? `embedded in ${database.dataDir}` : 'the server your settings name';
  const pending = await listPendingMigrations(db);
  const server =
    number >= 150_000
      ? fine('database', `PostgreSQL ${version}, ${kind}`)
      : wrong('database', `PostgreSQL ${version} is too old; 15 or newer is needed`);
  if (pending.length > 0) {
    const behind = wrong('schema', `${plural(pending.length, 'migration')} to run: npm run migrate -- up`);
    return { findings: [server, behind], listeners: null };
  }
  const listeners = await reportListeners(db, allowedSpotifyIds);
  const findings = [
    server,
    fine('schema', 'up to date'),
    fine('rows', await countRows(db)),
    ...examineListeners(listeners),
    ...(await examineWait(db)),
  ];
  return { findings, listeners };
}

function describeAbsence(error: unknown): Examination {
  if (!(error instanceof DatabaseUnavailable)) throw error;
  const absent = wrong('database', 'it does not answer; is it running, and are DATABASE_URL or DB_* right?');
  return { findings: [absent], listeners: null };
}

async function countRows(db: Db): Promise<string> {
  const counts = await db.one<Record<string, number>>(
    `SELECT
       (SELECT count(*) FROM users WHERE spotify_id IS NOT NULL) AS listeners,
       (SELECT count(*) FROM users WHERE spotify_id IS NULL) AS "unclaimed archives",
       (SELECT count(*) FROM tracks) AS tracks,
       (SELECT count(*) FROM artists) AS artists,
       (SELECT count(*) FROM snapshots) AS "snapshot places",
       (SELECT count(*) FROM artist_snapshots) AS "artist places",
       (SELECT count(*) FROM playlists) AS playlists,
       (SELECT count(*) FROM plays) AS plays,
       (SELECT count(*) FROM history_imports WHERE state = 'done') AS "history imports",
       (SELECT count(*) FROM import_rejects) AS "import rejects"`,
  );
  return Object.entries(counts)
    .map(([name, count]) => `${grouped(count)} ${name}`)
    .join(', ');
}

/** Spotify's waits end by themselves, so they are no alarm. */
async function examineWait(db: Db): Promise<Finding[]> {
  const waits = (await listWaits(db)).filter(({ seconds }) => seconds > 0);
  return waits.map(({ bucket, seconds }) => {
    const notBefore = new Date(Date.now() + seconds * 1000).toISOString();
    return fine('Spotify', `has asked this app to wait with calls for ${CALLS[bucket]} until ${notBefore}`);
  });
}

async function examineSpotify({ spotify }: Config): Promise<Finding> {
  const reachable = await isSpotifyReachable(spotify);
  return reachable
    ? fine('Spotify', `${spotify.apiUrl} answers`)
    : wrong('Spotify', `${spotify.apiUrl} does not answer; check the network of this machine`);
}
