/** What `npm test` does of something long, and what `npm run drill` does of it (vitest.drill.config.ts). */
export const drilled = <Extent>(inTest: Extent, inDrill: Extent): Extent =>
  process.env.DRILL === undefined ? inTest : inDrill;
