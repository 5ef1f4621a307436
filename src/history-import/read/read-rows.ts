import { setImmediate } from 'node:timers/promises';
import { isLeftOut, Unreadable, type Circumstances, type RowFormat } from '../formats/values.ts';
import { recogniseRow, recogniseTable } from '../recognise.ts';
import type { FormatName, ReadRow, Where } from '../row.ts';
import { JsonRows } from './json-rows.ts';
import { UNKNOWN_TEXT, whatBytesAre, whatDocumentIs, whatRowsAre } from './other-files.ts';
import type { JsonObject, JsonRow } from './parse-row.ts';
import { rawOf, rawOfDamaged } from './personal.ts';
import { TableRows } from './table-rows.ts';
import { asUtf8, startingWith, takeHead } from './text.ts';

export interface Reading {
  readonly file: string;
  readonly circumstances: Circumstances;
  format: FormatName | null;
  rows: number;
  readonly faults: string[];
}

interface Rows {
  take(chunk: Buffer): JsonRow[];
  end(): JsonRow[];
  readonly damage: { readonly sentences: readonly string[] };
}

const BATCH = 500;
/** After so many rows without a play the file is not listening history. */
const MOST_UNKNOWN = 500;

/** Recognises a file by its content; faults go into `reading`. */
export async function* readRows(
  bytes: AsyncIterable<Buffer>,
  reading: Reading,
): AsyncGenerator<readonly ReadRow[]> {
  const text = asUtf8(bytes);
  const head = await takeHead(text);
  const content = recognise(head, reading);
  if (typeof content === 'string') reading.faults.push(content);
  else yield* judged(startingWith(head, text), content.rows, new Judge(reading, content.format, head));
}

interface Content {
  readonly rows: Rows;
  /** Null: the rows decide. */
  readonly format: RowFormat | null;
}

/** @returns a sentence, if it is something else */
function recognise(head: Buffer, reading: Reading): Content | string {
  const start = head.toString().trimStart();
  const isJson = /^[[{]/.test(start);
  const other = whatBytesAre(head);
  if (other !== null) return other;
  if (isJson) return { rows: new JsonRows(), format: null };
  const table = recogniseTable(start);
  if (table?.note !== undefined) reading.faults.push(table.note);
  return table === null ? UNKNOWN_TEXT : { rows: new TableRows(table.shape), format: table.format };
}

async function* judged(
  whole: AsyncIterable<Buffer>,
  rows: Rows,
  judge: Judge,
): AsyncGenerator<readonly ReadRow[]> {
  for await (const chunk of whole) {
    if (!judge.take(rows.take(chunk))) return;
    if (judge.ready.length < BATCH) continue;
    yield judge.handOver();
    // Lets other requests run between two batches.
    await setImmediate();
  }
  if (!judge.take(rows.end()) || !judge.close(rows.damage.sentences)) return;
  if (judge.ready.length > 0) yield judge.handOver();
}

/** The first row that has a format decides for all. */
class Judge {
  ready: ReadRow[] = [];
  private waiting: JsonRow[] = [];
  private format: RowFormat | null;
  private readonly reading: Reading;

  private readonly head: Buffer;

  constructor(reading: Reading, format: RowFormat | null, head: Buffer) {
    this.reading = reading;
    this.head = head;
    this.format = format;
    reading.format = format?.name ?? null;
  }

  handOver(): readonly ReadRow[] {
    const { ready } = this;
    this.ready = [];
    return ready;
  }

  /** False: this is not listening history; the rest need not be read. */
  take(rows: readonly JsonRow[]): boolean {
    if (this.format === null) return this.look(rows);
    for (const row of rows) this.ready.push(this.judge(row, this.format));
    return true;
  }

  /** False: nothing was recognised. */
  close(damage: readonly string[]): boolean {
    if (this.format === null) this.sayWhatElse();
    else this.reading.faults.push(...damage);
    return this.format !== null;
  }

  private look(rows: readonly JsonRow[]): boolean {
    this.waiting.push(...rows);
    for (const row of rows) {
      this.format = 'value' in row ? recogniseRow(row.value) : null;
      if (this.format !== null) return this.begin(this.format);
    }
    if (this.waiting.length < MOST_UNKNOWN) return true;
    this.sayWhatElse();
    return false;
  }

  private begin(format: RowFormat): boolean {
    this.reading.format = format.name;
    const { waiting } = this;
    this.waiting = [];
    return this.take(waiting);
  }

  private sayWhatElse(): void {
    const first = this.waiting.find((row) => 'value' in row);
    const isText = first === undefined && this.waiting.length > 0;
    const document = whatDocumentIs(this.head.toString().trimStart());
    this.reading.faults.push(document ?? (isText ? UNKNOWN_TEXT : whatRowsAre(first?.value)));
  }

  private judge(row: JsonRow, format: RowFormat): ReadRow {
    this.reading.rows += 1;
    const where = { file: this.reading.file, row: this.reading.rows };
    if (!('value' in row)) {
      const reason = `line ${row.line}: ${row.reason}`;
      return {
        kind: 'set aside',
        where,
        format: format.name,
        bucket: 'unreadable',
        raw: rawOfDamaged(row.damaged),
        reason,
      };
    }
    return judgeValue(row.value, format, { where, circumstances: this.reading.circumstances });
  }
}

function judgeValue(
  value: JsonObject,
  format: RowFormat,
  { where, circumstances }: { where: Where; circumstances: Circumstances },
): ReadRow {
  const verdict = verdictOn(value, format, circumstances);
  const raw = rawOf(value);
  return isLeftOut(verdict)
    ? { kind: 'set aside', where, format: format.name, raw, bucket: verdict.bucket, reason: verdict.reason }
    : { kind: 'play', where, format: format.name, raw, play: verdict };
}

function verdictOn(
  value: JsonObject,
  format: RowFormat,
  circumstances: Circumstances,
): ReturnType<RowFormat['judge']> {
  try {
    return format.judge(value, circumstances);
  } catch (error) {
    if (error instanceof Unreadable) return { bucket: 'unreadable', reason: error.message };
    throw error;
  }
}
