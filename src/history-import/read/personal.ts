import { storableJson } from '../../catalogue/storable-json.ts';
import type { JsonObject } from './parse-row.ts';

/** Who, from which address, on which device. By parts of a key's name, so that Spotify's next one is dropped too. */
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

/** Also removes personal keys from `row` itself. */
export function rawOf(row: JsonObject): string {
  dropPersonal(row);
  const raw = JSON.stringify(row);
  return raw.includes('\\u') ? storableJson(row) : raw;
}

/** JSON leaves out undefined values; deleting a key would make the object slow. */
function dropPersonal(row: Record<string, unknown>): void {
  for (const key of Object.keys(row)) {
    const value = row[key];
    if (isPersonal(key)) row[key] = undefined;
    else if (typeof value === 'object' && value !== null) dropPersonal(value as Record<string, unknown>);
  }
}

const PAIR = /"(\w+)"\s*:\s*("(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)(?=\s*[,}\n]|$)/g;
/** Others of a damaged row may be personal under a broken name. */
const HARMLESS =
  /^(?:ts|endTime|ms_?played|\w*_uri|\w*(?:track|artist|album|show|episode|podcast|chapter)_?name|reason_\w+|shuffle|skipped|offline\w*|incognito_mode|conn_country|audiobook_\w+|artist|album|track|title|name|time|date|uts|listened_at)$/i;

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
