import { lockArchive } from '../../src/users/lock-archive.ts';
import { refreshArchiveSummary } from '../../src/figures/summary.ts';
import { rehearse } from '../../src/database/rehearse.ts';
import type { Transaction } from '../../src/db.ts';
import { plural } from '../print.ts';
import { backUp } from './read/backup.ts';
import { BulkLoad } from './target/bulk-load.ts';
import { explainFaults } from './staged-path/explain-faults.ts';
import { NothingWritten, VerificationFailed } from './faults.ts';
import { addPlaylists, mergeDerived } from './target/merge-derived.ts';
import type { MoveOptions } from './options.ts';
import { MERGED, type MergedTable } from './staged-path/merge-tables.ts';
import { mergeTable } from './staged-path/merge.ts';
import { openSource, type Source } from './read/open-source.ts';
import { digestOf, findArchive, findOrCreateArchive, type Archive } from './target/owner.ts';
import {
  followReferences,
  setOrphansAside,
  setRepeatsAside,
  setSameDayAside,
} from './staged-path/prepare.ts';
import type { ReadingRules } from './read/fields.ts';
import { silentProgress, type Progress } from './progress.ts';
import { recordImport } from './target/record-import.ts';
import { countNewRejects, countRejects, storeRejects, type RejectCount } from './rejects/rejects.ts';
import { describeMove, timeOf, type MoveReport, type TableReport } from './report.ts';
import { checkZone, setSession, takeTurn } from './target/session.ts';
import { deriveAll, fillLibrary, settleTracks } from './target/derive.ts';
import { stageTable, type Reading } from './staged-path/stage.ts';
import { createStaging } from './staged-path/staged-tables.ts';
import { findAllThere } from './fast-path/all-there.ts';
import { isForStagedPath, mayTakeFastPath } from './fast-path/may-go-fast.ts';
import { FastLoad } from './fast-path/load.ts';
import { verifyTable, verifyWhole } from './verify/read-back.ts';
import { understand } from './staged-path/understand.ts';
import { findWarnings, takeRepairable } from './warnings.ts';

/**
 * Moves an old archive into PostgreSQL: all of it, verified, or nothing.
 * @throws NothingWritten for a wrong file or option, VerificationFailed if the result differs from the file
 */
export async function moveArchive(options: MoveOptions): Promise<MoveReport> {
  const started = performance.now();
  checkZone(options.assumedZone ?? 'UTC');
  const source = await openSource(options.file);
  try {
    if (source.tables.every((table) => table.rows === 0)) {
      throw new NothingWritten(
        `${options.file} is an old archive without a single row. There is nothing to move.`,
      );
    }
    const wanted = (options.backup ?? true) && (options.mode ?? 'move') === 'move';
    const backup = wanted ? await backUp(source.original, options.file, new Date()) : null;
    return await inOneTransaction(new Move(source, options, backup, started));
  } finally {
    source.close();
  }
}

const inOneTransaction = (move: Move): Promise<MoveReport> =>
  (move.options.mode ?? 'move') === 'move'
    ? move.options.db.withTransaction((tx) => move.run(tx))
    : rehearse(move.options.db, (tx) => move.run(tx));

class Move {
  readonly options: MoveOptions;
  private readonly source: Source;
  readonly backup: string | null;
  readonly started: number;
  private readonly progress: Progress;

  constructor(source: Source, options: MoveOptions, backup: string | null, started: number) {
    this.source = source;
    this.options = options;
    this.backup = backup;
    this.started = started;
    this.progress = options.progress ?? silentProgress;
  }

  async run(tx: Transaction): Promise<MoveReport> {
    await takeTurn(tx, this.progress);
    await setSession(tx, this.options.assumedZone ?? 'UTC');
    const digest = digestOf(this.source);
    return (await this.tryFastPath(tx, digest)) ?? this.takeStagedPath(tx, digest);
  }

  /** Null if the file is unusual, or the archive has a part of it. */
  private async tryFastPath(tx: Transaction, digest: string): Promise<MoveReport | null> {
    if (this.options.findArchive || this.options.afterwards || !mayTakeFastPath(this.source)) return null;
    await tx.execute('SAVEPOINT fast_path');
    try {
      const report = (await this.findUnchanged(tx, digest)) ?? (await this.load(tx, digest));
      if (report) return report;
    } catch (error) {
      if (!isForStagedPath(error)) throw error;
    }
    await tx.execute('ROLLBACK TO SAVEPOINT fast_path');
    return null;
  }

  private async findUnchanged(tx: Transaction, digest: string): Promise<MoveReport | null> {
    const { owner } = this.options;
    const archive = await findArchive(tx, owner, digest);
    if (archive === null || (owner !== null && archive.spotifyId !== owner)) return null;
    await lockArchive(tx, archive.userId);
    this.progress.say('comparing …');
    const tables = await findAllThere(tx, this.source, archive.userId);
    return tables && this.conclude(tx, archive, digest, { tables, written: 0, conversions: new Map() });
  }

  private async load(tx: Transaction, digest: string): Promise<MoveReport | null> {
    const bulkLoad = await BulkLoad.begin(tx, this.rows);
    if (!bulkLoad.isUnderWay || !bulkLoad.fromEmpty) return null;
    const archive = await findOrCreateArchive(tx, this.options.owner, digest);
    await lockArchive(tx, archive.userId);
    const fastLoad = new FastLoad(this.source, this.options.db, this.progress);
    const tables = await fastLoad.run(tx, archive.userId, bulkLoad);
    return this.conclude(tx, archive, digest, { tables, written: this.rows, conversions: new Map() });
  }

  private get rules(): ReadingRules {
    return { zone: this.options.assumedZone ?? 'UTC', repairJson: this.options.repairJson ?? false };
  }

  private get rows(): number {
    return this.source.tables.reduce((sum, table) => sum + table.rows, 0);
  }

  private async takeStagedPath(tx: Transaction, digest: string): Promise<MoveReport> {
    await createStaging(tx);
    const readings = await this.stage(tx);
    // Lock the tables before the listener's row: a run that waits for that row already has locks on tables.
    const bulkLoad = await BulkLoad.begin(tx, this.rows);
    const archive = this.options.findArchive
      ? await this.options.findArchive(tx, this.options.owner, this.source)
      : await findOrCreateArchive(tx, this.options.owner, digest);
    await lockArchive(tx, archive.userId);
    const conversions = new Map<string, number>();
    for (const { conversions: counts } of readings.values()) add(conversions, counts);
    const understood = await understand(tx);
    add(conversions, understood.conversions);
    const warnings = [...understood.warnings, ...takeRepairable(conversions)];
    this.progress.say('comparing and writing …');
    const [tables, merged] = await this.merge(tx, archive.userId, readings);
    await bulkLoad.buildSought(tx);
    const written = merged + (await this.derive(tx, archive.userId, bulkLoad));
    await bulkLoad.buildRest(tx);
    await explainFaults(tx, this.source);
    const rejects = { all: await countRejects(tx), fresh: await countNewRejects(tx, archive.userId) };
    return this.conclude(tx, archive, digest, { tables, written, conversions, rejects, warnings });
  }

  private async derive(tx: Transaction, userId: number, bulkLoad: BulkLoad): Promise<number> {
    const tracks = 'SELECT track_id FROM staged_tracks';
    if (!bulkLoad.isUnderWay) return fillLibrary(tx, userId, tracks);
    if (!bulkLoad.fromEmpty) await settleTracks(tx, tracks);
    return deriveAll(tx, userId, tracks);
  }

  private async stage(tx: Transaction): Promise<Map<string, Reading>> {
    const readings = new Map<string, Reading>();
    const from = { source: this.source, rules: this.rules };
    for (const table of this.source.tables) {
      readings.set(table.shape, await stageTable(tx, from, table, this.progress));
    }
    return readings;
  }

  /** Parents first: a list's rows need every track of the file. */
  private async merge(
    tx: Transaction,
    userId: number,
    readings: ReadonlyMap<string, Reading>,
  ): Promise<[TableReport[], number]> {
    await followReferences(tx, this.source.layout);
    const reports: TableReport[] = [];
    let written = 0;
    const present = MERGED[this.source.layout].filter((table) => readings.has(table.source));
    for (const table of present) {
      const report = await this.mergeOne(tx, table, userId, readings.get(table.source));
      reports.push(report);
      written += report.moved;
      if (table.target === 'tracks') written += await mergeDerived(tx, userId, this.source.layout);
    }
    for (const table of present) await verifyTable(tx, table, userId);
    return [reports, written];
  }

  private async mergeOne(
    tx: Transaction,
    table: MergedTable,
    userId: number,
    reading: Reading | undefined,
  ): Promise<TableReport> {
    const read = reading?.rows ?? 0;
    const orphans = table.personal ? await setOrphansAside(tx, table.staged) : 0;
    const laterLists = table.staged === 'staged_snapshots' ? await setSameDayAside(tx) : 0;
    const repeats = await setRepeatsAside(tx, table.staged);
    if (table.target === 'playlist_tracks') await addPlaylists(tx, userId);
    const { added, completed, kept, alreadyThere } = await mergeTable(tx, table, userId);
    const rejected = (reading?.refusedRows ?? 0) + orphans + laterLists + repeats.refused;
    const { duplicates } = repeats;
    const moved = added + completed;
    if (moved + alreadyThere + kept + duplicates + rejected !== read) {
      throw new VerificationFailed(
        `${table.source}: ${plural(read, 'row')} were read, but the report does not account for all of them.`,
      );
    }
    return { table: table.source, read, moved, alreadyThere, kept, duplicates, rejected };
  }

  private async conclude(
    tx: Transaction,
    archive: Archive,
    digest: string,
    done: {
      tables: TableReport[];
      written: number;
      conversions: Map<string, number>;
      /** Only if rows were staged. */
      rejects?: { all: RejectCount[]; fresh: number };
      warnings?: string[];
    },
  ): Promise<MoveReport> {
    const [rejects, newRejects] = [done.rejects?.all ?? [], done.rejects?.fresh ?? 0];
    const changed = done.written + newRejects > 0;
    const draft = { tables: done.tables, conversions: Object.fromEntries(done.conversions), archive };
    const warnings = [...(done.warnings ?? []), ...(await findWarnings(tx, archive.userId))];
    const report = describeMove(this, this.source, { ...draft, rejects, newRejects, changed, warnings });
    if (changed) {
      const importId = await recordImport(tx, archive.userId, digest, report);
      if (done.rejects) await storeRejects(tx, archive.userId, importId);
    }
    if (done.rejects) await verifyWhole(tx, archive.userId);
    await this.options.afterwards?.(tx, this.source, archive);
    if (changed) await refreshArchiveSummary(tx, archive.userId);
    return { ...report, ...timeOf(done.tables, this.started) };
  }
}

function add(sums: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [what, count] of counts) sums.set(what, (sums.get(what) ?? 0) + count);
}
