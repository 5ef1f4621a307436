import type { Reject } from '../../archives/imports.ts';
import { csvHead, csvLine } from '../../csv.ts';

export interface RejectFormat {
  readonly contentType: string;
  readonly header: string;
  readonly line: (reject: Reject) => string;
}

const COLUMNS = ['source_table', 'source_key', 'source_column', 'reason', 'type', 'original'];

/** For spreadsheets: a `'` before a formula. The JSON lines are exact. */
const csv: RejectFormat = {
  contentType: 'text/csv; charset=utf-8',
  header: csvHead(COLUMNS),
  line: (reject) =>
    csvLine([
      reject.source_table,
      reject.source_key,
      reject.source_column ?? '',
      reject.reason,
      ...describeOriginal(reject),
    ]),
};

const jsonl: RejectFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  header: '',
  line: ({ source_table, source_key, source_column, reason, original }) =>
    `${JSON.stringify({ source_table, source_key, source_column, reason, original })}\n`,
};

export const REJECT_FORMATS: Readonly<Record<'csv' | 'jsonl', RejectFormat>> = { csv, jsonl };

function describeOriginal({ source_column: column, original }: Reject): [type: string, text: string] {
  const { type, text, hex } = original as { type?: unknown; text?: unknown; hex?: unknown };
  if (column === null || typeof type !== 'string') return ['row', JSON.stringify(original)];
  if (typeof hex === 'string') return [type, `x'${hex}'`];
  return [type, typeof text === 'string' ? text : ''];
}
