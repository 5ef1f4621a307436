import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../src/database/errors.ts';
import { createDb } from '../src/db.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

// The certificates are made by openssl.
describe.skipIf(!hasOpenssl)('TLS to the database (skipped where there is no openssl)', () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'mtm-test-tls-'));
  const at = (name: string): string => path.join(home, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  let server: net.Server;
  let port: number;
  /** What came through the encrypted connection: the beginning of a conversation with PostgreSQL. */
  let heard: Buffer[] = [];

  beforeAll(async () => {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=our CA',
      '-keyout',
      at('ca.key'),
      '-out',
      at('ca.crt'),
    );
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=another CA',
      '-keyout',
      at('other.key'),
      '-out',
      at('other.crt'),
    );
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      at('server.key'),
      '-out',
      at('server.csr'),
    );
    openssl(
      'x509',
      '-req',
      '-in',
      at('server.csr'),
      '-CA',
      at('ca.crt'),
      '-CAkey',
      at('ca.key'),
      '-CAcreateserial',
      '-days',
      '2',
      '-copy_extensions',
      'copy',
      '-out',
      at('server.crt'),
    );
    const secure = tls.createSecureContext({
      key: readFileSync(at('server.key')),
      cert: readFileSync(at('server.crt')),
    });
    server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      // A client that wants TLS asks for it in eight bytes; S means yes (PostgreSQL manual, "Message Formats").
      socket.once('data', () => {
        socket.write('S');
        const encrypted = new tls.TLSSocket(socket, { isServer: true, secureContext: secure });
        encrypted.on('error', () => undefined);
        encrypted.on('data', (bytes: Buffer) => {
          heard.push(bytes);
          encrypted.destroy();
        });
      });
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.close();
    rmSync(home, { recursive: true });
  });

  /** Whether the client went on to speak after it had looked at the certificate. */
  async function speaks(host: string, query: string): Promise<boolean> {
    heard = [];
    const db = createDb({
      url: `postgres://someone:a-password@${host}:${port}/archive?${query}`,
      poolMin: 0,
      poolMax: 1,
      applicationName: 'tls-test',
    });
    await expect(db.one('SELECT 1')).rejects.toThrow(DatabaseUnavailable);
    await db.close();
    return Buffer.concat(heard).includes('someone');
  }

  const trusting = (ca: string): string => `sslmode=verify-full&sslrootcert=${encodeURIComponent(at(ca))}`;

  it('is spoken to a server whose certificate the named authority signed for that name', async () => {
    expect(await speaks('localhost', trusting('ca.crt'))).toBe(true);
  });

  it.each([
    ['another authority is named', 'localhost', () => trusting('other.crt')],
    ['no authority is named and none of the system signed it', 'localhost', () => 'sslmode=verify-full'],
    ['the certificate is for another name', '127.0.0.1', () => trusting('ca.crt')],
  ])('is broken off before a word is said where %s', async (_why, host, query) => {
    expect(await speaks(host, query())).toBe(false);
  });
});
