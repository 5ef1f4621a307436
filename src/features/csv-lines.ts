import { parse } from 'csv-parse/sync';

/** A record of a CSV, with the number (from 1) of the line it begins on; null: its quotation marks are in disorder. */
export interface CsvRecord {
  readonly line: number;
  readonly values: readonly string[] | null;
}

interface Line {
  readonly number: number;
  readonly text: string;
}

/** A value in quotation marks may go on over so many lines; past that, the mark was never closed. */
const MOST_LINES = 50;

/**
 * Records one by one, as a text arrives. One that is in disorder costs no other: a mark that is not closed takes no
 * line along but its own. Empty lines are left out.
 */
export async function* csvRecords(
  texts: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<CsvRecord> {
  let open: Line[] = [];
  for await (const line of linesOf(texts)) {
    open.push(line);
    if (hasOpenMark(open) && open.length < MOST_LINES) continue;
    yield* recordsIn(open, delimiter);
    open = [];
  }
  yield* recordsIn(open, delimiter);
}

/** Of lines that would be one record; where they are none, the first is in disorder and the others stand for themselves. */
function* recordsIn(lines: readonly Line[], delimiter: string): Generator<CsvRecord> {
  const [first, ...rest] = lines;
  if (first === undefined) return;
  const values = valuesOf(lines.map(({ text }) => text).join('\n'), delimiter);
  if (values === null && rest.length > 0) {
    yield { line: first.number, values: null };
    for (const line of rest) yield* recordsIn([line], delimiter);
  } else if (values === null || values.some((value) => value !== '')) yield { line: first.number, values };
}

function valuesOf(text: string, delimiter: string): string[] | null {
  if (!text.includes('"')) return text.split(delimiter).map((value) => value.trim());
  try {
    const [values] = parse(text, { delimiter, trim: true, relax_column_count: true });
    return values ?? [];
  } catch {
    return null;
  }
}

const hasOpenMark = (lines: readonly Line[]): boolean =>
  lines.reduce((marks, { text }) => marks + (text.match(/"/g)?.length ?? 0), 0) % 2 === 1;

/** Whatever ends them. A carriage return at the end of a piece may be half of a line's end. */
async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<Line> {
  let [rest, number] = ['', 0];
  for await (const text of texts) {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) yield { number: (number += 1), text: line };
  }
  if (rest !== '') yield { number: number + 1, text: rest.replace(/\r$/, '') };
}
