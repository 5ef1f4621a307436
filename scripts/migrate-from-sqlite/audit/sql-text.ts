/** A piece of SQL: a bare word or sign (`quoted` false), or a literal, quoted name or comment (`quoted` true). */
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

/** True where the statement uses a keyword, and not merely a name or a text that reads like it. */
export function usesKeyword(sql: string, keyword: string): boolean {
  for (const token of tokensOf(sql)) {
    if (!token.quoted && token.text.toUpperCase() === keyword) return true;
  }
  return false;
}

/** The conditions of all CHECK constraints, as written; SQLite lists them nowhere else. */
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
