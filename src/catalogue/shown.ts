/**
 * What a listener has hidden stays out of every page, chart, file and new playlist. A query that reads the library
 * (`library_tracks`) says `AND NOT hidden`; one that reads listings or plays asks the library, with these. Ranks and
 * plays are facts: what is left keeps them.
 */

/** SQL: whether a track is among the hidden ones of listener $1. Few are, and an index holds those alone. */
const isHidden = (trackId: string): string =>
  `EXISTS (SELECT FROM library_tracks AS own_hidden
    WHERE own_hidden.user_id = $1 AND own_hidden.track_id = ${trackId} AND own_hidden.hidden)`;

/** SQL: whether listener $1 sees the track. @param trackId a column with its table's name before it */
export const isShown = (trackId: string): string => `NOT ${isHidden(trackId)}`;

/**
 * SQL: whether a row of the library belongs on the page of artist $2 of listener $1. Their hidden tracks do not; but
 * where all are hidden, the page is the one place left that shows them.
 */
export const BELONGS_TO_ARTIST_PAGE = `(NOT hidden OR NOT EXISTS (
      SELECT FROM track_artists AS credit JOIN library_tracks AS seen USING (track_id)
      WHERE seen.user_id = $1 AND credit.artist_id = $2 AND NOT seen.hidden))`;

/** SQL: whether listener $1 has not hidden the artist. @param artistId a column with its table's name before it */
export const isArtistShown = (artistId: string): string =>
  `NOT EXISTS (SELECT FROM hidden_artists AS own_choice
    WHERE own_choice.user_id = $1 AND own_choice.artist_id = ${artistId})`;
