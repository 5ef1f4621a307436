import { recordBrought } from '../../../src/catalogue/files-and-spotify.ts';
import type { Db, Transaction } from '../../../src/db.ts';
import type { BulkLoad } from '../target/bulk-load.ts';
import { copyLines } from '../../../src/database/copy-lines.ts';
import { VerificationFailed } from '../faults.ts';
import { addPayloadArtists } from '../target/merge-derived.ts';
import type { Source, SourceTable } from '../read/open-source.ts';
import type { Progress } from '../progress.ts';
import type { TableReport } from '../report.ts';
import { deriveAll } from '../target/derive.ts';
import { compressFast, createPayloadReaders } from '../staged-path/staged-tables.ts';
import { NotForFastPath } from './may-go-fast.ts';
import { SNAPSHOT_COLUMNS, snapshotLines, TRACK_COLUMNS, trackLines } from './rows.ts';
import {
  digestSnapshots,
  digestSourceSnapshots,
  digestSourceTracks,
  digestTracks,
  stageSourceSnapshots,
  type Digest,
} from './source-digest.ts';

interface Digests {
  readonly tracks: Digest;
  readonly snapshots: Digest;
}

/**
 * Copies the file into the empty tables while a second connection makes the source digest.
 * @throws NotForFastPath or the server's error if the file needs the staged path
 */
export class FastLoad {
  private readonly source: Source;
  private readonly db: Db;
  private readonly progress: Progress;
  private cutOff = false;

  constructor(source: Source, db: Db, progress: Progress) {
    this.source = source;
    this.db = db;
    this.progress = progress;
  }

  async run(tx: Transaction, userId: number, bulkLoad: BulkLoad): Promise<TableReport[]> {
    await compressFast(tx);
    const source = this.beginSourceDigest();
    try {
      await this.copy(tx, userId);
      const held = { tracks: await digestTracks(tx), snapshots: await digestSnapshots(tx, userId) };
      await addPayloadArtists(tx, userId, 'tracks');
      await tx.execute(recordBrought('file_tracks', '$1::bigint', 'SELECT track_id FROM tracks'), [userId]);
      await bulkLoad.buildSought(tx);
      await deriveAll(tx, userId, 'SELECT track_id FROM tracks');
      await bulkLoad.buildRest(tx);
      // Without a second connection, or if it was lost, the first one makes the source digest.
      this.compare((await source?.catch(() => null)) ?? (await this.digestSource(tx)), held);
      return this.report(held);
    } finally {
      this.cutOff = true;
      await source?.catch(() => undefined);
    }
  }

  /** Null if the pool has no second connection. */
  private beginSourceDigest(): Promise<Digests> | null {
    if (this.db.pool.options.max < 2) return null;
    const digests = this.db.withTransaction((tx) => this.digestSource(tx));
    // Awaited later; until then its failure must not count as unhandled.
    digests.catch(() => undefined);
    return digests;
  }

  private async digestSource(tx: Transaction): Promise<Digests> {
    const go = (): void => {
      if (this.cutOff) throw new NotForFastPath('the load has ended');
    };
    await createPayloadReaders(tx);
    await tx.execute(`SELECT set_config('statement_timeout', '0', true)`);
    const tracks = await digestSourceTracks(tx, this.source.db, this.table('tracks'), go);
    await stageSourceSnapshots(tx, this.source.db, this.table('snapshots'), go);
    return { tracks, snapshots: await digestSourceSnapshots(tx) };
  }

  private async copy(tx: Transaction, userId: number): Promise<void> {
    const { db } = this.source;
    const [tracks, snapshots] = [this.table('tracks'), this.table('snapshots')];
    const seen = (rows: number): void => {
      if (rows % 1000 === 0) this.progress.advance(rows);
    };
    this.progress.start('moving tracks', tracks.rows);
    await this.copyAll(tx, 'tracks', TRACK_COLUMNS, trackLines(db, tracks, seen));
    this.progress.start('moving snapshots', snapshots.rows);
    await this.copyAll(tx, 'snapshots', SNAPSHOT_COLUMNS, snapshotLines(db, snapshots, userId, seen));
  }

  private async copyAll(
    tx: Transaction,
    table: string,
    columns: readonly string[],
    lines: Generator<string, void, undefined>,
  ): Promise<void> {
    try {
      await copyLines(tx, table, columns, lines);
    } finally {
      // A file cannot be closed while it is being read.
      lines.return();
      this.progress.finish();
    }
  }

  private table(shape: string): SourceTable {
    const table = this.source.tables.find((found) => found.shape === shape);
    if (table === undefined) throw new NotForFastPath(`no table ${shape}`);
    return table;
  }

  private compare(source: Digests, held: Digests): void {
    for (const name of ['tracks', 'snapshots'] as const) {
      const [file, target] = [source[name], held[name]];
      if (file.rows === target.rows && file.sum === target.sum && file.rows === this.table(name).rows)
        continue;
      throw new VerificationFailed(`${name}: the database and the file differ.`);
    }
  }

  private report(held: Digests): TableReport[] {
    return this.source.tables.map(({ shape, rows }) => ({
      table: shape,
      read: rows,
      moved: held[shape as keyof Digests].rows,
      alreadyThere: 0,
      kept: 0,
      duplicates: 0,
      rejected: 0,
    }));
  }
}
