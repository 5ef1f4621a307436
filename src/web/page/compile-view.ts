import { readFileSync } from 'node:fs';
import path from 'node:path';
import ejs from 'ejs';
import * as helpers from './helpers.ts';

export const VIEWS_DIR = path.resolve(import.meta.dirname, '../../../views');

export type Locals = Record<string, unknown>;

/** What one rendering of a view goes by. */
export interface Handed {
  readonly helpers: object;
  /** What the whole page has. */
  readonly page: Locals;
  /** What the includes around the view were given, which goes before the page's. */
  readonly given: Locals;
  readonly include: (name: string, own?: Locals) => string;
}

/** What the types of EJS do not know yet: the locals as they are, not a copy of them. */
const UNCOPIED = { unsafePrototypeLocals: true };

/**
 * Compiled without `with`, which looks every name up at each mention and keeps the engine from optimising a view: a
 * view takes what it names once, at its beginning. What it declares itself stands in a block below. `locals.rank` is
 * the same as `rank`, and says that it may be missing.
 */
export function compileView(file: string): (handed: Handed) => string {
  const source = readFileSync(path.join(VIEWS_DIR, file), 'utf8');
  const text = withoutLayout(source.replaceAll(/\blocals\.(?=[A-Za-z_$])/g, ''));
  const names = [...namesIn(text)];
  const helped = names.filter((name) => HELPERS.has(name)).join(', ');
  const own = names.filter((name) => !HELPERS.has(name)).map((name) => `${name} = locals.page.${name}`);
  const take = `const { include } = locals, { ${helped} } = locals.helpers, { ${own.join(', ')} } = locals.given;`;
  const options = { filename: file, _with: false, escape, ...UNCOPIED };
  return ejs.compile(`<% { ${take} { -%>${text}<% } } -%>`, options);
}

/**
 * What a view's layout is for ends with its reader: a line's indentation, and lines of nothing but code. Each piece of
 * text that is printed costs more than what stands in it.
 */
const withoutLayout = (text: string): string =>
  text.replaceAll(/^[ \t]+/gm, '').replaceAll(ALONE_ON_ITS_LINE, '$1-%>');

/** A tag that prints nothing, or an include, whose own last line ends the line. */
const ALONE_ON_ITS_LINE = /^(<%(?:(?![-=])|- *include\()(?:(?!%>)[\s\S])*)(?<![-_])%>$/gm;

const HELPERS: ReadonlySet<string> = new Set([...Object.keys(helpers), 'asset']);

const CODE = /<%(?![%#])[\s\S]*?%>/g;
/** Not a property, but what is spread. */
const NAME = /(?<!(?<!\.\.)\.)\b[A-Za-z_$][\w$]*/g;
const WORDS_OF_THE_LANGUAGE = new Set(
  `break case catch class const continue debugger default delete do else enum export extends false finally for
  function if import in instanceof let new null return static super switch this throw true try typeof undefined
  var void while with yield await locals include`.split(/\s+/),
);

/** Every name in the code of a view that can be a local's; more do no harm. */
function namesIn(text: string): Set<string> {
  const names = new Set((text.match(CODE) ?? []).flatMap((code) => code.match(NAME) ?? []));
  return new Set([...names].filter((name) => !WORDS_OF_THE_LANGUAGE.has(name) && !(name in globalThis)));
}

const SPECIAL = /[&<>'"]/;
const EACH_SPECIAL = /[&<>'"]/g;
const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/** As EJS does, but what holds nothing to escape, as nearly all, stays the very string it is. */
function escape(value: unknown): string {
  if (value === undefined || value === null) return '';
  // oxlint-disable-next-line typescript/no-base-to-string -- a view prints words and numbers.
  const text = typeof value === 'string' ? value : String(value);
  return SPECIAL.test(text) ? text.replace(EACH_SPECIAL, (character) => ESCAPED[character] ?? '') : text;
}
