/** What `npm test` does of something long, and what `npm run drill` does of it (vitest.drill.config.ts). */
export const drilled = <Extent>(inTest: Extent, inDrill: Extent): Extent =>
  process.env.DRILL === undefined ? inTest : inDrill;

export const isDrill = drilled(false, true);

/** What has not come by then never comes: however busy the machine, a test waits so long for what it wants to see. */
export const HANGS_MS = drilled(50_000, 240_000);
