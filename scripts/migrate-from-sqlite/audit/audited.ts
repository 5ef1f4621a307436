import type { FileTable } from './read-schema.ts';

export interface AuditedColumn {
  readonly name: string;
  readonly declaredType: string;
  readonly constraints: readonly string[];
  readonly nulls: number;
  /** Storage classes found, with counts. */
  readonly holds: Readonly<Record<string, number>>;
  /** What its texts are written like, with counts. */
  readonly forms: Readonly<Record<string, number>>;
  /** As text: a 64-bit integer is more than JSON's readers keep. */
  readonly range: { readonly least: string; readonly greatest: string } | null;
  readonly beyond32Bits: number;
  readonly lengths: { readonly shortest: number; readonly longest: number } | null;
  readonly distinct: { readonly count: number; readonly exact: boolean };
  readonly samples: readonly string[];
  /** The PostgreSQL type it gets when the file is moved as it is, and why. */
  readonly type: string;
  readonly identity: boolean;
  readonly why: string;
  /** Values that this type cannot hold: they go to import_rejects. */
  readonly misfits: number;
  /** For a known layout: the archive's column, `null` where it has none; absent where the table is not its own. */
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
  /** null: it could not be read. */
  readonly rows: number | null;
  readonly columns: readonly AuditedColumn[];
}
