import { createConnection } from 'node:net';
import path from 'node:path';

const PROTOCOL_3 = 196_608;
const PATIENCE_MS = 5000;

export const OK = '00000';
export const NO_SUCH_DATABASE = '3D000';
export const DUPLICATE = ['42P04', '23505'];

/** For readiness and CREATE DATABASE. @returns OK or the SQLSTATE of a refusal; null: no server answers */
export function ask(socketDir: string, database: string, sql: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createConnection(path.join(socketDir, '.s.PGSQL.5432'));
    let received = Buffer.alloc(0);
    let asked = false;
    const finish = (result: string | null) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(PATIENCE_MS, () => finish(null));
    socket.on('error', () => finish(null)).on('close', () => finish(null));
    socket.on('connect', () => socket.write(startupMessage(database)));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let message = firstMessage(received); message !== null; message = firstMessage(received)) {
        received = received.subarray(message.size);
        if (message.type === 'E') return finish(sqlState(message.body));
        if (message.type !== 'Z') continue;
        if (asked) return finish(OK);
        asked = true;
        socket.write(queryMessage(sql));
      }
    });
  });
}

// Layouts: https://www.postgresql.org/docs/current/protocol-message-formats.html
function startupMessage(database: string): Buffer {
  const body = Buffer.from(`user\0postgres\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(PROTOCOL_3, 4);
  return Buffer.concat([head, body]);
}

function queryMessage(sql: string): Buffer {
  const body = Buffer.from(`${sql}\0`);
  const head = Buffer.from('Q----');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function firstMessage(bytes: Buffer): { type: string; body: Buffer; size: number } | null {
  if (bytes.length < 5) return null;
  const size = 1 + bytes.readInt32BE(1);
  if (bytes.length < size) return null;
  return { type: String.fromCharCode(bytes[0] ?? 0), body: bytes.subarray(5, size), size };
}

/** A field is a letter, text and NUL; C is the SQLSTATE. */
function sqlState(body: Buffer): string {
  const field = body
    .toString()
    .split('\0')
    .find((text) => text.startsWith('C'));
  return field?.slice(1) ?? 'XX000';
}
