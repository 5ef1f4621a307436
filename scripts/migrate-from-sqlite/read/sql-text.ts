/** A bare word or sign, or (`quoted`) a literal, quoted name or comment. */
interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly at: number;
}

const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\p{L}_$][\p{L}\p{N}_$]*|\S/gu;

function* tokensOf(sql: string): Generator<Token> {
  for (const { 0: text, index } of sql.matchAll(TOKEN)) {
    yield { text, quoted: /^(?:['"`[]|--|\/\*)/.test(text), at: index };
  }
}

/** Names and literals that look like the keyword do not count. */
export function usesKeyword(sql: string, keyword: string): boolean {
  for (const token of tokensOf(sql)) {
    if (!token.quoted && token.text.toUpperCase() === keyword) return true;
  }
  return false;
}

/** The conditions of all CHECK constraints, which SQLite lists nowhere else. */
export function listChecks(sql: string): string[] {
  const checks: string[] = [];
  let depth = 0;
  let open: { at: number; depth: number } | null = null;
  let previous = '';
  for (const { text, quoted, at } of tokensOf(sql)) {
    if (!quoted && text === '(') {
      depth += 1;
      if (open === null && previous === 'CHECK') open = { at: at + 1, depth };
    } else if (!quoted && text === ')') {
      if (open?.depth === depth) {
        checks.push(sql.slice(open.at, at).trim());
        open = null;
      }
      depth -= 1;
    }
    previous = quoted ? '' : text.toUpperCase();
  }
  return checks;
}

export interface ColumnCollation {
  readonly column: string;
  readonly collation: string;
}

/** As the statement declares them; SQLite lists only the collations of indexes. */
export function listCollations(sql: string): ColumnCollation[] {
  const found: ColumnCollation[] = [];
  let depth = 0;
  let column: string | null = null;
  let previous = '';
  for (const { text, quoted } of tokensOf(sql)) {
    if (/^(?:--|\/\*)/.test(text)) continue;
    if (!quoted && text === '(') depth += 1;
    else if (!quoted && text === ')') depth -= 1;
    const begins = depth === 1 && (previous === ',' || previous === '(') && column === null;
    if (begins) column = nameIn(text);
    else if (depth === 1 && !quoted && text === ',') column = null;
    else if (depth === 1 && previous === 'COLLATE' && column !== null)
      found.push({ column, collation: nameIn(text) });
    previous = quoted ? '' : text.toUpperCase();
  }
  return found;
}

export const hasForeignCollation = (sql: string): boolean =>
  collationNames(sql).some(({ name }) => !isKnown(name));

/** The statement with BINARY for every unknown collation. */
export function withPlainCollations(sql: string): string {
  let plain = sql;
  for (const { text, name, at } of collationNames(sql).toReversed()) {
    if (!isKnown(name)) plain = `${plain.slice(0, at)}BINARY${plain.slice(at + text.length)}`;
  }
  return plain;
}

const isKnown = (name: string): boolean => ['BINARY', 'NOCASE', 'RTRIM'].includes(name.toUpperCase());

function collationNames(sql: string): { text: string; name: string; at: number }[] {
  const found: { text: string; name: string; at: number }[] = [];
  let previous = '';
  for (const { text, quoted, at } of tokensOf(sql)) {
    if (/^(?:--|\/\*)/.test(text)) continue;
    if (previous === 'COLLATE') found.push({ text, name: nameIn(text), at });
    previous = quoted ? '' : text.toUpperCase();
  }
  return found;
}

function nameIn(text: string): string {
  const first = text.charAt(0);
  if (first === '[') return text.slice(1, -1);
  return /['"`]/.test(first) ? text.slice(1, -1).replaceAll(first + first, first) : text;
}
