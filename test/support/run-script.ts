import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const ROOT = path.resolve(import.meta.dirname, '../..');
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** What Node is told to run a program of ours, as its users do. */
export const fromSource = (program: string): string[] => ['--import', TSX, path.join(ROOT, program)];

/** The same, compiled beforehand where it has been (compile-programs.ts). */
export function nodeArguments(program: string): string[] {
  const compiled = process.env.COMPILED_PROGRAMS;
  return compiled === undefined
    ? fromSource(program)
    : [path.join(compiled, program.replace(/\.ts$/, '.js'))];
}

/** Starts a command of the project as its own process, in any folder, on these settings alone. */
export function startScript(
  script: string,
  args: readonly string[] = [],
  {
    env = {},
    cwd = ROOT,
    program = nodeArguments(script),
  }: { env?: Readonly<Record<string, string>>; cwd?: string; program?: readonly string[] } = {},
) {
  const child = spawn(process.execPath, [...program, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, ended, output: () => output };
}

/** Runs a command to its end. */
export async function runScript(
  ...given: Parameters<typeof startScript>
): Promise<{ code: number | null; output: string }> {
  const script = startScript(...given);
  const code = await script.ended;
  return { code, output: script.output() };
}
