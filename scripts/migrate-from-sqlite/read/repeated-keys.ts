const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * Whether an object names a key twice, of which jsonb keeps only the last. Does not build the object, since every
 * payload passes here. The answer means nothing for text that is not JSON.
 */
export function hasRepeatedKey(text: string): boolean {
  const open: (Set<string> | null)[] = [];
  let keys: Set<string> | null = null;
  let beforeKey = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (beforeKey && keys !== null) {
        const key = unescapeKey(text.slice(at + 1, end));
        if (keys.has(key)) return true;
        keys.add(key);
        beforeKey = false;
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
  return false;
}

export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

/** Two spellings of one key are equal. */
export function unescapeKey(key: string): string {
  if (!key.includes('\\')) return key;
  const parsed = parseJson(`"${key}"`);
  return typeof parsed === 'string' ? parsed : key;
}

/** Undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
