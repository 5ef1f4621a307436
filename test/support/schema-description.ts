import type { Queries } from '../../src/db.ts';

/** Everything the catalogue says of constraints, indexes, triggers and columns. */
export const describeSchema = (db: Queries): Promise<unknown[]> =>
  db.many(
    `SELECT 'constraint' AS kind, conrelid::regclass::text AS relation, conname AS name, pg_get_constraintdef(oid) AS definition,
            ARRAY[convalidated, condeferrable, condeferred, conislocal, connoinherit]::text AS state
     FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL
     SELECT 'index', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid),
            ARRAY[indisvalid, indisready, indislive, indisunique, indisprimary, indimmediate, indisclustered, indisreplident]::text
     FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
     UNION ALL
     SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text
     FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL
     SELECT 'foreign-key trigger', tgrelid::regclass::text, tgfoid::regproc::text, count(*)::text, min(tgenabled::text)
     FROM pg_trigger WHERE tgisinternal GROUP BY 2, 3
     UNION ALL
     SELECT 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod), ARRAY[attnotnull, atthasdef]::text
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
     ORDER BY 1, 2, 3, 4`,
  );
