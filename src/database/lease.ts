/**
 * A column says until when a process has a row: it may span a call to Spotify, and ends if its holder is killed.
 * Taken by an UPDATE with NOT isHeld() in its WHERE, so that only one process gets it.
 */

export const heldFor = (seconds: number): string => `now() + make_interval(secs => ${seconds})`;

/** SQL, never NULL. A lease that ends impossibly late was taken before the clock was put back, and does not count. */
export const isHeld = (column: string, seconds: number): string =>
  `COALESCE(${column} BETWEEN now() AND ${heldFor(2 * seconds)}, false)`;
