import type { Queries, Transaction } from '../../src/db.ts';
import { quoteName } from './cells.ts';

/** What a move fills. Keys of archive_tracks stay: a trigger writes there and trusts them. */
const FILLED = [
  'tracks',
  'artists',
  'track_artists',
  'snapshots',
  'playlists',
  'playlist_tracks',
  'archive_tracks',
] as const;
const KEYS_TRUSTED = ['archive_tracks'];

/** Who uses an archive that is still empty does not wait for us, nor we for them. */
const PATIENCE = '500ms';

export interface Part {
  readonly relation: string;
  readonly name: string;
  readonly kind: 'key' | 'index' | 'reference';
  readonly definition: string;
}

/**
 * Foreign keys, keys and indexes of tables that hold nothing yet, as the catalogue describes them. One with a
 * property that its definition does not tell is not listed and so stays: a comment, a tablespace, a dependent.
 */
const PARTS = `
  WITH filled AS (SELECT format('%I', name)::regclass::oid AS relation FROM unnest($1::text[]) AS names (name)),
  trusted AS (SELECT format('%I', name)::regclass::oid AS relation FROM unnest($2::text[]) AS names (name)),
  plain_indexes AS (
    SELECT i.indexrelid, i.indrelid, c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    WHERE i.indrelid IN (TABLE filled) AND i.indisvalid AND c.reltablespace = 0
      AND NOT i.indisclustered AND NOT i.indisreplident AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM pg_description AS d WHERE d.objoid = c.oid AND d.classoid = 'pg_class'::regclass)
      AND NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attstattarget >= 0)),
  plain_constraints AS (
    SELECT * FROM pg_constraint AS con
    WHERE conrelid IN (TABLE filled) AND convalidated AND conparentid = 0
      AND NOT EXISTS (SELECT FROM pg_description AS d WHERE d.objoid = con.oid AND d.classoid = 'pg_constraint'::regclass)),
  dropped_references AS (SELECT * FROM plain_constraints WHERE contype = 'f'),
  needed AS (
    SELECT conindid FROM pg_constraint
    WHERE contype = 'f' AND confrelid IN (TABLE filled) AND oid NOT IN (SELECT oid FROM dropped_references))
  SELECT conrelid::regclass::text AS relation, conname AS name, 'reference' AS kind,
         pg_get_constraintdef(oid) AS definition
  FROM dropped_references
  UNION ALL
  SELECT conrelid::regclass::text, conname, 'key', pg_get_constraintdef(con.oid)
  FROM plain_constraints AS con JOIN plain_indexes ON indexrelid = conindid
  WHERE contype IN ('p', 'u') AND conrelid NOT IN (TABLE trusted) AND conindid NOT IN (TABLE needed)
  UNION ALL
  SELECT indrelid::regclass::text, relname, 'index', pg_get_indexdef(indexrelid)
  FROM plain_indexes AS i
  WHERE indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x'))
    AND indexrelid NOT IN (TABLE needed)
    AND NOT (indrelid IN (TABLE trusted) AND (SELECT indisunique FROM pg_index WHERE indexrelid = i.indexrelid))
  ORDER BY kind, relation, name`;

/**
 * Keys, foreign keys and indexes are built in one go over rows that are there several times faster than they are
 * kept up row by row. Where the archive is empty this takes them away until `finish()`, inside the transaction:
 * nobody ever sees a table without them, and a run that ends early never took them. Where the archive holds
 * something, is in use just now or belongs to another role, nothing is taken away and `finish()` has nothing to do.
 */
export class BulkLoad {
  private readonly parts: readonly Part[];

  private constructor(parts: readonly Part[]) {
    this.parts = parts;
  }

  static async begin(tx: Transaction): Promise<BulkLoad> {
    if (!(await isEmpty(tx)) || !(await isOwner(tx))) return new BulkLoad([]);
    await tx.execute('SAVEPOINT bulk_load');
    try {
      const parts = await takeAway(tx);
      await tx.execute('RELEASE SAVEPOINT bulk_load');
      return new BulkLoad(parts);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await tx.execute('ROLLBACK TO SAVEPOINT bulk_load');
      return new BulkLoad([]);
    }
  }

  /** Builds everything again, as it was; a row that does not fit a key or has no parent ends the run. */
  async finish(tx: Transaction): Promise<void> {
    for (const kind of ['key', 'index', 'reference']) {
      for (const part of this.parts) if (part.kind === kind) await tx.execute(rebuild(part));
    }
  }
}

async function takeAway(tx: Transaction): Promise<Part[]> {
  const { patience } = await tx.one<{ patience: string }>(
    `SELECT current_setting('lock_timeout') AS patience`,
  );
  const setPatience = (value: string): Promise<number> =>
    tx.execute(`SELECT set_config('lock_timeout', $1, true)`, [value]);
  await setPatience(PATIENCE);
  // users too: the foreign keys on it are held from both ends.
  await tx.execute(`LOCK TABLE users, ${FILLED.join(', ')} IN ACCESS EXCLUSIVE MODE`);
  await setPatience(patience);
  if (!(await isEmpty(tx))) {
    await tx.execute('ROLLBACK TO SAVEPOINT bulk_load');
    return [];
  }
  const parts = await listParts(tx);
  for (const kind of ['reference', 'index', 'key']) {
    for (const part of parts) if (part.kind === kind) await tx.execute(remove(part));
  }
  return parts;
}

export function listParts(tx: Queries): Promise<Part[]> {
  return tx.many<Part>(PARTS, [FILLED, KEYS_TRUSTED]);
}

export function remove({ relation, name, kind }: Part): string {
  // An index stands in its table's schema; without CASCADE whatever else hangs on one keeps us from taking it.
  if (kind !== 'index') return `ALTER TABLE ${relation} DROP CONSTRAINT ${quoteName(name)}`;
  const schema = relation.includes('.') ? relation.slice(0, relation.lastIndexOf('.') + 1) : '';
  return `DROP INDEX ${schema}${quoteName(name)}`;
}

export const rebuild = ({ relation, name, kind, definition }: Part): string =>
  kind === 'index' ? definition : `ALTER TABLE ${relation} ADD CONSTRAINT ${quoteName(name)} ${definition}`;

async function isEmpty(tx: Transaction): Promise<boolean> {
  const nothingIn = FILLED.map((table) => `NOT EXISTS (SELECT FROM ${table})`).join(' AND ');
  return (await tx.one<{ empty: boolean }>(`SELECT ${nothingIn} AS empty`)).empty;
}

async function isOwner(tx: Transaction): Promise<boolean> {
  const found = await tx.one<{ owner: boolean }>(
    `SELECT bool_and(pg_has_role(c.relowner, 'USAGE') AND c.relkind = 'r' AND NOT c.relhassubclass) AS owner
     FROM unnest($1::text[]) AS names (name) JOIN pg_class AS c ON c.oid = format('%I', name)::regclass`,
    [[...FILLED, 'users']],
  );
  return found.owner;
}

/** In use (55P03, 40P01), not ours after all (42501) or needed by something we do not know (2BP01). */
function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return ['55P03', '40P01', '42501', '2BP01'].includes(String(code));
}
