import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './support/run-script.ts';

const document = readFileSync(path.join(ROOT, 'ARCHITECTURE.md'), 'utf8');

it('ARCHITECTURE.md lists the folders of src in the order the import rule has them', () => {
  const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
    forbidden: readonly { name: string }[];
  };
  const ruled = forbidden.flatMap(({ name }) => /^(.*)-looks-down$/.exec(name)?.[1] ?? []);
  const listed = document.split('```')[1]?.matchAll(/(?:^|(?<=\/ ))([a-z-]+)\/(?= )/gm) ?? [];
  expect([...listed].map(([, folder]) => folder)).toEqual(ruled);
});

it('ARCHITECTURE.md names only files there are', () => {
  const files = [...document.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|cjs|ejs|sql))`/g)].map(([, file]) =>
    String(file),
  );
  const places = ['', 'src/', 'src/web/'].map((folder) => path.join(ROOT, folder));
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !places.some((place) => existsSync(path.join(place, file))))).toEqual([]);
});
