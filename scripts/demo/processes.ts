import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../src/errors.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

type Settings = Readonly<Record<string, string>>;

const runProgram = (program: string, args: readonly string[], env: Settings): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', path.join(ROOT, program), ...args], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  });

/** Rejects (exit code 1) do not stop the demo. */
export async function moveFile(file: string, owner: string | null, env: Settings): Promise<void> {
  console.log(`\nMoving ${file} with migrate:sqlite …`);
  const ownerArgs = owner === null ? [] : ['--owner', owner];
  const [code] = (await once(
    runProgram('scripts/migrate-from-sqlite.ts', [file, '--no-backup', ...ownerArgs], env),
    'exit',
  )) as [number | null];
  if (code !== 0 && code !== 1) throw new AppError(400, 'The demo cannot run without the archive.');
}

export interface RunningApp {
  readonly url: string;
  /** The app's exit code once it has ended (Ctrl-C reaches it too). */
  readonly ended: Promise<number>;
}

/** Uses any free port if the wanted one is taken. */
export async function startApp(env: Settings, wantedPort: number): Promise<RunningApp> {
  const port = (await isFree(wantedPort)) ? wantedPort : await anyFreePort();
  const child = runProgram('src/server.ts', [], { ...env, PORT: String(port), LOG_LEVEL: 'warn' });
  // Ctrl-C reaches the whole group; this process stays until the app has stopped, then closes the database.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGTERM'));
  const ended = once(child, 'exit').then(([code]) => (code as number | null) ?? 1);
  return { url: `http://127.0.0.1:${port}`, ended };
}

/** @throws AppError if the app ends, or is not ready within two minutes */
export async function waitUntilReady({ url, ended }: RunningApp): Promise<void> {
  const over = ended.then(() => 'ended' as const);
  for (let waited = 0; waited < 120_000; waited += 100) {
    const answer = await Promise.race([over, isReady(url)]);
    if (answer === true) return;
    if (answer === 'ended') break;
    await sleep(100);
  }
  throw new AppError(500, 'The app did not start; see its messages above.');
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer().listen(port, '127.0.0.1');
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (free) {
    server.close();
    await once(server, 'close');
  }
  return free;
}

/** None of those that a system hands out by itself: another program could be given it before it is used. */
export async function anyFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    if (await isFree(port)) return port;
  }
}
