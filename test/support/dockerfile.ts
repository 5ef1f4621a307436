import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './run-script.ts';

export interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** The stages of the Dockerfile, each from its FROM on; what goes on over several lines is put together. */
export function readDockerfile(): Instruction[][] {
  const text = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8').replaceAll(/\\\n\s*/g, '');
  const instructions = text
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => ({ name: line.split(' ', 1)[0] ?? '', value: line.slice(line.indexOf(' ') + 1) }));
  const stages: Instruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') stages.push([]);
    stages.at(-1)?.push(instruction);
  }
  return stages;
}

export interface Copy {
  /** The stage it copies from; null: what the builder sends along. */
  readonly from: string | null;
  readonly sources: readonly string[];
  readonly target: string;
}

export const copiesOf = (stage: readonly Instruction[]): Copy[] =>
  stage
    .filter(({ name }) => name === 'COPY')
    .map(({ value }) => {
      const words = value.split(/\s+/);
      const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : null;
      return { from: from ?? null, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
    });

/** Names that the builder does not send along. */
export const readIgnored = (): readonly string[] =>
  readFileSync(path.join(ROOT, '.dockerignore'), 'utf8').trim().split('\n');
