import { to as copyTo } from 'pg-copy-streams';
import type { Transaction } from '../../../src/db.ts';

/** Streams a query's rows; one at a time is in memory. */
export async function* readCopy(tx: Transaction, query: string): AsyncGenerator<(string | null)[]> {
  const stream = tx.client.query(copyTo(`COPY (${query}) TO STDOUT`));
  let partial: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield fieldsOf(Buffer.concat([...partial, chunk.subarray(from, end)]).toString());
      partial = [];
      from = end + 1;
    }
    if (from < chunk.length) partial.push(chunk.subarray(from));
  }
}

const fieldsOf = (line: string): (string | null)[] =>
  line.split('\t').map((field) => (field === '\\N' ? null : unescape(field)));

const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

const unescape = (field: string): string =>
  field.includes('\\')
    ? field.replaceAll(/\\(.)/gs, (_, letter: string) => ESCAPED[letter] ?? letter)
    : field;
