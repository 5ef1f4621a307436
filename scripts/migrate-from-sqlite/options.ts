import type { Db, Transaction } from '../../src/db.ts';
import type { Source } from './read/open-source.ts';
import type { Archive } from './target/owner.ts';
import type { Progress } from './progress.ts';
import type { MoveMode } from './report.ts';

export interface MoveOptions {
  /** Without a statement timeout: a large archive takes its time. */
  readonly db: Db;
  readonly file: string;
  /** Spotify id of the listener whose archive it is; null: it waits to be claimed. */
  readonly owner: string | null;
  /** A `dry-run` does the whole work and takes it back. Default `move`. */
  readonly mode?: MoveMode;
  /** IANA name of the zone of times that name none. Default UTC. */
  readonly assumedZone?: string;
  /** Takes over JSON as Python writes its values where its meaning is certain. Default false. */
  readonly repairJson?: boolean;
  /** Whether to make a dated copy beside the file before. Default true. */
  readonly backup?: boolean;
  readonly progress?: Progress;
  /** Whose archive the file belongs to, if that is not for its owner and content alone to say. */
  readonly findArchive?: (tx: Transaction, owner: string | null, source: Source) => Promise<Archive>;
  /** What else belongs into the same transaction. */
  readonly afterwards?: (tx: Transaction, source: Source, archive: Archive) => Promise<void>;
}
