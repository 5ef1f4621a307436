import { parseJson } from './repeated-keys.ts';

/** No real payload is nested deeper. */
const DEEPEST = 200;

/** Single quotes, or words and numbers that JSON does not have. */
const LOOKS_LIKE_PYTHON =
  /[[{]\s*u?'|[:[,]\s*(?:None|True|False|-?(?:NaN|nan|Infinity|inf))\s*[,\]}]|[:,]\s*'/;

/**
 * JSON from a dict as Python's repr() or a lenient writer prints it: either quotes, True, False, None, and NaN and
 * Infinity as null. Numbers keep their digits. Null if the meaning is not certain.
 */
export function repairJson(text: string): string | null {
  if (!LOOKS_LIKE_PYTHON.test(text) || parseJson(text) !== undefined) return null;
  const reader = new LiteralReader(text);
  try {
    const repaired = reader.value(0);
    return reader.isAtEnd() && /^[[{]/.test(repaired) ? repaired : null;
  } catch (error) {
    if (error instanceof Uncertain) return null;
    throw error;
  }
}

class Uncertain extends Error {}

const WORDS: Readonly<Record<string, string>> = {
  None: 'null',
  null: 'null',
  True: 'true',
  true: 'true',
  False: 'false',
  false: 'false',
  NaN: 'null',
  nan: 'null',
  Infinity: 'null',
  '-Infinity': 'null',
  inf: 'null',
  '-inf': 'null',
};
const ESCAPES: ReadonlyMap<string, string> = new Map(
  ['\\\\', `''`, '""', '//', 'n\n', 'r\r', 't\t', 'b\b', 'f\f', 'a\u0007', 'v\v'].map(
    ([letter = '', character = '']) => [letter, character] as const,
  ),
);

class LiteralReader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  isAtEnd(): boolean {
    this.skipSpace();
    return this.at === this.text.length;
  }

  value(depth: number): string {
    if (depth > DEEPEST) throw new Uncertain();
    if (this.takes('{')) return `{${this.items('}', () => this.member(depth)).join(',')}}`;
    if (this.takes('[')) return `[${this.items(']', () => this.value(depth + 1)).join(',')}]`;
    return this.string() ?? this.word();
  }

  private member(depth: number): string {
    this.skipSpace();
    const key = this.string();
    if (key === null || !this.takes(':')) throw new Uncertain();
    return `${key}:${this.value(depth + 1)}`;
  }

  private items(end: string, one: () => string): string[] {
    const items: string[] = [];
    if (this.takes(end)) return items;
    for (;;) {
      items.push(one());
      if (this.takes(end)) return items;
      if (!this.takes(',')) throw new Uncertain();
    }
  }

  private word(): string {
    const found = this.match(/-?[A-Za-z]+|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    const [word = ''] = found ?? [];
    if (found === null || /^[\w.(]/.test(this.text.slice(this.at))) throw new Uncertain();
    if (/\d$/.test(word)) return word;
    const known = WORDS[word];
    if (known === undefined) throw new Uncertain();
    return known;
  }

  private string(): string | null {
    this.skipSpace();
    const [, quote] = this.match(/u?(["'])/y) ?? [];
    if (quote === undefined) return null;
    const pieces: string[] = [];
    while (!this.takesHere(quote)) pieces.push(this.character());
    return JSON.stringify(pieces.join(''));
  }

  private character(): string {
    const plain = this.match(/[^"'\\\n\r]+|["']/y);
    if (plain) return plain[0];
    const coded = this.match(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/y);
    const [, byte, unit, point] = coded ?? [];
    if (byte ?? unit) return String.fromCharCode(Number.parseInt(byte ?? unit ?? '', 16));
    if (point !== undefined && Number.parseInt(point, 16) <= 0x10ffff)
      return String.fromCodePoint(Number.parseInt(point, 16));
    const [, letter = ''] = this.match(/\\(.)/y) ?? [];
    const escaped = ESCAPES.get(letter);
    if (escaped === undefined) throw new Uncertain();
    return escaped;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private takes(sign: string): boolean {
    this.skipSpace();
    return this.takesHere(sign);
  }

  private takesHere(sign: string): boolean {
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  private skipSpace(): void {
    this.match(/\s*/y);
  }
}
