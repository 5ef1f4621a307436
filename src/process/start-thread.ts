import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** TypeScript sources run directly need tsx in the thread too. @param name of the file, without extension */
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
