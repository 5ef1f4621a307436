import type { FileTable } from './read-schema.ts';

export interface AuditedColumn {
  readonly name: string;
  readonly declaredType: string;
  readonly constraints: readonly string[];
  readonly nulls: number;
  /** Storage classes with counts. */
  readonly holds: Readonly<Record<string, number>>;
  /** Forms of its texts with counts. */
  readonly forms: Readonly<Record<string, number>>;
  /** As text, since JSON readers round 64-bit integers. */
  readonly range: { readonly least: string; readonly greatest: string } | null;
  readonly beyond32Bits: number;
  readonly lengths: { readonly shortest: number; readonly longest: number } | null;
  readonly distinct: { readonly count: number; readonly exact: boolean };
  readonly samples: readonly string[];
  /** The PostgreSQL type that --generic gives it, and why. */
  readonly type: string;
  readonly identity: boolean;
  readonly why: string;
  /** Values that this type cannot hold: they go to import_rejects. */
  readonly misfits: number;
  /** For a known layout: the archive's column, or null; undefined if the table is not the layout's. */
  readonly target?: string | null;
}

export interface AuditedTable extends Pick<
  FileTable,
  | 'name'
  | 'kind'
  | 'withoutRowid'
  | 'strict'
  | 'autoincrement'
  | 'primaryKey'
  | 'uniques'
  | 'indexes'
  | 'foreignKeys'
  | 'checks'
  | 'collations'
  | 'unreadable'
> {
  /** Null: it could not be read. */
  readonly rows: number | null;
  readonly columns: readonly AuditedColumn[];
}
