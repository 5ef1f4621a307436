import type { Transaction } from '../../../src/db.ts';

/** A key, an index or a foreign key: built over rows that are there, it costs a fraction of being kept row by row. */
export interface Part {
  readonly relation: string;
  readonly kind: 'key' | 'index' | 'reference';
  readonly removal: string;
  readonly building: string;
}

/** Those of the tables, in the order in which they can be built; keys that other tables point at are left alone. */
export const listParts = (tx: Transaction, tables: readonly string[]): Promise<Part[]> =>
  tx.many<Part>(
    `WITH filled AS (SELECT name::regclass AS relation FROM unnest($1::text[]) AS name),
     parts AS (
       SELECT relation, CASE contype WHEN 'f' THEN 'reference' ELSE 'key' END AS kind,
         format('ALTER TABLE %s DROP CONSTRAINT %I', relation, conname) AS removal,
         format('ALTER TABLE %s ADD CONSTRAINT %I %s', relation, conname, pg_get_constraintdef(c.oid)) AS building
       FROM filled JOIN pg_constraint AS c ON conrelid = relation
       WHERE contype = 'f' OR contype = 'p'
         AND NOT EXISTS (SELECT FROM pg_constraint AS r WHERE r.contype = 'f' AND r.confrelid = relation)
       UNION ALL
       SELECT relation, 'index', format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
       FROM filled JOIN pg_index ON indrelid = relation
       WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid))
     SELECT relation::text, kind, removal, building FROM parts
     ORDER BY array_position(ARRAY['key', 'index', 'reference'], kind), relation::text, building`,
    [tables],
  );
