/**
 * A lease is a column of a row that says until when one process has the row in hand. It is no transaction, so that it
 * may span a call to Spotify, and it ends by itself where its holder is killed. It is taken by an UPDATE whose WHERE
 * says NOT isHeld(): of many that try at once PostgreSQL lets one.
 */

/** SQL: until when a lease lasts that is taken now. */
export const heldFor = (seconds: number): string => `now() + make_interval(secs => ${seconds})`;

/**
 * SQL: whether somebody holds a lease, never NULL. One that ends much later than any can was taken before the clock was
 * put back, and holds nobody up.
 */
export const isHeld = (column: string, seconds: number): string =>
  `COALESCE(${column} BETWEEN now() AND ${heldFor(2 * seconds)}, false)`;
