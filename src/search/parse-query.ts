/** Null: anywhere. */
export type Field = 'track' | 'artist' | 'album' | null;

export interface Term {
  readonly text: string;
  readonly field: Field;
  /** In quotation marks: in this order, without stems. */
  readonly phrase: boolean;
}

export interface SearchQuery {
  /** All clauses must match, each by any of its terms (`halo or crazy`). */
  readonly clauses: readonly (readonly Term[])[];
  /** `-live`: none of these may match. */
  readonly without: readonly Term[];
  /** Of release, both included. */
  readonly years: { readonly from: number; readonly to: number } | null;
  /** Sentences for the page: what was ignored, and how to ask for it. */
  readonly remarks: readonly string[];
}

export const LONGEST_QUERY = 200;

/** NFKC may make many characters of one; nothing typed by hand gets longer. */
const LONGEST_NORMAL_FORM = 300;

/** A minus, a field, then a phrase (perhaps without its second mark) or a word. */
const PART =
  /(?<minus>-)?(?:(?<field>artist|album|track|title|year):)?(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))/giu;

interface Part {
  readonly minus: boolean;
  readonly field: string;
  readonly text: string;
  readonly phrase: boolean;
  readonly written: string;
}

/** Words, `"phrases"`, `-word`, `or`, `artist:` `album:` `track:` `year:`. Any text is a query. */
export function parseQuery(text: string): SearchQuery {
  const parts = partsOf(text);
  const clauses: Term[][] = [];
  const without: Term[] = [];
  const remarks: string[] = [];
  let years: SearchQuery['years'] = null;
  parts.forEach((part, index) => {
    if (part.field === 'year') {
      const read = part.minus ? null : readYears(part.text);
      years = read ?? years;
      if (!read) remarks.push(remarkOnYear(part.written));
    } else if (part.minus) {
      without.push(termOf(part));
    } else if (!joinsTerms(parts, index)) {
      const either = joinsTerms(parts, index - 1) ? clauses.at(-1) : undefined;
      if (either) either.push(termOf(part));
      else clauses.push([termOf(part)]);
    }
  });
  return { clauses, without, years, remarks };
}

function partsOf(text: string): Part[] {
  // PostgreSQL takes neither half a surrogate pair nor NUL.
  const plain = wellFormed(text)
    .normalize('NFKC')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll(/[“”„‟«»]/gu, '"');
  return [...wellFormed(plain.slice(0, LONGEST_NORMAL_FORM)).matchAll(PART)].flatMap(
    ({ 0: written, groups = {} }) => {
      const part = groups.phrase ?? groups.word ?? '';
      if (part.trim() === '') return [];
      const field = groups.field?.toLowerCase() ?? '';
      return [
        { minus: groups.minus === '-', field, text: part, phrase: groups.phrase !== undefined, written },
      ];
    },
  );
}

const wellFormed = (text: string): string => Buffer.from(text).toString();

/** At the beginning or end `or` is a word. */
function joinsTerms(parts: readonly Part[], index: number): boolean {
  const part = parts[index];
  if (!part || part.phrase || part.minus || part.field !== '' || part.text.toLowerCase() !== 'or')
    return false;
  return isTerm(parts[index - 1]) && isTerm(parts[index + 1]) && !joinsTerms(parts, index - 1);
}

const isTerm = (part: Part | undefined): boolean =>
  part !== undefined && !part.minus && part.field !== 'year';

const FIELDS: Readonly<Record<string, Field>> = {
  artist: 'artist',
  album: 'album',
  track: 'track',
  title: 'track',
};

const termOf = ({ text, field, phrase }: Part): Term => ({ text, field: FIELDS[field] ?? null, phrase });

function readYears(text: string): SearchQuery['years'] {
  const match = /^(\d{4})(?:[-–](\d{4}))?$/u.exec(text.trim());
  if (!match) return null;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from > 0 && from <= to ? { from, to } : null;
}

const remarkOnYear = (written: string): string =>
  written.startsWith('-')
    ? `“${written}” was ignored: a search can’t exclude years. Write year:2019 or year:2015-2019.`
    : `“${written}” was ignored: it isn’t a year. Write year:2019 or year:2015-2019, the earlier year first.`;
