import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ATTRIBUTES,
  literalsIn,
  nodesOf,
  sourcesBelow,
  textsOf,
  type Piece,
  type Source,
  type SyntaxNode,
} from '../support/texts.ts';

const views = sourcesBelow('views', '.ejs');
const modules = [...sourcesBelow('src/web', '.ts'), ...sourcesBelow('public/js', '.js')];

const offenders = (sources: readonly Source[], find: (source: string) => readonly string[]): string[] =>
  sources.flatMap(({ file, source }) => find(source).map((found) => `${file}: ${found}`));

const WORD = /\p{L}{2}/u;
const isOpen = (piece: Piece | undefined): boolean =>
  piece?.kind === 'text' && WORD.test(piece.source) && !/[.!?:…]\s*$/.test(piece.source);
const goesOn = (piece: Piece | undefined): boolean =>
  piece?.kind === 'text' && WORD.test(piece.source) && !/^\s*[\p{Lu}“‘(]/u.test(piece.source);

/** Code in the middle of a sentence that decides how it goes on: it cannot be translated, nor read as a whole. */
function gluedInView(view: string): string[] {
  return textsOf(view).flatMap((text) =>
    text.flatMap((piece, at) => {
      const [before, after] = [text[at - 1], text[at + 1]];
      const isGlue =
        piece.kind === 'output'
          ? choosesWords(piece.source)
          : piece.kind === 'code' && !/\belse\b/.test(piece.source) && isPrinted(before) && isPrinted(after);
      if (!isGlue || !(isOpen(before) || goesOn(after))) return [];
      return [[before, piece, after].map((one) => one?.source ?? '').join('')];
    }),
  );
}

const isPrinted = (piece: Piece | undefined): boolean => piece !== undefined && piece.kind !== 'code';
const choosesWords = (code: string): boolean =>
  /\?(?![?.])/.test(code.replaceAll('??', '')) && literalsIn(code).some((literal) => WORD.test(literal));

const wordsOf = ({ value, quasis }: SyntaxNode): string =>
  typeof value === 'string' ? value : (quasis ?? []).map(({ cooked }) => cooked).join('…');
const isWords = (node: SyntaxNode): boolean =>
  ['StringLiteral', 'TemplateLiteral'].includes(node.type) && WORD.test(wordsOf(node));

function branchesOf(node: SyntaxNode | undefined): SyntaxNode[] {
  if (node === undefined) return [];
  if (node.type === 'ParenthesisExpression') return branchesOf(node.expression);
  if (node.type !== 'ConditionalExpression') return [node];
  return [...branchesOf(node.consequent), ...branchesOf(node.alternate)];
}

/** A text that begins or ends with a space is a piece of another; so is a choice of words inside a text. */
function gluedInModule(module: string): string[] {
  return [...nodesOf(module)].flatMap((node) => {
    const words = wordsOf(node);
    if (!isWords(node) || words.includes('\n')) return [];
    if (words !== words.trim()) return [words];
    const choices = (node.expressions ?? []).filter(({ type }) => type === 'ConditionalExpression');
    return words.includes(' ') && choices.flatMap(branchesOf).some(isWords) ? [words] : [];
  });
}

describe('a sentence is written as a whole', () => {
  it('in every view', () => {
    expect(offenders(views, gluedInView)).toEqual([]);
  });

  it('in every module that says something', () => {
    expect(offenders(modules, gluedInModule)).toEqual([]);
  });

  it.each([
    ['a choice of words', gluedInView, `<p>There <%= n === 1 ? 'is' : 'are' %> <%= n %> left.</p>`],
    ['a choice at its end', gluedInView, `<p>Kept <b><%= day ? 'today' : 'never' %></b></p>`],
    ['an end that may be missing', gluedInView, `<p>12 tracks<% if (n) { %>, and <%= n %> more<% } %>.</p>`],
    ['an end with a space before it', gluedInModule, 'const say = `Done.${more ? ` And ${n} more.` : ""}`'],
    ['a verb for one or many', gluedInModule, 'const say = `${n} ${n === 1 ? "is" : "are"} left`'],
    ['two halves', gluedInModule, `const say = 'Nothing was kept ' + 'today.'`],
  ])('is no sentence of pieces: %s', (_fault, find, planted) => {
    expect(find(planted)).not.toEqual([]);
  });
});

const VERBS = new Set(
  `Back Cancel Check Choose Claim Compare Connect Copy Delete Disconnect Done Download Exclude Go Hide Import Include
  Make Open Pause Reconnect Remove Resume Save Search Send Show Sign Take Travel Try Undo Update Upload
  Dark Light Next Previous`.split(/\s+/),
);

const BUTTON = new RegExp(`<(button|a)\\b(${ATTRIBUTES})>([\\s\\S]*?)</\\1>`, 'g');
const buttonsOf = (view: string): string[] =>
  [...view.matchAll(BUTTON)]
    .filter(([, tag, attributes]) => tag === 'button' || /class="(?:quiet-)?button/.test(attributes ?? ''))
    .map(([, , , label = '']) => label.replaceAll(/<span class="unseen">[\s\S]*?<\/span>/g, ''));

/** What a button may say: its text, or the texts its code chooses from. */
const labelsOf = (button: string): string[] =>
  button.startsWith('<%')
    ? literalsIn(button.replaceAll(/[!=]== '[^']*'/g, ''))
    : [button.replaceAll(/<[^>]*>/g, '').trim()];

/** A button that says what the including view gives it: what is given. */
function givenLabels({ file, source }: Source): string[] {
  const names = buttonsOf(source).flatMap((button) => /^<%= (\w+) %>$/.exec(button)?.[1] ?? []);
  const includes = new RegExp(
    `include\\('(?:partials/)?${path.basename(file, '.ejs')}', \\{(.*?)\\}\\) %>`,
    'g',
  );
  const given = views.flatMap((view) => [...view.source.matchAll(includes)].map(([, locals = '']) => locals));
  return given.flatMap((locals) =>
    names.flatMap((name) => literalsIn(new RegExp(`\\b${name}: (.*?)(?:, \\w+:|$)`).exec(locals)?.[1] ?? '')),
  );
}

const strangeButtons = (labels: readonly string[]): string[] =>
  labels.filter((label) => !VERBS.has(label.split(' ')[0] ?? ''));

describe('a button says a plain verb', () => {
  it('in every view', () => {
    const own = offenders(views, (source) => strangeButtons(buttonsOf(source).flatMap(labelsOf)));
    expect(own).toEqual([]);
    expect(strangeButtons(views.flatMap(givenLabels))).toEqual([]);
  });

  it('and no other: what is found', () => {
    const planted = `<button class="button">Keep it</button><a class="button" href="/"><%= n ? 'Go on' : 'Let go' %></a>`;
    expect(strangeButtons(buttonsOf(planted).flatMap(labelsOf))).toEqual(['Keep it', 'Let go']);
    expect(views.flatMap(givenLabels).length).toBeGreaterThan(3);
  });
});
