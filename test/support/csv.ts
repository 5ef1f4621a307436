import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';

/** The records of a CSV file of ours, the headings first: it begins with a byte order mark, so that a spreadsheet reads UTF-8. */
export function readCsv(text: string): string[][] {
  expect(text.startsWith('\uFEFF'), 'begins with a byte order mark').toBe(true);
  return parse(text, { bom: true, record_delimiter: '\r\n' });
}
