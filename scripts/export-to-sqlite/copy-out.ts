import { to as copyTo } from 'pg-copy-streams';
import type { Transaction } from '../../src/db.ts';

export type TextRow = readonly (string | null)[];

const NEWLINE = 0x0a;

/**
 * Rows in PostgreSQL's text format. The server waits for the reader and at most one row is buffered, since a payload
 * may be 50 MB. Read it to the end: a connection in the middle of a COPY answers nothing else.
 */
export async function* copyOut(tx: Transaction, query: string): AsyncGenerator<TextRow[]> {
  let partial: Buffer[] = [];
  for await (const chunk of tx.client.query(copyTo(`COPY (${query}) TO STDOUT`)) as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end === -1) {
      partial.push(chunk);
      continue;
    }
    const lines = Buffer.concat([...partial, chunk.subarray(0, end)]).toString();
    partial = [chunk.subarray(end + 1)];
    yield lines.split('\n').map(readLine);
  }
}

export const readLine = (line: string): TextRow => line.split('\t').map(readValue);

const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function readValue(text: string): string | null {
  if (text === String.raw`\N`) return null;
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(.)/gs, (_, character: string) => ESCAPED[character] ?? character);
}
