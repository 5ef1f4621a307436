import { storableJson } from '../../catalogue/storable-json.ts';
import type { JsonObject } from './parse-row.ts';

/**
 * What no history needs and a leak would hurt: who, from which address, on which device. By what a key is called, so
 * that one Spotify adds tomorrow stays outside too.
 */
const PERSONAL =
  /user_?(?:name|id|agent)|^user$|^owner$|e_?mail|(?:^|_)ip(?:_|$)|ip_?addr|device|^platform$|^origin$|^client$|^listening_from$|birth/i;

const MOST_REMEMBERED = 1000;
const remembered = new Map<string, boolean>();

function isPersonal(key: string): boolean {
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const found = PERSONAL.test(key);
  if (remembered.size < MOST_REMEMBERED) remembered.set(key, found);
  return found;
}

/** A row as JSON that PostgreSQL stores, all keys kept but the personal ones. Takes them from the row itself. */
export function rawOf(row: JsonObject): string {
  dropPersonal(row);
  const raw = JSON.stringify(row);
  return raw.includes('\\u') ? storableJson(row) : raw;
}

/** (A key set to nothing is left out of JSON; to delete it would make the object slow.) */
function dropPersonal(row: Record<string, unknown>): void {
  for (const key of Object.keys(row)) {
    const value = row[key];
    if (isPersonal(key)) row[key] = undefined;
    else if (typeof value === 'object' && value !== null) dropPersonal(value as Record<string, unknown>);
  }
}

const PAIR = /"(\w+)"\s*:\s*("(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)(?=\s*[,}\n]|$)/g;
/** What stands in a damaged row beside these may be anybody's address under a broken name. */
const HARMLESS =
  /^(?:ts|endTime|ms_?played|\w*_uri|\w*(?:track|artist|album|show|episode|podcast|chapter)_?name|reason_\w+|shuffle|skipped|offline\w*|incognito_mode|conn_country|audiobook_\w+|artist|album|track|title|name|time|date|uts|listened_at)$/i;

/** Of a row that is no JSON, the pairs that can still be read and are known to be harmless. */
export function rawOfDamaged(text: string): string {
  const pairs = Array.from(text.matchAll(PAIR), ([, key = '', value = '']) => [key, value] as const);
  return storableJson({
    damaged: Object.fromEntries(pairs.filter(([key]) => HARMLESS.test(key)).map(readPair)),
  });
}

function readPair([key, value]: readonly [string, string]): [string, unknown] {
  try {
    return [key, JSON.parse(value)];
  } catch {
    return [key, value];
  }
}
