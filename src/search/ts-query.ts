import type { FoldedQuery, FoldedTerm } from './terms.ts';

/** A track, B artists, C album; stems are in D. */
type Weights = 'A' | 'B' | 'C' | 'AB' | 'ABC' | '';

const FIELD_WEIGHTS = { track: 'A', artist: 'B', album: 'C' } as const;

/** Each the text of a tsquery, from the widest to the strictest. */
export interface TsQueries {
  readonly all: string;
  /** All words exactly in these names. */
  readonly track: string;
  readonly artists: string;
  readonly trackOrArtists: string;
  readonly exact: string;
  /** What must not be there. */
  readonly without: readonly string[];
}

/** All matches, then those of each nearness from 2 on, without those that come nearer. */
export function nearestFirst({ without, ...q }: TsQueries): string[] {
  const nearer = [
    [q.track],
    [q.artists, `!(${q.track})`],
    [q.trackOrArtists, `!(${q.track})`, `!(${q.artists})`],
    [q.exact, `!(${q.trackOrArtists})`],
  ];
  return [q.all, ...nearer.map((parts) => allOf([...parts, ...without])), allOf([q.all, `!(${q.exact})`])];
}

/** Null: there is no word to look for. */
export function tsQueriesOf({ clauses, without }: FoldedQuery): TsQueries | null {
  const found = clauses.map((terms) => terms.filter(hasWords)).filter((terms) => terms.length > 0);
  if (found.length === 0) return null;
  const exactly = (weights: Weights): string =>
    allOf(found.map((terms) => anyOf(terms.map((t) => exact(t, weights)))));
  return {
    all: allOf([...found.map((terms) => anyOf(terms.map(loose))), ...taken(without)]),
    track: exactly('A'),
    artists: exactly('B'),
    trackOrArtists: exactly('AB'),
    exact: exactly('ABC'),
    without: taken(without),
  };
}

/** Null: nothing is excluded. */
export const withoutTsQueryOf = ({ without }: FoldedQuery): string | null => allOf(taken(without)) || null;

const taken = (without: readonly FoldedTerm[]): string[] =>
  without.filter(hasWords).map((term) => `!${loose(term)}`);

/** Between a listener's mark and a word of an artist's name (artist_document). */
const ARTIST = 'ɐ';

/** Null: the query is about more than artists. */
export function artistTsQueryOf({ clauses, without, years, mark }: FoldedQuery): string | null {
  const aside = years !== null || without.length > 0;
  const found = clauses.map((terms) => terms.filter(hasWords)).filter((terms) => terms.length > 0);
  if (aside || found.length === 0 || found.flat().some(({ field }) => field === 'track' || field === 'album'))
    return null;
  return allOf(found.map((terms) => anyOf(terms.map((term) => written(asArtist(term, mark), '')))));
}

export function begunArtistTsQueryOf({ clauses, mark }: FoldedQuery): string | null {
  const terms = clauses.flat().filter(hasWords);
  if (terms.length === 0 || terms.some(({ field }) => field === 'track' || field === 'album')) return null;
  return allOf(terms.map((term, index) => written(asArtist(term, mark), '', index === terms.length - 1)));
}

/** Among artists' words all weigh the same. */
function asArtist(term: FoldedTerm, mark: string): FoldedTerm {
  const among = (word: string): string => `${mark}${ARTIST}${word.slice(mark.length)}`;
  return {
    ...term,
    field: null,
    lexemes: term.lexemes.map(among),
    joined: term.joined === null ? null : among(term.joined),
    spelled: term.spelled === null ? null : among(term.spelled),
  };
}

/** The last term may be incomplete. */
export function begunTsQueryOf({ clauses }: FoldedQuery, weights: Weights): string | null {
  const terms = clauses.flat().filter(hasWords);
  if (terms.length === 0) return null;
  return allOf(terms.map((term, index) => written(term, weights, index === terms.length - 1)));
}

const MOST_TRIGRAMS = 10;

/** A wrong, missing, additional or swapped letter changes at most four trigrams of a word: some others must match. */
export function mistypedTsQueryOf(trigrams: readonly string[], mark: string): string {
  const compared = trigrams.slice(0, MOST_TRIGRAMS).map((trigram) => quote(`${mark}${trigram}`));
  return anyOf(choose(compared, sharedAtLeast(trigrams.length)).map((some) => `(${allOf(some)})`));
}

function sharedAtLeast(trigrams: number): number {
  if (trigrams <= 4) return Math.max(1, trigrams - 1);
  return trigrams < 8 ? 2 : 3;
}

/** All combinations. */
function choose(parts: readonly string[], count: number): string[][] {
  if (count === 0) return [[]];
  return parts.flatMap((part, index) =>
    choose(parts.slice(index + 1), count - 1).map((rest) => [part, ...rest]),
  );
}

const hasWords = ({ lexemes }: FoldedTerm): boolean => lexemes.length > 0;

function loose(term: FoldedTerm): string {
  const stem = term.field === null && term.stem !== null ? [lexeme(term.stem, 'D')] : [];
  return anyOf([written(term, 'ABC'), ...stem]);
}

/** In letters, or with signs for letters. */
function written(term: FoldedTerm, weights: Weights, begun = false): string {
  const inLetters = exact(term, weights, begun);
  if (term.spelled === null) return inLetters;
  return anyOf([inLetters, lexeme(term.spelled, weightsOf(term, weights), begun)]);
}

const weightsOf = ({ field }: FoldedTerm, weights: Weights): Weights =>
  field === null ? weights : FIELD_WEIGHTS[field];

function exact(term: FoldedTerm, weights: Weights, begun = false): string {
  const where = weightsOf(term, weights);
  const last = term.lexemes.length - 1;
  const words = term.lexemes.map((word, index) => lexeme(word, where, begun && index === last)).join(' <-> ');
  return term.joined === null ? `(${words})` : anyOf([`(${words})`, lexeme(term.joined, where, begun)]);
}

const lexeme = (text: string, weights: string, begun = false): string =>
  `${quote(text)}:${begun ? '*' : ''}${weights}`;

/** Nothing in it is syntax then. */
const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

const allOf = (parts: readonly string[]): string => parts.join(' & ');
const anyOf = (parts: readonly string[]): string => `(${parts.join(' | ')})`;
