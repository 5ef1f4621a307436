/**
 * Hidden tracks stay out of every page, chart, file and new playlist. Queries on `library_tracks` say `AND NOT hidden`;
 * those on lists or plays use these. Ranks and plays are facts and stay as they are.
 */

/** SQL: an index contains only the few hidden tracks of listener $1. */
const isHidden = (trackId: string): string =>
  `EXISTS (SELECT FROM library_tracks AS own_hidden
    WHERE own_hidden.user_id = $1 AND own_hidden.track_id = ${trackId} AND own_hidden.hidden)`;

/** SQL, for listener $1. @param trackId a column with its table's name */
export const isShown = (trackId: string): string => `NOT ${isHidden(trackId)}`;

/** SQL: a row of the library belongs on artist $2's page unless it is hidden; if all are, all belong. */
export const BELONGS_TO_ARTIST_PAGE = `(NOT hidden OR NOT EXISTS (
      SELECT FROM track_artists AS credit JOIN library_tracks AS seen USING (track_id)
      WHERE seen.user_id = $1 AND credit.artist_id = $2 AND NOT seen.hidden))`;

/** SQL, for listener $1. @param artistId a column with its table's name */
export const isArtistShown = (artistId: string): string =>
  `NOT EXISTS (SELECT FROM hidden_artists AS own_choice
    WHERE own_choice.user_id = $1 AND own_choice.artist_id = ${artistId})`;
