import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import path from 'node:path';
import type { Answered } from './walk.ts';

/** The generator wants the compiler of TypeScript 5 as a library, which newer ones no longer bring. */
const OLDER_COMPILER = `
  export const resolve = (name, context, next) => name === 'typescript'
    ? { url: 'data:text/javascript,export { ts as default } from "${import.meta.resolve('@ts-morph/common')}"', shortCircuit: true }
    : next(name, context);`;

/** Types made from a document by openapi-typescript. */
export async function typesOf(document: string): Promise<string> {
  register(`data:text/javascript,${encodeURIComponent(OLDER_COMPILER)}`);
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  return astToString(await openapiTS(document));
}

/**
 * Has the compiler hold every answer against its type, as a literal: what is missing, of another type or too many is
 * an error. @returns what the compiler says; empty where all fit
 */
export function typeErrors(directory: string, types: string, answers: readonly Answered[]): string {
  mkdirSync(directory, { recursive: true });
  const written = answers.flatMap(({ endpoint: { operationId }, status, mediaType, content }) =>
    content === null
      ? []
      : [
          `export const ${operationId}: operations['${operationId}']['responses'][${status}]['content']['${mediaType}'] = ${content};`,
        ],
  );
  writeFileSync(path.join(directory, 'api.d.ts'), types);
  const file = path.join(directory, 'answers.ts');
  writeFileSync(file, [`import type { operations } from './api.d.ts';`, ...written, ''].join('\n'));
  const compiler = path.join(
    path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const flags = [
    '--noEmit',
    '--strict',
    '--ignoreConfig',
    '--allowImportingTsExtensions',
    '--module',
    'nodenext',
  ];
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, ...flags, file], { encoding: 'utf8' });
  return stdout + stderr;
}
