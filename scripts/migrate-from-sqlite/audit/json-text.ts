const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\]:,]/g;

export interface JsonReading {
  /** Equal for texts that mean the same: keys sorted, numbers in one spelling. */
  readonly canonical: string;
  /** An object names a key twice, of which jsonb would keep only the last. */
  readonly repeatedKeys: boolean;
}

interface Level {
  readonly isObject: boolean;
  readonly items: string[];
  readonly members: Map<string, string>;
  key: string | null;
}

const level = (isObject: boolean): Level => ({ isObject, items: [], members: new Map(), key: null });

/** Reads valid JSON without rounding its numbers, and without recursion, since it may be deep. */
export function readJson(text: string): JsonReading {
  const stack: Level[] = [level(false)];
  let repeatedKeys = false;
  const put = (value: string): void => {
    const top = stack.at(-1);
    if (!top?.isObject) top?.items.push(value);
    else if (top.key === null) top.key = value;
    else {
      repeatedKeys ||= top.members.has(top.key);
      top.members.set(top.key, value);
      top.key = null;
    }
  };
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') stack.push(level(token === '{'));
    else if (token === '}' || token === ']') put(close(stack.pop()));
    else if (token !== ':' && token !== ',') put(scalar(token));
  }
  return { canonical: stack[0]?.items.join(',') ?? '', repeatedKeys };
}

function close(done: Level | undefined): string {
  if (!done?.isObject) return `[${done?.items.join(',') ?? ''}]`;
  const members = [...done.members].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, value]) => `${key}:${value}`).join(',')}}`;
}

function scalar(token: string): string {
  if (token.startsWith('"')) return JSON.stringify(JSON.parse(token));
  return /^[-\d]/.test(token) ? canonicalNumber(token) : token;
}

/** One spelling for a decimal number: `1.50`, `15e-1` and `1.5` are all `15e-1`. */
export function canonicalNumber(text: string): string {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}
