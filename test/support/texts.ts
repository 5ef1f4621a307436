import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Source {
  readonly file: string;
  readonly source: string;
}

export const sourcesBelow = (folder: string, ending: string): Source[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, source: readFileSync(path.join(ROOT, file), 'utf8') }));

const CODE = '<%(?:(?!%>)[\\s\\S])*%>';
/** Those of a tag, code among them, as a pattern. */
export const ATTRIBUTES = `(?:"(?:${CODE}|[^"<]|<(?!%))*"|${CODE}|[^<>"])*`;
const PIECES = new RegExp(`${CODE}|</?[a-z]${ATTRIBUTES}>|[^<]+|<`, 'gi');
/** Tags inside a sentence; any other ends it. */
const INLINE = /^<\/?(?:a|abbr|b|bdi|code|em|i|kbd|mark|q|span|strong|time)\b/i;

export interface Piece {
  readonly kind: 'text' | 'code' | 'output';
  readonly source: string;
}

/** The texts of a view, each as the pieces it is made of. */
export function textsOf(view: string): Piece[][] {
  const texts: Piece[][] = [[]];
  for (const source of view.match(PIECES) ?? []) {
    const piece = pieceOf(source);
    if (piece === 'end') texts.push([]);
    else if (piece !== null) texts.at(-1)?.push(piece);
  }
  return texts;
}

function pieceOf(source: string): Piece | 'end' | null {
  if (source.startsWith('<%#') || source.trim() === '') return null;
  if (/^<%-\s*include/.test(source)) return 'end';
  if (source.startsWith('<%')) return { kind: /^<%[=-]/.test(source) ? 'output' : 'code', source };
  if (!source.startsWith('<')) return { kind: 'text', source: source.replaceAll(/\s+/g, ' ') };
  return INLINE.test(source) ? null : 'end';
}

/** A node of a module's syntax, with what the tests read of it. */
export interface SyntaxNode {
  readonly type: string;
  readonly value?: unknown;
  readonly expression?: SyntaxNode;
  readonly expressions?: readonly SyntaxNode[];
  readonly quasis?: readonly { readonly cooked: string }[];
  readonly consequent?: SyntaxNode;
  readonly alternate?: SyntaxNode;
}

export function* nodesOf(module: string): Generator<SyntaxNode> {
  const left: unknown[] = [parseSync(module, { syntax: 'typescript' })];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null) continue;
    left.push(...Object.values(next));
    if ('type' in next && typeof next.type === 'string') yield next as SyntaxNode;
  }
}

const LITERAL = /'((?:[^'\\]|\\.)*)'|`([^`]*)`/g;

/** The texts that stand in a piece of code. */
export const literalsIn = (code: string): string[] =>
  [...code.matchAll(LITERAL)].map(([, quoted, template]) => quoted ?? template ?? '');
