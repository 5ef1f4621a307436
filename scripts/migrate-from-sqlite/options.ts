import type { Db, Transaction } from '../../src/db.ts';
import type { Source } from './read/open-source.ts';
import type { Archive } from './target/owner.ts';
import type { Progress } from './progress.ts';
import type { MoveMode } from './report.ts';

export interface MoveOptions {
  /** Without a statement timeout, since a large archive takes long. */
  readonly db: Db;
  readonly file: string;
  /** Spotify id; null: the archive stays unclaimed. */
  readonly owner: string | null;
  /** A `dry-run` does all the work and rolls it back. Default `move`. */
  readonly mode?: MoveMode;
  /** IANA zone of times without one. Default UTC. */
  readonly assumedZone?: string;
  /** Accept JSON as Python writes its values, where the meaning is certain. Default false. */
  readonly repairJson?: boolean;
  /** Make a dated copy beside the file first. Default true. */
  readonly backup?: boolean;
  readonly progress?: Progress;
  /** Overrides how the archive is found from owner and content. */
  readonly findArchive?: (tx: Transaction, owner: string | null, source: Source) => Promise<Archive>;
  /** More work for the same transaction. */
  readonly afterwards?: (tx: Transaction, source: Source, archive: Archive) => Promise<void>;
}
