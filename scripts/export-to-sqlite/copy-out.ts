import { to as copyTo } from 'pg-copy-streams';
import type { Transaction } from '../../src/db.ts';

export type TextRow = readonly (string | null)[];

const NEWLINE = 0x0a;

/**
 * What a query finds, as PostgreSQL writes it in text. The server goes at the pace of the reader and no more than
 * one row waits half-read, so that memory is bounded by bytes: one payload may be 50 MB. Read it to its end: a
 * connection that is left in the middle of a COPY answers nothing else.
 */
export async function* copyOut(tx: Transaction, query: string): AsyncGenerator<TextRow[]> {
  let begun: Buffer[] = [];
  for await (const chunk of tx.client.query(copyTo(`COPY (${query}) TO STDOUT`)) as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end === -1) {
      begun.push(chunk);
      continue;
    }
    const lines = Buffer.concat([...begun, chunk.subarray(0, end)]).toString();
    begun = [chunk.subarray(end + 1)];
    yield lines.split('\n').map(readLine);
  }
}

/** One line of COPY's text format. */
export const readLine = (line: string): TextRow => line.split('\t').map(readValue);

const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function readValue(text: string): string | null {
  if (text === String.raw`\N`) return null;
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(.)/gs, (_, character: string) => ESCAPED[character] ?? character);
}
