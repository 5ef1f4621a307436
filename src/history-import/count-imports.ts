import type { Queries } from '../db.ts';

/** Of all listeners; one that stays `reading` has lost its reader. */
export const countHistoryImports = (db: Queries): Promise<{ state: string; imports: number }[]> =>
  db.many(
    `SELECT state, count(imports.state)::int AS imports
     FROM unnest(ARRAY['reading', 'read', 'done']) AS state LEFT JOIN history_imports AS imports USING (state)
     GROUP BY state`,
  );
