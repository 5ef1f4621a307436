import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { nodeArguments } from './run-script.ts';

export interface ServerProcess {
  readonly baseUrl: string;
  /** All it has written so far. */
  output(): string;
  /** Its log, line by line; a line that is no JSON object is kept as it is. */
  logLines(): unknown[];
  /** Resolves once it listens; fails if it ends instead. */
  listening(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  readonly hasExited: boolean;
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** The real server in a process, a directory and on a port of its own; it sees no setting but those given. */
export async function startServerProcess(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const port = await freePort();
  const home = mkdtempSync(path.join(os.tmpdir(), 'mtm-server-'));
  const child = spawn(process.execPath, nodeArguments('src/server.ts'), {
    cwd: home,
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text));
  const exit = once(child, 'close').then(([code, signal]) => {
    rmSync(home, { recursive: true });
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    output: () => output,
    logLines: () => output.trim().split('\n').map(parse),
    async listening() {
      while (!output.includes('"msg":"listening"')) {
        const ended = await Promise.race([exit, once(child.stderr, 'data')]);
        if (!Array.isArray(ended)) throw new Error(`the server ended: ${output}`);
      }
    },
    signal: (name) => void child.kill(name),
    get hasExited() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    exit,
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
