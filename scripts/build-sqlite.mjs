import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

// The last step of `npm ci`. npm silently drops better-sqlite3, which is optional, where neither its binary nor Node's
// headers can be downloaded. Node comes with its headers, so build it from those. In plain JavaScript, since nothing
// that runs TypeScript is installed yet.

const root = path.resolve(import.meta.dirname, '..');
const { optionalDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const wanted = `better-sqlite3@${optionalDependencies['better-sqlite3']}`;

/** In a new process: one that failed to load the package does not look for it again. */
const isThere = () =>
  spawnSync(process.execPath, ['-e', `new (require('better-sqlite3'))(':memory:')`], { cwd: root }).status ===
  0;

const omitted = process.env.npm_config_omit?.split(/\s+/).includes('optional') ?? false;
if (!omitted && !isThere()) build();

function build() {
  const node = path.resolve(process.execPath, '../..');
  const npm = process.env.npm_execpath;
  if (npm !== undefined && existsSync(path.join(node, 'include/node/node.h'))) {
    console.log(
      `No ready-made ${wanted} is available. Building it with Node's own headers (about a minute) …`,
    );
    spawnSync(process.execPath, [npm, 'install', '--no-save', '--no-audit', '--no-fund', wanted], {
      cwd: root,
      env: { ...process.env, npm_config_nodedir: node },
      stdio: 'ignore',
    });
  }
  console.log(
    isThere()
      ? `${wanted} is built.`
      : `${wanted} could not be built, so the demo, the move from the old edition and its tests cannot run. Everything else can. ` +
          'Install python3, make and a C++ compiler and run npm ci again; npm install better-sqlite3 shows what is wrong.',
  );
}
