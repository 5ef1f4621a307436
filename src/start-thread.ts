import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * A thread that runs a program of this directory. Where the sources run as they are, the thread has to be told to read
 * TypeScript: tsx does not reach into threads by itself.
 * @param name of the file, without its extension
 */
export function startThread(name: string, workerData: unknown): Worker {
  const extension = path.extname(import.meta.filename);
  const program = pathToFileURL(path.join(import.meta.dirname, name + extension));
  if (extension === '.js') return new Worker(program, { workerData });
  const [tsx, address] = [import.meta.resolve('tsx/esm/api'), program.href].map((text) =>
    JSON.stringify(text),
  );
  const start = `import(${tsx}).then(({ register }) => (register(), import(${address})))`;
  return new Worker(start, { eval: true, workerData });
}
