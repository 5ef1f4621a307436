import { execFileSync, type ExecFileException } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as helpers from '../../src/web/page/helpers.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const readAll = (folder: string, ending: string): Map<string, string> =>
  new Map(
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(ending))
      .map((file) => [file, readFileSync(path.join(ROOT, folder, file), 'utf8')]),
  );
const views = readAll('views', '.ejs');

/** The code of a view, as JavaScript. What it calls `locals.rank` may be missing, and is passed over. */
const codeOf = (source: string): string =>
  [...source.matchAll(/<%([-=_#]?)([\s\S]*?)[-_]?%>/g)]
    .filter(([, kind]) => kind !== '#')
    .map(([, kind = '', code = '']) => (/[-=]/.test(kind) ? `;(${code});` : code))
    .join('\n');

/** By view, the names it uses and does not declare. */
function freeNames(sources: ReadonlyMap<string, string>): Map<string, Set<string>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mtm-views-'));
  const files = new Map([...sources.keys()].map((view, at) => [`${at}.mjs`, view]));
  for (const [file, view] of files) writeFileSync(path.join(folder, file), codeOf(sources.get(view) ?? ''));
  const free = new Map([...sources.keys()].map((view) => [view, new Set<string>()]));
  for (const { filename, message } of undefinedIn(folder)) {
    const name = /^'(.+)' is not defined/.exec(message)?.[1];
    free.get(files.get(path.basename(filename)) ?? '')?.add(name ?? message);
  }
  rmSync(folder, { recursive: true });
  return free;
}

function undefinedIn(folder: string): { filename: string; message: string }[] {
  const args = ['-A', 'all', '-D', 'no-undef', '--format', 'json', '.'];
  const answered = (json: string) => (JSON.parse(json) as { diagnostics: [] }).diagnostics;
  try {
    return answered(
      execFileSync(path.join(ROOT, 'node_modules/.bin/oxlint'), args, { cwd: folder, encoding: 'utf8' }),
    );
  } catch (error) {
    return answered(String((error as ExecFileException).stdout));
  }
}

const matchesOf = (source: string, pattern: RegExp): string[] =>
  [...source.matchAll(pattern)].map(([, part = '']) => part);
const KEY = /(?<=[{,]\s*)([A-Za-z_$][\w$]*)(?=\s*:)/g;
const SHORT = /(?<=[{,]\s*)([A-Za-z_$][\w$]*)(?=\s*[,}])/g;

/** All that routes and what goes before them could give a view: whatever is the key of anything there. */
function givenByRoutes(): string[] {
  const sources = [...readAll('src/web', '.ts').values()].join('\n');
  const set = matchesOf(sources, /res\.locals\.(\w+) =/g);
  return [...set, ...matchesOf(sources, KEY), ...matchesOf(sources, SHORT)];
}

/** The names that views use and nobody gives them. */
function namesOfNobody(sources: ReadonlyMap<string, string>): string[] {
  const free = freeNames(sources);
  const given = new Set([
    ...Object.keys(helpers),
    ...Object.getOwnPropertyNames(globalThis),
    ...givenByRoutes(),
  ]);
  for (const name of ['asset', 'include', 'locals']) given.add(name);
  for (const [view, source] of sources) {
    const handedOn = matchesOf(source, /include\(([\s\S]*?)\) ?%>/g).join('\n');
    for (const name of matchesOf(handedOn, KEY)) given.add(name);
    // What it hands on as it got it, somebody else must have given.
    for (const name of matchesOf(handedOn, SHORT)) if (!free.get(view)?.has(name)) given.add(name);
  }
  return [...free].flatMap(([view, names]) =>
    [...names].filter((name) => !given.has(name)).map((name) => `${view}: ${name}`),
  );
}

describe('every name in a view', () => {
  it('is declared there, a helper, or given by a route or an including view: any other would print nothing', () => {
    expect(namesOfNobody(views)).toEqual([]);
  });

  it('is found where it is misspelt', () => {
    const entry = views.get('dashboard/_entry.ejs') ?? '';
    const misspelt = new Map([
      ...views,
      ['dashboard/_entry.ejs', entry.replace('{ movement }', '{ movment }')],
    ]);
    expect(namesOfNobody(misspelt)).toEqual(['dashboard/_entry.ejs: movment']);
  });
});
