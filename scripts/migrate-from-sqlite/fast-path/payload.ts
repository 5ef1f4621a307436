import { parseReleaseDate, type ReleaseDate } from '../../../src/catalogue/release-date.ts';
import { endOfString, unescapeKey } from '../read/repeated-keys.ts';
import { NotForFastPath } from './may-go-fast.ts';

/** What a payload plainly says about its track: the same as `pg_temp.payload_…` reads on the staged path. */
export interface PayloadFacts {
  readonly released: ReleaseDate | null;
  readonly popularity: string | null;
  readonly url: string | null;
}

const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * Reads the facts in one pass, without building the object.
 * @throws NotForFastPath for a repeated key, a text that is not an object, or an unusual fact
 */
export function readPayload(text: string): PayloadFacts {
  if (text.charCodeAt(0) !== OPEN_OBJECT) throw new NotForFastPath('a payload that is not an object');
  const said: Said = { released: null, precision: null, popularity: null, url: null };
  const open: (Set<string> | null)[] = [];
  let keys: Set<string> | null = null;
  let outerKey = '';
  let beforeKey = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (beforeKey && keys !== null) {
        const key = unescapeKey(text.slice(at + 1, end));
        if (keys.has(key)) throw new NotForFastPath('a key that comes twice');
        keys.add(key);
        beforeKey = false;
        if (open.length === 1) {
          outerKey = key;
          if (key === 'popularity') said.popularity = popularityAt(text, end + 1);
        } else if (open.length === 2) note(said, outerKey, key, text, end + 1);
      }
      at = end;
    } else if (code === COMMA) {
      beforeKey = keys !== null;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      open.push(keys);
      keys = code === OPEN_OBJECT ? new Set() : null;
      beforeKey = keys !== null;
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      keys = open.pop() ?? null;
      beforeKey = false;
    }
  }
  return { released: releasedAs(said), popularity: said.popularity, url: said.url };
}

const releasedAs = ({ released, precision }: Said): ReleaseDate | null =>
  released === null ? null : parseReleaseDate(released, precision);

interface Said {
  released: string | null;
  precision: string | null;
  popularity: string | null;
  url: string | null;
}

function note(said: Said, outerKey: string, key: string, text: string, at: number): void {
  if (outerKey === 'album') {
    if (key === 'release_date') said.released = stringAt(text, at);
    if (key === 'release_date_precision') said.precision = stringAt(text, at);
  } else if (outerKey === 'external_urls' && key === 'spotify') said.url = stringAt(text, at);
}

const STRING = /\s*:\s*(?:"([^"\\]*)"|null)/y;
const COUNT = /\s*:\s*(?:(0|[1-9]\d*)|null)\s*[,}]/y;

function stringAt(text: string, at: number): string | null {
  STRING.lastIndex = at;
  const found = STRING.exec(text);
  if (found === null) throw new NotForFastPath('a fact that is not a plain string');
  return found[1] ?? null;
}

function popularityAt(text: string, at: number): string | null {
  COUNT.lastIndex = at;
  const found = COUNT.exec(text);
  if (found === null) throw new NotForFastPath('a popularity that is not a whole number');
  return found[1] !== undefined && /^(?:100|\d{1,2})$/.test(found[1]) ? found[1] : null;
}
