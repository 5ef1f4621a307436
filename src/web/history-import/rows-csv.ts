import { csvHead, csvLine } from '../../csv.ts';
import type { FileReport } from '../../history-import/row.ts';
import type { KeptRow } from '../../history-import/rows.ts';

const COLUMNS = ['file', 'row', 'played_at', 'track_id', 'reason', 'original'];

/** Rows of a bucket as a spreadsheet reads them. */
export async function* csvOfRows(
  files: readonly FileReport[],
  rows: AsyncIterable<KeptRow>,
): AsyncGenerator<string> {
  yield csvHead(COLUMNS);
  for await (const row of rows)
    yield csvLine([
      row.file_number === null ? '' : (files[row.file_number]?.file ?? ''),
      row.file_row === null ? '' : String(row.file_row),
      row.played_at ?? '',
      row.track_id ?? '',
      row.reason ?? '',
      row.original ?? '',
    ]);
}
