import type { Queries } from '../../src/db.ts';

/** Everything the catalogue says of our schemas and of what stands in them, but whose it is. */
export const describeSchema = (db: Queries): Promise<unknown[]> =>
  db.many(
    `WITH ours AS (
       SELECT oid FROM pg_namespace WHERE nspname = 'public'
     ),
     borrowed AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
     relations AS (
       SELECT * FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours)
         AND ('pg_class'::regclass::oid, oid) NOT IN (SELECT * FROM borrowed)
     ),
     functions AS (
       SELECT * FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours)
         AND ('pg_proc'::regclass::oid, oid) NOT IN (SELECT * FROM borrowed)
     )
     SELECT 'constraint' AS kind, conrelid::regclass::text AS relation, conname AS name, pg_get_constraintdef(oid) AS definition,
            ARRAY[convalidated, condeferrable, condeferred, conislocal, connoinherit]::text AS state
     FROM pg_constraint WHERE connamespace IN (SELECT oid FROM ours)
     UNION ALL
     SELECT 'index', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid),
            ARRAY[indisvalid, indisready, indislive, indisunique, indisprimary, indimmediate, indisclustered, indisreplident]::text
     FROM pg_index WHERE indrelid IN (SELECT oid FROM relations)
     UNION ALL
     SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text
     FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL
     SELECT 'foreign-key trigger', tgrelid::regclass::text, tgfoid::regproc::text, count(*)::text, min(tgenabled::text)
     FROM pg_trigger WHERE tgisinternal GROUP BY 2, 3
     UNION ALL
     SELECT 'relation', oid::regclass::text, relkind::text, pg_get_partkeydef(oid),
            ARRAY[relpersistence::text, relispartition::text, reloptions::text, pg_get_expr(relpartbound, oid)]::text
     FROM relations WHERE relkind <> 'i'
     UNION ALL
     SELECT 'view', oid::regclass::text, '', pg_get_viewdef(oid), '' FROM relations WHERE relkind = 'v'
     UNION ALL
     SELECT 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod),
            ARRAY[attnotnull::text, attidentity::text, attgenerated::text, pg_get_expr(adbin, adrelid)]::text
     FROM pg_attribute LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
     WHERE attrelid IN (SELECT oid FROM relations WHERE relkind IN ('r', 'p', 'v'))
       AND attnum > 0 AND NOT attisdropped
     UNION ALL
     SELECT 'function', '', oid::regprocedure::text, pg_get_functiondef(oid), '' FROM functions WHERE prokind <> 'a'
     UNION ALL
     SELECT 'enum', '', oid::regtype::text, ARRAY(
              SELECT enumlabel::text FROM pg_enum WHERE enumtypid = pg_type.oid ORDER BY enumsortorder)::text, ''
     FROM pg_type WHERE typtype = 'e' AND typnamespace IN (SELECT oid FROM ours)
     UNION ALL
     SELECT 'extension', '', extname, extversion, '' FROM pg_extension
     UNION ALL
     SELECT 'comment', (pg_identify_object(classoid, objoid, objsubid)).identity, classoid::regclass::text, description, ''
     FROM pg_description
     WHERE objoid IN (SELECT oid FROM relations UNION ALL SELECT oid FROM functions)
       AND (classoid, objoid) NOT IN (SELECT * FROM borrowed)
     ORDER BY 1, 2, 3, 4, 5`,
  );
