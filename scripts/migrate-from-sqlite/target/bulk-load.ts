import { recountRows } from '../../../src/database/recount-rows.ts';
import type { Queries, Transaction } from '../../../src/db.ts';
import { quoteName } from '../../../src/database/sql-text.ts';

const ARCHIVE: readonly string[] = [
  'tracks',
  'artists',
  'track_artists',
  'snapshots',
  'playlists',
  'playlist_tracks',
];
const FILLED = [
  ...ARCHIVE,
  'library_tracks',
  'library_measures',
  'snapshot_lists',
  'snapshot_periods',
  'file_tracks',
  'file_artists',
];

/**
 * Triggers that derive_all() replaces during a bulk load. (Not those of deletions, and not library_tracks_updated,
 * which moves the plays of tracks that are hidden or shown.)
 */
export const REPLACED_TRIGGERS = [
  'tracks_inserted',
  'tracks_updated',
  'artists_updated',
  'track_artists_inserted',
  'snapshots_inserted',
  'snapshots_updated',
  'artist_snapshots_inserted',
  'playlist_tracks_inserted',
  'playlist_tracks_updated',
  'plays_inserted',
  'library_tracks_inserted',
];

/** A bulk load pays if the file has this many times more rows than the archive, and many. */
const OUTWEIGHS = 4;
const LARGE_ROWS = 10_000;

/** Do not block users of an empty archive, nor wait for them. */
const PATIENCE = '500ms';

/** In the order of building. */
const KINDS = ['key', 'index', 'reference', 'trigger'] as const;

export interface Part {
  readonly relation: string;
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly definition: string;
}

/**
 * Foreign keys, keys, indexes and the triggers of REPLACED_TRIGGERS, as the catalogue defines them. Those with properties
 * beyond their definition (comments, tablespaces, dependents) are left out and so stay.
 */
const PARTS = `
  WITH filled AS (SELECT format('%I', name)::regclass::oid AS relation FROM unnest($1::text[]) AS names (name)),
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
  WHERE contype IN ('p', 'u') AND conindid NOT IN (TABLE needed)
  UNION ALL
  SELECT indrelid::regclass::text, relname, 'index', pg_get_indexdef(indexrelid)
  FROM plain_indexes AS i
  WHERE indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x'))
    AND indexrelid NOT IN (TABLE needed)
  UNION ALL
  SELECT tgrelid::regclass::text, tgname, 'trigger', pg_get_triggerdef(t.oid)
  FROM pg_trigger AS t
  WHERE tgrelid IN (TABLE filled) AND NOT tgisinternal AND tgenabled = 'O' AND tgname = ANY ($2::text[])
    AND NOT EXISTS (SELECT FROM pg_description AS d WHERE d.objoid = t.oid AND d.classoid = 'pg_trigger'::regclass)
  ORDER BY kind, relation, name`;

/** By these derived rows find theirs, and albums their ids. */
export const isSought = ({ kind, relation, name }: Part): boolean =>
  (kind === 'key' && ARCHIVE.includes(relation)) || name === 'tracks_of_album';

/**
 * Building keys and indexes at the end is several times faster than maintaining them row by row. If the archive is
 * empty, or small beside the file, this drops them and builds them again within the transaction: nobody sees a table
 * without them, and a failed run never dropped them. If the archive is larger, in use or owned by another role, nothing
 * is dropped.
 */
export class BulkLoad {
  /** Not built again yet. */
  private missing: readonly Part[];
  readonly isUnderWay: boolean;
  /** Whether the tables were empty: then every row in them is the file's. */
  readonly fromEmpty: boolean;

  private constructor(parts: readonly Part[], fromEmpty = false) {
    this.missing = parts;
    this.isUnderWay = parts.length > 0;
    this.fromEmpty = fromEmpty;
  }

  /** @param rows how many are expected */
  static async begin(tx: Transaction, rows: number): Promise<BulkLoad> {
    if (!(await isWorthIt(tx, rows)) || !(await isOwner(tx))) return new BulkLoad([]);
    await tx.execute('SAVEPOINT bulk_load');
    try {
      const taken = await takeAway(tx, rows);
      await tx.execute('RELEASE SAVEPOINT bulk_load');
      return taken === null ? new BulkLoad([]) : new BulkLoad(taken, await isEmpty(tx));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await tx.execute('ROLLBACK TO SAVEPOINT bulk_load');
      return new BulkLoad([]);
    }
  }

  buildSought(tx: Transaction): Promise<void> {
    return this.build(tx, isSought);
  }

  /** Once every table is filled. */
  async buildRest(tx: Transaction): Promise<void> {
    await this.build(tx, () => true);
    await recountRows(tx);
  }

  private async build(tx: Transaction, which: (part: Part) => boolean): Promise<void> {
    const built = this.missing.filter(which);
    await buildParts(tx, built);
    this.missing = this.missing.filter((part) => !built.includes(part));
  }
}

/** Null if it does not pay after all. */
async function takeAway(tx: Transaction, rows: number): Promise<Part[] | null> {
  const { patience } = await tx.one<{ patience: string }>(
    `SELECT current_setting('lock_timeout') AS patience`,
  );
  const setPatience = (value: string): Promise<number> =>
    tx.execute(`SELECT set_config('lock_timeout', $1, true)`, [value]);
  await setPatience(PATIENCE);
  // users too: its foreign keys lock both tables.
  await tx.execute(`LOCK TABLE users, ${FILLED.join(', ')} IN ACCESS EXCLUSIVE MODE`);
  await setPatience(patience);
  if (!(await isWorthIt(tx, rows))) {
    await tx.execute('ROLLBACK TO SAVEPOINT bulk_load');
    return null;
  }
  const parts = await listParts(tx);
  await removeParts(tx, parts);
  return parts;
}

export const removeParts = (tx: Transaction, parts: readonly Part[]): Promise<number> =>
  executeAll(tx, inOrder(parts, KINDS.toReversed()).map(remove));

/** A row that violates a key or has no parent ends the run. */
export const buildParts = (tx: Transaction, parts: readonly Part[]): Promise<number> =>
  executeAll(tx, inOrder(parts, KINDS).map(rebuild));

const inOrder = (parts: readonly Part[], kinds: readonly Part['kind'][]): Part[] =>
  kinds.flatMap((wanted) => parts.filter(({ kind }) => kind === wanted));

/** In one message: of a small file, the way there and back of each would take longer than its work. */
const executeAll = (tx: Transaction, statements: readonly string[]): Promise<number> =>
  tx.execute(statements.join(';'));

export function listParts(tx: Queries, tables: readonly string[] = FILLED): Promise<Part[]> {
  return tx.many<Part>(PARTS, [tables, REPLACED_TRIGGERS]);
}

export function remove({ relation, name, kind }: Part): string {
  // Without CASCADE, so that an unknown dependent makes it fail.
  if (kind === 'trigger') return `DROP TRIGGER ${quoteName(name)} ON ${relation}`;
  if (kind !== 'index') return `ALTER TABLE ${relation} DROP CONSTRAINT ${quoteName(name)}`;
  const schema = relation.includes('.') ? relation.slice(0, relation.lastIndexOf('.') + 1) : '';
  return `DROP INDEX ${schema}${quoteName(name)}`;
}

export const rebuild = ({ relation, name, kind, definition }: Part): string =>
  kind === 'index' || kind === 'trigger'
    ? definition
    : `ALTER TABLE ${relation} ADD CONSTRAINT ${quoteName(name)} ${definition}`;

async function isEmpty(tx: Transaction): Promise<boolean> {
  const nothingIn = FILLED.map((table) => `NOT EXISTS (SELECT FROM ${table})`).join(' AND ');
  return (await tx.one<{ empty: boolean }>(`SELECT ${nothingIn} AS empty`)).empty;
}

async function isWorthIt(tx: Transaction, rows: number): Promise<boolean> {
  if (await isEmpty(tx)) return true;
  if (rows < LARGE_ROWS) return false;
  // Count no further than necessary.
  const limit = Math.floor(rows / OUTWEIGHS) + 1;
  const held = ARCHIVE.map((table) => `(SELECT count(*) FROM (SELECT FROM ${table} LIMIT ${limit}) AS held)`);
  return (await tx.one<{ worth: boolean }>(`SELECT ${held.join(' + ')} < ${limit} AS worth`)).worth;
}

async function isOwner(tx: Transaction): Promise<boolean> {
  const found = await tx.one<{ owner: boolean }>(
    `SELECT bool_and(pg_has_role(c.relowner, 'USAGE') AND c.relkind = 'r' AND NOT c.relhassubclass) AS owner
     FROM unnest($1::text[]) AS names (name) JOIN pg_class AS c ON c.oid = format('%I', name)::regclass`,
    [[...FILLED, 'users']],
  );
  return found.owner;
}

/** In use (55P03, 40P01), not ours (42501), or with an unknown dependent (2BP01). */
function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return ['55P03', '40P01', '42501', '2BP01'].includes(String(code));
}
