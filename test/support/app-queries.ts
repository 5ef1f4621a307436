import { importHotQueries } from '../../scripts/measure/explain/all-hot-queries.ts';
import { pageOf, type HotQuery } from '../../src/hot-queries.ts';

/** The app's hot queries, without those that a test file before in the same process has named `test: …`. */
export const importAppQueries = async (): Promise<HotQuery[]> =>
  (await importHotQueries()).filter((query) => pageOf(query) !== 'test');
