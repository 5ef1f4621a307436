import { plural } from '../words.ts';
import { setImmediate } from 'node:timers/promises';
import { badInput } from '../errors.ts';
import { CsvReader, type CsvRecord } from './csv-lines.ts';
import { ALIASES, FEATURE_LIMITS } from './feature-columns.ts';
import { SPOTIFY_ID } from '../catalogue/spotify-id.ts';

export type OwnFeatures = Readonly<Record<string, number>>;

interface BadLine {
  readonly line: number;
  readonly reason: string;
}

export interface FeatureFile {
  readonly tracks: ReadonlyMap<string, OwnFeatures>;
  readonly badLines: readonly BadLine[];
  readonly badLineCount: number;
  readonly ignored: readonly string[];
  readonly blank: number;
  /** Lines about a track that a later line replaces. */
  readonly repeated: number;
}

const BAD_LINES_SHOWN = 20;
const MOST_BAD_LINES = 100_000;
const MAX_HEADER_CHARS = 10_000;
const PIECE_BYTES = 16_384;

/**
 * UTF-8; commas, or semicolons or tabs with decimal commas. Bad lines are reported and skipped.
 * @param isOwnId accepts ids that are not Spotify's (local files, old archives)
 * @throws AppError 400 if the file cannot be read at all
 */
export async function readFeatureFile(
  pieces: AsyncIterable<Uint8Array>,
  isOwnId: (id: string) => boolean,
): Promise<FeatureFile> {
  const texts = decode(pieces);
  const { head, delimiter } = readSeparator(await readHead(texts));
  const [reader, reading] = [new CsvReader(delimiter), new Reading(delimiter, isOwnId)];
  for await (const text of startingWith(head, texts)) {
    for (const record of reader.take(text)) reading.take(record);
    // Lets other requests run between two pieces.
    await setImmediate();
  }
  for (const record of reader.end()) reading.take(record);
  return reading.result();
}

async function* decode(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const plain = (text: string): string => {
    if (text.includes('\0')) throw badInput(NOT_TEXT);
    return text;
  };
  try {
    for await (const piece of pieces)
      for (let at = 0; at < piece.length; at += PIECE_BYTES)
        yield plain(decoder.decode(piece.subarray(at, at + PIECE_BYTES), { stream: true }));
    yield plain(decoder.decode());
  } catch (error) {
    throw error instanceof TypeError && 'code' in error ? badInput(NOT_TEXT) : error;
  }
}

const NOT_TEXT = 'The file is not a CSV in UTF-8. In your spreadsheet program, save it as “CSV UTF-8”.';

async function readHead(texts: AsyncGenerator<string>): Promise<string> {
  let head = '';
  while (!/[\r\n]/.test(head.trimStart()) && head.length < MAX_HEADER_CHARS) {
    const next = await texts.next();
    if (next.done === true) break;
    head += next.value;
  }
  return head;
}

async function* startingWith(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}

/** A spreadsheet may name the delimiter in a first line; an empty line replaces it for right line numbers. */
function readSeparator(text: string): { head: string; delimiter: string } {
  const said = /^\s*sep=([^\r\n])[ \t]*(?=[\r\n]|$)/i.exec(text);
  if (said === null) return { head: text, delimiter: delimiterOf(text) };
  return { head: text.slice(said[0].length), delimiter: said[1] ?? ',' };
}

function delimiterOf(head: string): string {
  const [first = ''] = head.trimStart().split(/[\r\n]/, 1);
  const count = (character: string): number => first.split(character).length;
  return [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

class Reading {
  private columns: readonly (string | null)[] | null = null;
  private readonly tracks = new Map<string, OwnFeatures>();
  private readonly badLines: BadLine[] = [];
  private badLineCount = 0;
  private ignored: readonly string[] = [];
  private blank = 0;
  private repeated = 0;
  private readonly delimiter: string;
  private readonly isOwnId: (id: string) => boolean;

  constructor(delimiter: string, isOwnId: (id: string) => boolean) {
    this.delimiter = delimiter;
    this.isOwnId = isOwnId;
  }

  take({ line, values }: CsvRecord): void {
    if (this.columns === null) return this.takeHeader(values ?? []);
    const found = values === null ? QUOTES : this.readLine(values, this.columns);
    if (typeof found === 'string') return this.refuse(line, found);
    if (Object.keys(found.features).length === 0) return void (this.blank += 1);
    if (this.tracks.has(found.trackId)) this.repeated += 1;
    this.tracks.set(found.trackId, found.features);
  }

  result(): FeatureFile {
    if (this.columns === null) throw badInput(NO_HEADER);
    const { tracks, badLines, badLineCount, ignored, blank, repeated } = this;
    return { tracks, badLines, badLineCount, ignored, blank, repeated };
  }

  private takeHeader(record: readonly string[]): void {
    const names = record.map(columnName);
    const wanted = names.filter((name) => name === 'track_id' || FEATURE_LIMITS.has(name));
    const twice = wanted.find((name, at) => wanted.indexOf(name) !== at);
    if (twice !== undefined) throw badInput(`The file has the column “${twice}” twice.`);
    if (!wanted.includes('track_id')) throw badInput(NO_HEADER);
    if (wanted.length === 1) throw badInput('The file has no column with an audio feature.');
    this.columns = names.map((name) => (wanted.includes(name) ? name : null));
    this.ignored = record.filter((_, at) => this.columns?.[at] === null).map((name) => short(name));
  }

  private readLine(
    record: readonly string[],
    columns: readonly (string | null)[],
  ): { trackId: string; features: OwnFeatures } | string {
    if (record.length < columns.length || record.slice(columns.length).some((value) => value !== ''))
      return `it has ${plural(record.length, 'value')}, but the header has ${plural(columns.length, 'column')}`;
    const features: Record<string, number> = {};
    const problems: string[] = [];
    let trackId: string | null = null;
    columns.forEach((column, at) => {
      const written = withoutGuard(record[at] ?? '');
      if (column === 'track_id') trackId = this.readId(written);
      if (column === 'track_id' && trackId === null) problems.push(notATrack(written));
      const limits = column === null ? undefined : FEATURE_LIMITS.get(column);
      if (column === null || limits === undefined || written === '') return;
      const value = this.readNumber(written);
      const fits =
        value >= limits.least && value <= limits.most && (!limits.whole || Number.isInteger(value));
      if (!fits) problems.push(`${column} is “${short(written)}”, not ${limits.words}`);
      else if (column !== 'key' || value >= 0) features[column] = value;
    });
    if (problems.length > 0 || trackId === null) return problems.join('; ');
    return { trackId, features };
  }

  private readId(written: string): string | null {
    const id = SPOTIFY_TRACK.exec(written)?.[1];
    if (id !== undefined) return id;
    return written !== '' && this.isOwnId(written) ? written : null;
  }

  private readNumber(written: string): number {
    const plain = this.delimiter === ',' ? written : written.replace(',', '.');
    return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(plain) ? Number(plain) : Number.NaN;
  }

  private refuse(line: number, reason: string): void {
    this.badLineCount += 1;
    if (this.badLineCount > MOST_BAD_LINES)
      throw badInput(`More than ${plural(MOST_BAD_LINES, 'line')} cannot be read. Line ${line}: ${reason}.`);
    if (this.badLines.length < BAD_LINES_SHOWN) this.badLines.push({ line, reason });
  }
}

const QUOTES = 'its quotation marks do not match';

const NO_HEADER =
  'The first line must name the columns, including “track_id”: track_id,energy,valence,tempo and so on.';

const SPOTIFY_TRACK = new RegExp(
  String.raw`^(?:spotify:track:|https?://open\.spotify\.com/(?:intl-[a-z-]{2,10}/)?track/)?(${SPOTIFY_ID})(?:\?.*)?$`,
);

const notATrack = (written: string): string =>
  written === '' ? 'track_id is empty' : `track_id is “${short(written)}”, which is not a Spotify track`;

function columnName(written: string): string {
  const name = written
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  return ALIASES[name] ?? name;
}

/** Removes the `'` that our own files put before formulas. */
const withoutGuard = (value: string): string => (/^'[=+\-@]/.test(value) ? value.slice(1) : value);

const short = (text: string): string => {
  const clean = text.replaceAll(/\p{Cc}+/gu, ' ');
  return clean.length > 40 ? `${Array.from(clean).slice(0, 40).join('')}…` : clean;
};
