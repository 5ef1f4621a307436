import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { Field } from './parse-query.ts';
import { PLAN_KEPT, SPELLED, type FoldedQuery, type FoldedTerm } from './terms.ts';

/** The stretches of a name together are the name. */
interface Stretch {
  readonly text: string;
  readonly hit: boolean;
}

export type Marker = (name: string, field: Exclude<Field, null>) => readonly Stretch[];

/** A piece of a name as the library keeps it: folded, and as lexemes. */
interface PieceForm {
  readonly piece: string;
  readonly word: string;
  readonly joined: string | null;
  /** In letters, if signs stand for some. */
  readonly spelled: string | null;
  readonly stem: string | null;
  /** Resembles a word of a near match. */
  readonly near: boolean;
}

/** The database folds the names as it folded the query. @param nearWords folded; empty if all matches are exact */
export async function createMarker(
  db: Queries,
  userId: number,
  query: FoldedQuery,
  { names, nearWords }: { readonly names: readonly string[]; readonly nearWords: readonly string[] },
): Promise<Marker> {
  const terms = query.clauses.flat();
  const isPossible = nearWords.length > 0 ? () => true : possibleHits(terms, query.mark);
  const pieces = [
    ...new Set(names.flatMap((name) => piecesOf(name).flatMap(({ text, chunk }) => [text, chunk]))),
  ].filter(isPossible);
  const rows = pieces.length === 0 ? [] : await db.many<PieceForm>(PIECES, [userId, pieces, nearWords]);
  const forms = new Map(rows.map((row) => [row.piece, row]));
  return (name, field) =>
    stretchesOf(
      name,
      hitsIn(
        piecesOf(name),
        forms,
        terms.filter((term) => (term.field ?? field) === field),
      ),
    );
}

/** Asks the database of few: a hit begins with the same two letters, since folding keeps them and a stem too. */
function possibleHits(terms: readonly FoldedTerm[], mark: string): (piece: string) => boolean {
  const begins = new Set(
    terms
      .flatMap(({ words, lexemes, joined, stem }) => [
        ...words,
        ...[...lexemes, joined, stem].flatMap((lexeme) => lexeme?.slice(mark.length) ?? []),
      ])
      .map((form) => form.slice(0, 2)),
  );
  return (piece) => {
    const letters = piece.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
    return !/^[a-z]+$/u.test(letters) || begins.has(letters.slice(0, 2));
  };
}

interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** With its neighbours up to the next space. */
  readonly chunk: string;
}

/** Words, or the characters of scripts without spaces. */
const PIECE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]\p{M}*|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])[\p{L}\p{N}\p{M}])+/gu;

function piecesOf(name: string): Piece[] {
  return [...name.matchAll(/\S+/gu)].flatMap(({ 0: chunk, index }) =>
    [...chunk.matchAll(PIECE)].map(({ 0: text, index: inChunk }) => {
      const start = index + inChunk;
      return { text, start, end: start + text.length, chunk };
    }),
  );
}

/** One flag per piece. */
function hitsIn(
  pieces: readonly Piece[],
  forms: ReadonlyMap<string, PieceForm>,
  terms: readonly FoldedTerm[],
): boolean[] {
  const hits = pieces.map(({ text }) => forms.get(text)?.near ?? false);
  const words = pieces.map(({ text }) => forms.get(text)?.word ?? '');
  for (const term of terms) {
    for (const start of startsOf(term.words, words)) hits.fill(true, start, start + term.words.length);
    pieces.forEach((piece, index) => {
      hits[index] ||= [piece.text, piece.chunk].some((part) => isOneWord(term, forms.get(part)));
    });
  }
  return hits;
}

function isOneWord(
  { lexemes, joined, spelled, stem, phrase }: FoldedTerm,
  form: PieceForm | undefined,
): boolean {
  if (!form || phrase) return false;
  const written = joined ?? (lexemes.length === 1 ? lexemes[0] : null);
  if (form.spelled !== null && form.spelled === spelled) return true;
  return (form.joined !== null && form.joined === written) || (stem !== null && form.stem === stem);
}

const startsOf = (words: readonly string[], among: readonly string[]): number[] =>
  words.length === 0
    ? []
    : among.flatMap((_, start) =>
        words.every((word, offset) => among[start + offset] === word) ? [start] : [],
      );

function stretchesOf(name: string, hits: readonly boolean[]): Stretch[] {
  const stretches: Stretch[] = [];
  const pieces = piecesOf(name);
  let at = 0;
  pieces.forEach((piece, index) => {
    if (!hits[index]) return;
    const last = stretches.at(-1);
    if (last?.hit && hits[index - 1]) {
      stretches[stretches.length - 1] = { text: last.text + name.slice(at, piece.end), hit: true };
    } else {
      if (piece.start > at) stretches.push({ text: name.slice(at, piece.start), hit: false });
      stretches.push({ text: name.slice(piece.start, piece.end), hit: true });
    }
    at = piece.end;
  });
  return at < name.length ? [...stretches, { text: name.slice(at), hit: false }] : stretches;
}

const PIECES = hotQuery(
  'search: how the shown names are kept',
  `
  SELECT piece, word, lexeme AS joined, library_mark($1) || '${SPELLED}' || NULLIF(spelled_words(form), '') AS spelled, (tsvector_to_array(to_tsvector('english', lexeme)))[1] AS stem,
    EXISTS (SELECT FROM unnest($3::text[]) AS sought WHERE similarity(sought, word) >= 0.3) AS near
  FROM (
    SELECT piece, form, search_words(form) AS word, library_mark($1) || NULLIF(joined_search_words(form), '') AS lexeme
    FROM (
      SELECT piece, search_form(piece) AS form
      FROM unnest($2::text[]) WITH ORDINALITY AS given (piece, place) WHERE ${PLAN_KEPT}
    ) AS folded
  ) AS pieces`,
);
