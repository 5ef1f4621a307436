import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

// The last step of `npm ci`. better-sqlite3 is optional: where its ready-made binary cannot be downloaded and Node's
// headers cannot either, npm drops it without a word. Node brings its headers along, so build it from those.
// (Plain JavaScript: it runs before anything is there to run TypeScript with.)

const root = path.resolve(import.meta.dirname, '..');
const { optionalDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const wanted = `better-sqlite3@${optionalDependencies['better-sqlite3']}`;

/** In a process of its own: what failed to load once is not looked for again in the same one. */
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
      `No ready-made ${wanted} could be had: building it with Node's own headers (about a minute) …`,
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
      : `${wanted} could not be built, so the demo, the move from the old edition and its tests cannot run; all else can. ` +
          'To have it, install python3, make and a C++ compiler and run npm ci again; npm install better-sqlite3 says what is wrong.',
  );
}
