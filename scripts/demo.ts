import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.ts';
import { AppError } from '../src/errors.ts';
import { loadSqlite } from '../src/load-sqlite.ts';
import { openDatabase } from '../src/database/open.ts';
import { startApp, moveFile, waitUntilReady } from './demo/processes.ts';
import type { Demo } from './demo/listener.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from './spotify-stand-in/server.ts';
import { runTool } from './run-tool.ts';

const USAGE = 'usage: npm run demo -- [FILE] [--fresh] [--port N]';

/** `npm run demo`: on an invented archive, or on the listener's own old file. */
await runTool(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      fresh: { type: 'boolean', default: false },
      port: { type: 'string', default: String(loadConfig('database').port) },
    },
  });
  if (positionals.length > 1 || !/^\d{1,5}$/.test(values.port)) throw new AppError(400, USAGE);
  const [file] = positionals;
  if (file !== undefined && !existsSync(file)) throw new AppError(400, `There is no file ${file}. ${USAGE}`);
  await loadSqlite();
  // Invented and real archives are never mixed.
  const directory = path.resolve('.data', file === undefined ? 'demo' : 'demo-own-files');
  if (values.fresh) rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  return run(directory, file, Number(values.port));
});

async function run(directory: string, file: string | undefined, port: number): Promise<number> {
  const env = { NODE_ENV: 'development', EMBEDDED_POSTGRES_DIR: path.join(directory, 'postgres') };
  // Old files are written with SQLite, which has been loaded by now.
  const { inventedDemo, ownFileDemo } = await import('./demo/listener.ts');
  console.log('Starting PostgreSQL …');
  const { db, close } = await openDatabase(loadConfig('database', env), { applicationName: 'demo' });
  try {
    const demo: Demo = file === undefined ? inventedDemo(directory) : ownFileDemo(path.resolve(file));
    for (const old of demo.files) await moveFile(old, demo.owner, env);
    // The stand-in has forgotten its tokens, so nobody can still be signed in.
    await db.execute('DELETE FROM sessions');
    const standIn = await startSpotifyStandIn({ listeners: [await demo.listener(db)] });
    const app = await startApp({ ...env, ...spotifySettings(standIn, file === undefined) }, port);
    await waitUntilReady(app);
    console.log(
      `\nReady: open ${app.url} and click “Sign in with Spotify”. (A stand-in plays Spotify. Press Ctrl-C to stop.)`,
    );
    if (demo.historyFile !== null)
      console.log(
        `To try an import of ten years: History, “Import your history from files”, ${demo.historyFile}`,
      );
    if (demo.owner === null) console.log('Then claim your archive with one more click.');
    const exitCode = await app.ended;
    await standIn.close();
    return exitCode;
  } finally {
    await close();
  }
}

/** The stand-in knows nothing about the features and pictures of real music. */
function spotifySettings(standIn: SpotifyStandIn, invented: boolean) {
  return {
    SPOTIFY_CLIENT_ID: standIn.clientId,
    SPOTIFY_CLIENT_SECRET: standIn.clientSecret,
    SPOTIFY_ACCOUNTS_URL: standIn.url,
    SPOTIFY_API_URL: standIn.url,
    ...(invented ? { SPOTIFY_ART_URL: standIn.url } : {}),
    RECCOBEATS: invented ? 'yes' : 'no',
    RECCOBEATS_URL: standIn.reccobeatsUrl,
    // The stand-in has only the tracks of its lists and would answer 404 for any other.
    PAYLOADS_PER_DAY: '0',
  };
}
