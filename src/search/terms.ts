import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import type { SearchQuery, Term } from './parse-query.ts';

export interface FoldedTerm extends Term {
  /** search_form(): without accents and capitals, signs included. */
  readonly form: string;
  /** For marking hits; empty for signs (`???`, `÷`). */
  readonly words: readonly string[];
  readonly lexemes: readonly string[];
  /** As one word (`acdc`), as a lexeme; null if it is one anyway. */
  readonly joined: string | null;
  /** As a lexeme of names with signs for letters (`pink` of P!nk); null for phrases and several words. */
  readonly spelled: string | null;
  /** English, as a lexeme; null for phrases and if there is no single one. */
  readonly stem: string | null;
}

export interface FoldedQuery {
  readonly clauses: readonly (readonly FoldedTerm[])[];
  readonly without: readonly FoldedTerm[];
  readonly years: SearchQuery['years'];
  /** The beginning of each of this listener's lexemes. */
  readonly mark: string;
}

interface FoldedRow {
  readonly mark: string;
  readonly form: string;
  readonly words: string;
  readonly lexemes: readonly string[];
  readonly joined: readonly string[];
  readonly stems: readonly string[];
}

/** The database folds terms and names, so that the two cannot differ. */
export async function foldQuery(db: Queries, userId: number, query: SearchQuery): Promise<FoldedQuery> {
  const terms = [...query.clauses.flat(), ...query.without];
  const rows =
    terms.length === 0 ? [] : await db.many<FoldedRow>(FOLDED, [userId, terms.map(({ text }) => text)]);
  const folded = new Map(terms.map((term, index) => [term, foldedTerm(term, rows[index] as FoldedRow)]));
  const fold = (term: Term): FoldedTerm => folded.get(term) as FoldedTerm;
  return {
    clauses: query.clauses.map((clause) => clause.map(fold)),
    without: query.without.map(fold),
    years: query.years,
    mark: rows[0]?.mark ?? '',
  };
}

/** Between a listener's mark and a word that a name spells with signs (marked_words). */
export const SPELLED = 'ʒ';

function foldedTerm(term: Term, row: FoldedRow): FoldedTerm {
  const joined = !term.phrase && row.joined.length === 1 ? (row.joined[0] ?? null) : null;
  const stem = !term.phrase && row.stems.length === 1 ? (row.stems[0] ?? null) : null;
  return {
    ...term,
    form: row.form,
    words: row.words === '' ? [] : row.words.split(' '),
    lexemes: row.lexemes,
    spelled: term.phrase || !/^\S+$/.test(row.words) ? null : `${row.mark}${SPELLED}${row.words}`,
    joined: joined === row.lexemes[0] && row.lexemes.length === 1 ? null : joined,
    stem,
  };
}

const MARKED = (words: string): string =>
  `library_mark($1) || replace(${words}, ' ', ' ' || library_mark($1))`;
const LEXEMES = (words: string): string =>
  `ARRAY(SELECT token FROM ts_parse('default', CASE WHEN ${words} <> '' THEN ${MARKED(words)} ELSE '' END)
    WHERE tokid <> 12)`;

/** Always true: the planner then expects few rows and keeps the plan, since planning takes longer than folding. */
export const PLAN_KEPT = 'place BETWEEN 1 AND 100000';

const FOLDED = hotQuery(
  'search: words as the library keeps them',
  `
  SELECT library_mark($1) AS mark, form, words, ${LEXEMES('words')} AS lexemes, ${LEXEMES('one_word')} AS joined,
    tsvector_to_array(to_tsvector('english', CASE WHEN one_word <> '' THEN ${MARKED('one_word')} ELSE '' END)) AS stems
  FROM (
    SELECT place, form, search_words(form) AS words, joined_search_words(form) AS one_word
    FROM (SELECT place, search_form(term) AS form FROM unnest($2::text[]) WITH ORDINALITY AS given (term, place)
      WHERE ${PLAN_KEPT}) AS folded
  ) AS terms
  ORDER BY place`,
);
