import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTcpProxy } from './tcp-proxy.ts';

const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((file) => existsSync(file));

/** The tests behind a pooler need Debian's package; where it is missing they are skipped, and say so. */
export const hasPgbouncer = PROGRAM !== undefined;
if (!hasPgbouncer)
  process.stdout.write('No pgbouncer found: the app behind one is not tested (apt-get install pgbouncer).\n');

export interface Pgbouncer {
  /** The database behind it, by way of the pooler. */
  readonly url: string;
  close(): Promise<void>;
}

/** A pooler in transaction mode with three server connections and no memory for prepared statements. */
export async function startPgbouncer(databaseUrl: string): Promise<Pgbouncer> {
  const network = await startTcpProxy(databaseUrl);
  const { port: databasePort, username, pathname } = new URL(network.url);
  const port = await freePort();
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-pgbouncer-'));
  chmodSync(directory, 0o755);
  const settings = path.join(directory, 'pgbouncer.ini');
  writeFileSync(settings, settingsFor({ port, databasePort, user: username }));
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const child = spawn(String(PROGRAM), [settings], { stdio: 'ignore', ...account });
  const ended = once(child, 'exit');
  for (let attempt = 0; !(await accepts(port)); attempt += 1) {
    if (attempt === 100 || child.exitCode !== null) throw new Error('pgbouncer did not start');
    await sleep(50);
  }
  return {
    url: `postgres://${username}@127.0.0.1:${port}${pathname}`,
    async close() {
      child.kill('SIGKILL');
      await ended;
      await network.close();
      rmSync(directory, { recursive: true });
    },
  };
}

const settingsFor = (known: { port: number; databasePort: string; user: string }): string => `
[databases]
* = host=127.0.0.1 port=${known.databasePort} user=${known.user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${known.port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
server_reset_query_always = 0
`;

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
