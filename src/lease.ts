/**
 * A lease is a column that says until when a process has a row. Unlike a transaction it may span a call to Spotify, and
 * it ends by itself if its holder is killed. It is taken by an UPDATE with NOT isHeld() in its WHERE, so that only one
 * process gets it.
 */

/** SQL: the end of a lease taken now. */
export const heldFor = (seconds: number): string => `now() + make_interval(secs => ${seconds})`;

/** SQL, never NULL. A lease that ends impossibly late was taken before the clock was put back, and does not count. */
export const isHeld = (column: string, seconds: number): string =>
  `COALESCE(${column} BETWEEN now() AND ${heldFor(2 * seconds)}, false)`;
