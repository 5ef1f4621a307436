import type { FileReport, HistoryFile, HistoryReading, ReadRow } from '../row.ts';
import { bytesInMemory, bytesOfFile, type Bytes } from './bytes.ts';
import { isNoFile, isVideoFile, staysClosed } from './names.ts';
import { readRows, type Reading } from './read-rows.ts';
import { startingWith } from './text.ts';
import { Allowance, Fault, type ZipContent } from './unpack.ts';
import { filesOfZip, isZip } from './zip.ts';

/** People pack no deeper by mistake. */
const MOST_ZIPS_DEEP = 3;
/** A ZIP inside another is held in memory. */
const LARGEST_INNER_ZIP = 64 * 1024 * 1024;

/** ZIPs, ZIPs within ZIPs, JSON and CSV. Every row is judged; a file's faults are reported, never thrown. */
export function readHistoryFiles(files: readonly HistoryFile[], now: number = Date.now()): HistoryReading {
  const history = new History(files, now);
  return {
    files: history.reports,
    get progress() {
      return history.progress;
    },
    [Symbol.asyncIterator]: () => history.read(),
  };
}

/** `deep`: 0 loose, 1 in a ZIP, 2 in a ZIP within a ZIP. */
interface Given extends ZipContent {
  readonly deep: number;
}

class History {
  readonly reports: FileReport[] = [];
  private readonly allowance = new Allowance();
  private readonly given: readonly HistoryFile[];
  private readonly now: number;
  private done = 0;
  private share = 0;

  constructor(given: readonly HistoryFile[], now: number) {
    this.given = given;
    this.now = now;
  }

  get progress(): number {
    return this.given.length === 0 ? 1 : Math.min(1, (this.done + this.share) / this.given.length);
  }

  async *read(): AsyncGenerator<readonly ReadRow[]> {
    for (const { path, name } of this.given) {
      const bytes = await bytesOfFile(path);
      if (staysClosed(name)) this.leaveClosed(name);
      else if (isZip(await bytes.read(0, 4))) yield* this.readZip(bytes, name, 1);
      else
        yield* this.readFile({
          name,
          deep: 0,
          content: () => contentOf(bytes),
          part: { from: 0, to: 1, size: bytes.size },
        });
      [this.done, this.share] = [this.done + 1, 0];
    }
  }

  private leaveClosed(file: string): void {
    this.reports.push({ file, format: null, rows: 0, faults: [], isOpened: false });
  }

  private async *readZip(bytes: Bytes, name: string, deep: number): AsyncGenerator<readonly ReadRow[]> {
    const faults: string[] = [];
    for await (const entry of filesOfZip(bytes, (fault) => void faults.push(fault))) {
      const file = `${name}/${entry.name}`;
      if (isNoFile(entry.name)) continue;
      if (staysClosed(entry.name)) this.leaveClosed(file);
      else yield* this.readFile({ ...entry, name: file, deep });
    }
    if (faults.length > 0) this.reports.push({ file: name, format: null, rows: 0, faults, isOpened: true });
  }

  private async *readFile(given: Given): AsyncGenerator<readonly ReadRow[]> {
    const { name: file, deep } = given;
    const circumstances = { now: this.now, isVideoFile: isVideoFile(file) };
    const reading: Reading = { file, circumstances, format: null, rows: 0, faults: [] };
    const inner = yield* this.readOrHold(given, reading);
    const { format, rows, faults } = reading;
    if (inner === null) this.reports.push({ file, format, rows, faults, isOpened: true });
    else yield* this.readZip(inner, file, deep + 1);
  }

  /** @returns a ZIP, if the file is one */
  private async *readOrHold(
    given: Given,
    reading: Reading,
  ): AsyncGenerator<readonly ReadRow[], Bytes | null> {
    try {
      const content = this.measured(given);
      const first = await content.next();
      const head = first.done === true ? Buffer.alloc(0) : first.value;
      const whole = startingWith(head, content);
      if (given.deep > 0 && isZip(head)) return await wholeOf(whole, given.deep);
      yield* readRows(faultsKept(whole, reading.faults), reading);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      reading.faults.push(error.message);
    }
    return null;
  }

  private async *measured({ content, part, deep }: Given): AsyncGenerator<Buffer> {
    let read = 0;
    for await (const chunk of content()) {
      this.allowance.take(chunk.length);
      read += chunk.length;
      if (deep <= 1) this.share = part.from + (part.to - part.from) * Math.min(1, read / part.size);
      yield chunk;
    }
  }
}

const contentOf = (bytes: Bytes): AsyncGenerator<Buffer> => passOn(bytes.stream() as AsyncIterable<Buffer>);

async function* passOn(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

/** A fault ends a file; the rows before it count. */
async function* faultsKept(content: AsyncIterable<Buffer>, faults: string[]): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    faults.push(error.message);
  }
}

async function wholeOf(content: AsyncIterable<Buffer>, deep: number): Promise<Bytes> {
  if (deep >= MOST_ZIPS_DEEP) throw new Fault('It is a ZIP inside too many other ZIPs. Unpack it yourself.');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > LARGEST_INNER_ZIP)
      throw new Fault('It is a large ZIP inside another ZIP. Unpack the outer one yourself.');
    chunks.push(chunk);
  }
  return bytesInMemory(Buffer.concat(chunks));
}
