import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { anyFreePort } from '../scripts/demo/processes.ts';
import { useDatabase } from './support/database.ts';
import { copiesOf, readDockerfile, readIgnored, type Instruction } from './support/dockerfile.ts';
import { ROOT } from './support/run-script.ts';

/**
 * The steps of the Dockerfile without an engine: in clean directories, as an ordinary user, with the packages of this
 * machine's Node. What apt installs is taken for granted.
 */
const NOBODY = 65_534;
const asUser = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const home = mkdtempSync(path.join(tmpdir(), 'deploy-drill-'));
const [build, image] = [path.join(home, 'build'), path.join(home, 'image')];
const [buildStage = [], imageStage = []] = readDockerfile();
const prebuilds = path.join(home, 'prebuilds');
const env = {
  PATH: process.env.PATH ?? '',
  HOME: home,
  CI: 'true',
  npm_config_better_sqlite3_local_prebuilds: prebuilds,
};

const test = useDatabase();
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('the image is built as its Dockerfile says, migrates, serves and stops', async () => {
  packSqlite();
  copyIn(buildStage);
  const failed = commandsOf(buildStage).find((command) => !succeeds(command));
  expect(failed).toBeUndefined();
  for (const { sources, target } of copiesOf(imageStage))
    for (const source of sources)
      cpSync(
        source.replace(/^\/app/, build),
        path.join(image, target === './' ? path.basename(source) : target),
        {
          recursive: true,
          verbatimSymlinks: true,
        },
      );
  chown(image);
  await test.db.execute('DROP SCHEMA public CASCADE');
  await test.db.execute('CREATE SCHEMA public');
  const migrated = spawnSync('node_modules/.bin/node-pg-migrate', ['up', '--advisory-lock-mode', 'wait'], {
    cwd: image,
    env: { ...env, DATABASE_URL: test.url },
    encoding: 'utf8',
  });
  expect([migrated.status, migrated.stderr]).toEqual([0, '']);
  await serve();
});

/** The one that is installed here, in the place of the ready-made one that npm ci looks for: to compile it takes minutes. */
function packSqlite(): void {
  const sqlite = path.join(ROOT, 'node_modules/better-sqlite3');
  const { version } = JSON.parse(readFileSync(path.join(sqlite, 'package.json'), 'utf8')) as {
    version: string;
  };
  const name = `better-sqlite3-v${version}-node-v${process.versions.modules}-${process.platform}-${process.arch}.tar.gz`;
  mkdirSync(prebuilds, { recursive: true });
  const packed = ['-czf', path.join(prebuilds, name), '-C', sqlite, 'build/Release/better_sqlite3.node'];
  execFileSync('tar', packed);
}

function copyIn(stage: readonly Instruction[]): void {
  mkdirSync(build, { recursive: true });
  const ignored = new Set([...readIgnored(), 'test', 'docs']);
  for (const { sources, target } of copiesOf(stage))
    for (const source of sources)
      cpSync(path.join(ROOT, source), path.join(build, target, source === '.' ? '' : path.basename(source)), {
        recursive: true,
        filter: (file) => !ignored.has(path.relative(ROOT, file)) && !/\.db(-|$)/.test(file),
      });
  chown(home);
}

const commandsOf = (stage: readonly Instruction[]): string[] =>
  stage
    .filter(({ name }) => name === 'RUN')
    .map(({ value }) =>
      value
        .split('&&')
        .map((part) => part.trim())
        .filter((part) => !part.startsWith('apt-get'))
        .join(' && '),
    );

const succeeds = (command: string): boolean => {
  const { status, stderr } = spawnSync('sh', ['-ec', command], {
    cwd: build,
    env,
    ...asUser,
    encoding: 'utf8',
  });
  if (status !== 0) process.stderr.write(stderr);
  return status === 0;
};

async function serve(): Promise<void> {
  const port = await anyFreePort();
  const secret = () => randomBytes(32).toString('base64');
  const [program = '', ...args] = JSON.parse(
    imageStage.findLast(({ name }) => name === 'CMD')?.value ?? '[]',
  ) as string[];
  const app = spawn(program, args, {
    cwd: image,
    env: {
      ...env,
      NODE_ENV: 'production',
      PORT: String(port),
      BASE_URL: 'https://music.example.org',
      DATABASE_URL: test.url,
      SESSION_SECRET: secret(),
      TOKEN_ENCRYPTION_KEYS: `k1:${secret()}`,
      SPOTIFY_CLIENT_ID: 'an-app',
      SPOTIFY_CLIENT_SECRET: 'its-secret',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => void app.once('exit', resolve));
  let ready = 0;
  while (ready !== 200 && app.exitCode === null) {
    await sleep(100);
    ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ status }) => status,
      () => 0,
    );
  }
  app.kill('SIGTERM');
  expect([ready, await ended]).toEqual([200, 0]);
}

function chown(directory: string): void {
  if (asUser.uid === undefined) return;
  spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, directory]);
  chownSync(home, NOBODY, NOBODY);
}
