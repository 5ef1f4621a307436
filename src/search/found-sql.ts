import { TALLY, TALLY_OR_NONE } from '../catalogue/play-tally.ts';
import { joinByKey, TRACK_CARD } from '../catalogue/track-card.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { artistsSql } from './find-artists.ts';

/** Counting stops here: who finds a thousand tracks types another word. */
const MOST_COUNTED = 1_000;

const ARTISTS_SHOWN = 4;

const BEST_FIRST = 'popularity DESC NULLS LAST, last_listed_date DESC NULLS LAST, best_rank NULLS LAST';
export const TIES = `${BEST_FIRST}, track_id`;
/** The order of library_measures_best_first: of tracks in no list, the most played. */
const MEASURED = `${BEST_FIRST}, plays DESC, track_id`;

export type Way = 'words' | 'signs' | 'years';

/** Hides a value from the planner, which then keeps its plan: making one takes longer than most searches. */
const unseen = (value: string): string => `(SELECT ${value})`;
const SO_FAR = unseen('$2::int + $3::int');
const PAGE = `LIMIT ${unseen('$2::int')} OFFSET ${unseen('$3::int')}`;
const ALL = unseen('$7::tsquery');

/** $4 and $5. */
const IN_YEARS = '($4::date IS NULL OR release_date >= $4) AND ($5::date IS NULL OR release_date <= $5)';

const NO_ARTISTS = 'SELECT WHERE false';

/** Nearness: 1 the title itself; all words exactly in 2 the track's name, 3 the artists', 4 both, 5 any; 6 stems. */
const WAYS: Readonly<Record<Way, { from: string; condition: string; nearness: string; artists: string }>> = {
  words: {
    from: 'library_tracks',
    // The words begin with their listener's mark, so their index suffices; for a plain user_id the planner would read
    // a second one.
    condition: `user_id + 0 = $1 AND document @@ ${ALL}`,
    nearness: `CASE WHEN starts_with(search_text, $6) THEN 1
      WHEN document @@ $8::tsquery THEN 2 WHEN document @@ $9::tsquery THEN 3
      WHEN document @@ $10::tsquery THEN 4 WHEN document @@ $11::tsquery THEN 5 ELSE 6 END`,
    artists: artistsSql(unseen('$12::tsquery'), ARTISTS_SHOWN),
  },
  signs: {
    from: 'library_measures',
    condition: 'user_id = $1 AND search_text LIKE $7',
    nearness: 'CASE WHEN starts_with(search_text, $6) THEN 1 ELSE 2 END',
    artists: NO_ARTISTS,
  },
  years: { from: 'library_measures', condition: 'user_id = $1', nearness: '1', artists: NO_ARTISTS },
};

/** Reads rows by key, however many the planner expects. */
const ownRow = (table: string, columns: string, of: string): string => `LATERAL (
      SELECT ${columns} FROM ${table} WHERE (user_id, track_id) = ($1, ${of}.track_id) OFFSET 0)`;

/** The page of `found` in order; plays are read only of tracks for which they decide. */
const bestOf = (nearness: string): string => `
    SELECT track_id FROM (
      SELECT track_id, ${nearness} AS nearness, popularity, last_listed_date, best_rank FROM found
      ORDER BY nearness, ${BEST_FIRST} FETCH FIRST ${SO_FAR} ROWS WITH TIES
    ) AS nearest
    CROSS JOIN ${ownRow('library_measures', 'plays', 'nearest')} AS measured
    ORDER BY nearness, ${MEASURED} ${PAGE}`;

/** The catalogue is read for the rows shown only. One statement costs less than three. */
const shownSql = (counted: string, artists: string): string => `
    page AS (SELECT track_id, row_number() OVER () AS place FROM best),
    shown AS (
      SELECT ${TRACK_CARD}, own.*, ${TALLY_OR_NONE}
      FROM page
      CROSS JOIN ${ownRow('library_tracks', 'album_id, release_date, popularity, best_rank, last_listed_date', 'page')} AS own
      ${joinByKey('tracks', 'page.track_id')} LEFT JOIN ${ownRow('played_tracks', TALLY, 'page')} AS played ON true
      ORDER BY place
    )
    SELECT ${counted},
      COALESCE((SELECT json_agg(shown) FROM shown), '[]') AS tracks,
      COALESCE((SELECT json_agg(met) FROM (${artists}) AS met), '[]') AS artists`;

/** Looks at everything that is found. */
function foundSql(way: Way) {
  const { from, condition, nearness, artists } = WAYS[way];
  const all = `
    found AS MATERIALIZED (
      SELECT track_id, ${nearness} AS nearness, popularity, last_listed_date, best_rank FROM ${from}
      WHERE ${condition} AND NOT hidden AND ${IN_YEARS}),
    best AS (${bestOf('nearness')})`;
  const counted = '(SELECT count(*)::int FROM found) AS found, false AS more';
  const plannedEachTime = way !== 'words';
  return {
    page: hotQuery(`search: a page of all matches by ${way}`, `WITH ${all}, ${shownSql(counted, artists)}`, {
      plannedEachTime,
    }),
    ids: hotQuery(`search: all matches by ${way}`, `WITH ${all} SELECT track_id FROM best`, {
      plannedEachTime,
    }),
  };
}

export const FOUND = { words: foundSql('words'), signs: foundSql('signs'), years: foundSql('years') };

/** Of one nearness. If more are found, the library is read in order until enough of them are. */
const MOST_SORTED = 500;

/** If more is found than is counted: one nearness after the other until the page is full. $13: nearestFirst(). */
const NEAREST_OF_MANY = `
    SELECT best.track_id FROM unnest(${unseen('$13::tsquery[]')}) WITH ORDINALITY AS near (query, nearness)
    CROSS JOIN LATERAL (
      WITH alike AS MATERIALIZED (
        SELECT track_id FROM library_tracks
        WHERE nearness > 1 AND user_id + 0 = $1 AND document @@ query AND NOT hidden AND ${IN_YEARS}
          AND NOT starts_with(search_text, $6)
        LIMIT ${MOST_SORTED + 1}
      ), many AS (SELECT count(*) > ${MOST_SORTED} AS are FROM alike)
      (SELECT track_id FROM (
         SELECT track_id FROM library_tracks
         WHERE nearness = 1 AND user_id = $1 AND split_part(search_text, E'\\n', 1) = split_part($6, E'\\n', 1)
           AND starts_with(search_text, $6) AND (document @@ query) IS TRUE AND NOT hidden AND ${IN_YEARS}
         UNION ALL
         SELECT track_id FROM alike WHERE NOT (SELECT are FROM many)
       ) AS few CROSS JOIN ${ownRow('library_measures', 'popularity, last_listed_date, best_rank, plays', 'few')} AS measured
       ORDER BY ${MEASURED} LIMIT ${SO_FAR})
      UNION ALL
      (SELECT track_id FROM (
         SELECT track_id FROM library_measures WHERE user_id = $1 AND NOT hidden ORDER BY ${MEASURED}
       ) AS in_order
       CROSS JOIN LATERAL (
         SELECT FROM library_tracks AS own
         WHERE (own.user_id, own.track_id) = ($1, in_order.track_id) AND (document @@ query) IS TRUE AND ${IN_YEARS}
           AND NOT starts_with(search_text, $6) OFFSET 0
       ) AS fits
       WHERE (SELECT are FROM many) LIMIT ${SO_FAR})
    ) AS best
    ORDER BY nearness ${PAGE}`;

/** The first pages of a search for words cost what they show. */
export const TOP = hotQuery(
  'search: a page of matches by words',
  `
  WITH found AS MATERIALIZED (
      SELECT track_id, document, search_text, popularity, last_listed_date, best_rank FROM library_tracks
      WHERE ${WAYS.words.condition} AND NOT hidden AND ${IN_YEARS} LIMIT ${MOST_COUNTED + 1}
    ), many AS (SELECT count(*) > ${MOST_COUNTED} AS are FROM found),
    best AS (
      (SELECT * FROM (${bestOf(WAYS.words.nearness)}) AS few WHERE NOT (SELECT are FROM many))
      UNION ALL
      (SELECT * FROM (${NEAREST_OF_MANY}) AS nearest WHERE (SELECT are FROM many))
    ), ${shownSql(
      `(SELECT LEAST(count(*), ${MOST_COUNTED})::int FROM found) AS found, (SELECT are FROM many) AS more`,
      WAYS.words.artists,
    )}`,
);
