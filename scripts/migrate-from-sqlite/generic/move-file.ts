import { statSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Db, Transaction } from '../../../src/db.ts';
import { rehearse } from '../../../src/database/rehearse.ts';
import { plural } from '../../print.ts';
import { countRows, readFileSchema, type FileSchema } from '../audit/read-schema.ts';
import { surveyTable } from '../audit/survey.ts';
import { typesOf } from '../audit/types-of.ts';
import { backUp } from '../read/backup.ts';
import { NothingWritten, VerificationFailed } from '../faults.ts';
import { openReadOnly } from '../read/open-file.ts';
import { silentProgress, type Progress } from '../progress.ts';
import { checkZone, setSession, takeTurn } from '../target/session.ts';
import { addConstraints, advanceIdentities } from './constraints.ts';
import { createStaging, createTables, nameOf } from './create-tables.ts';
import { createSchema, digestOf, findSchema, typesInPlace } from './known-schema.ts';
import { mergeTable } from './merge.ts';
import { checkSchemaName } from './names.ts';
import { planTables, type Plan, type PlannedTable } from './plan.ts';
import { describeFaults, storeRejects } from './rejects.ts';
import type { FileMode, GenericReport, GenericTableReport } from './report.ts';
import { settle } from './settle.ts';
import { stageTable } from './stage.ts';
import { verifyIdentities, verifyTable } from './verify.ts';

export interface GenericOptions {
  /** Without a statement timeout, since a large file takes long. */
  readonly db: Db;
  readonly file: string;
  readonly schema: string | undefined;
  /** `dry-run` and `verify` do all the work and roll it back. Default `move`. */
  readonly mode?: FileMode;
  /** The zone of times without one. Null: none if no time of the column has a zone, else UTC. */
  readonly assumedZone?: string | null;
  /** Make a dated copy beside the file first. Default true. */
  readonly backup?: boolean;
  readonly progress?: Progress;
}

/**
 * Moves any SQLite file into a schema of its own: all of it, verified, or nothing.
 * @throws NothingWritten for a wrong file, schema or option, VerificationFailed if the result differs from the file
 */
export async function moveFile(options: GenericOptions): Promise<GenericReport> {
  const started = performance.now();
  const schema = checkSchemaName(options.schema);
  checkZone(options.assumedZone ?? 'UTC');
  const source = await openReadOnly(options.file);
  try {
    const found = readFileSchema(source);
    if (!found.tables.some((table) => table.kind === 'table'))
      throw new NothingWritten(`${options.file} has no tables. There is nothing to move.`);
    const wanted = (options.backup ?? true) && (options.mode ?? 'move') === 'move';
    const backup = wanted ? await backUp(source.original, options.file, new Date()) : null;
    return await inOneTransaction(new GenericMove(source.db, found, schema, options), backup, started);
  } finally {
    source.close();
  }
}

type Outcome = Omit<GenericReport, 'backup' | 'seconds' | 'rowsPerSecond'>;

async function inOneTransaction(
  move: GenericMove,
  backup: string | null,
  started: number,
): Promise<GenericReport> {
  const { db, mode = 'move' } = move.options;
  const outcome = await (mode === 'move'
    ? db.withTransaction((tx) => move.run(tx))
    : rehearse(db, (tx) => move.run(tx)));
  const seconds = (performance.now() - started) / 1000;
  const rows = outcome.tables.reduce((sum, table) => sum + table.read, 0);
  return {
    ...outcome,
    backup,
    seconds: Math.round(seconds * 100) / 100,
    rowsPerSecond: Math.round(rows / seconds),
  };
}

class GenericMove {
  readonly options: GenericOptions;
  private readonly source: Database;
  private readonly found: FileSchema;
  private readonly schema: string;
  private readonly zone: string;
  private readonly progress: Progress;

  constructor(source: Database, found: FileSchema, schema: string, options: GenericOptions) {
    this.source = source;
    this.found = found;
    this.schema = schema;
    this.options = options;
    this.zone = options.assumedZone ?? 'UTC';
    this.progress = options.progress ?? silentProgress;
  }

  async run(tx: Transaction): Promise<Outcome> {
    await takeTurn(tx, this.progress);
    await setSession(tx, this.zone);
    await setWriting(tx);
    const digest = digestOf(this.found);
    const isNew = !(await findSchema(tx, this.schema, digest));
    if (isNew && this.mode === 'verify')
      throw new VerificationFailed(`there is no schema ${this.schema}. Move the file first.`);
    const plan = isNew ? await this.build(tx, digest) : await this.join(tx);
    await createStaging(tx, plan);
    const tables = await this.fill(tx, plan, isNew);
    if (!isNew) refuseStranger(this.schema, tables);
    await this.finish(tx, plan, isNew);
    return this.conclude(tx, plan, { digest, isNew, tables });
  }

  private get mode(): FileMode {
    return this.options.mode ?? 'move';
  }

  private async build(tx: Transaction, digest: string): Promise<Plan> {
    const zoneIsKnown = (this.options.assumedZone ?? null) !== null;
    const surveys = this.found.tables
      .filter((table) => table.kind === 'table')
      .map((table) => {
        this.progress.start(`surveying ${table.name}`, countRows(this.source, table.name));
        const survey = surveyTable(this.source, this.found, table, zoneIsKnown, (done) =>
          this.progress.advance(done),
        );
        this.progress.finish();
        return survey;
      });
    const plan = planTables(this.found, typesOf(this.found, surveys));
    await createSchema(tx, this.schema, path.basename(this.options.file), digest);
    await createTables(tx, this.schema, plan);
    return plan;
  }

  /** Readers may read meanwhile; writers wait. */
  private async join(tx: Transaction): Promise<Plan> {
    const plan = planTables(this.found, await typesInPlace(tx, this.schema, this.found));
    const names = plan.tables.map((table) => nameOf(this.schema, table.name));
    await tx.execute(`LOCK TABLE ${names.join(', ')} IN SHARE ROW EXCLUSIVE MODE`);
    await tx.execute('SET CONSTRAINTS ALL DEFERRED');
    return plan;
  }

  private async fill(tx: Transaction, plan: Plan, isNew: boolean): Promise<GenericTableReport[]> {
    const read: number[] = [];
    for (const table of plan.tables) {
      this.progress.start(`reading ${table.source.name}`, countRows(this.source, table.source.name));
      read.push(await stageTable(tx, this.source, table, this.zone, this.progress));
    }
    this.progress.say('comparing and writing …');
    await settle(tx, this.schema, plan, isNew);
    const reports: GenericTableReport[] = [];
    for (const table of plan.tables) reports.push(await this.fillOne(tx, table, read[table.at] ?? 0, isNew));
    return reports;
  }

  private async fillOne(
    tx: Transaction,
    table: PlannedTable,
    read: number,
    isNew: boolean,
  ): Promise<GenericTableReport> {
    const merged = await mergeTable(tx, this.schema, table, isNew);
    const { rejected } = await tx.one<{ rejected: number }>(
      'SELECT count(*)::int AS rejected FROM found_faults WHERE t = $1 AND c IS NULL',
      [table.at],
    );
    if (merged.moved + merged.alreadyThere + merged.kept + rejected !== read)
      throw new VerificationFailed(
        `${table.source.name}: the report does not account for all of its ${plural(read, 'row')}.`,
      );
    const columns = table.columns.map(({ name, type }) => ({ name, type }));
    const target = `${this.schema}.${table.name}`;
    return { table: table.source.name, target, read, ...merged, rejected, columns };
  }

  private async finish(tx: Transaction, plan: Plan, isNew: boolean): Promise<void> {
    if (isNew) await addConstraints(tx, this.schema, plan);
    else await tx.execute('SET CONSTRAINTS ALL IMMEDIATE');
    // Sequences are not rolled back, except those created in the transaction.
    if (isNew || this.mode === 'move') await advanceIdentities(tx, this.schema, plan, this.source);
    await describeFaults(tx, this.source, plan);
  }

  private async conclude(
    tx: Transaction,
    plan: Plan,
    done: { digest: string; isNew: boolean; tables: GenericTableReport[] },
  ): Promise<Outcome> {
    const { stored, rejects } = await storeRejects(tx, this.schema);
    const changed = done.isNew || stored > 0 || done.tables.some((table) => table.moved > 0);
    if (this.mode === 'verify' && changed)
      throw new VerificationFailed(
        `the schema ${this.schema} does not have all of this file. Move it again.`,
      );
    for (const table of plan.tables) await verifyTable(tx, this.source, this.schema, table, this.zone);
    if (this.mode !== 'dry-run') await verifyIdentities(tx, this.schema, plan.tables);
    return {
      mode: this.mode,
      source: {
        name: path.basename(this.options.file),
        bytes: statSync(this.options.file).size,
        digest: done.digest,
      },
      schema: this.schema,
      created: done.isNew,
      changed,
      tables: done.tables,
      rejects,
      newRejects: stored,
      leftBehind: plan.leftBehind,
    };
  }
}

/** How the server prints values during verification. */
function setWriting(tx: Transaction): Promise<number> {
  return tx.execute(
    `SELECT set_config('DateStyle', 'ISO, YMD', true), set_config('bytea_output', 'hex', true),
            set_config('extra_float_digits', '1', true), set_config('standard_conforming_strings', 'on', true)`,
  );
}

/** Equal tables without a common row belong to another file, which must not be mixed in. */
function refuseStranger(schema: string, tables: readonly GenericTableReport[]): void {
  const sum = (of: 'alreadyThere' | 'moved' | 'kept'): number =>
    tables.reduce((total, table) => total + table[of], 0);
  if (sum('alreadyThere') > 0 || sum('moved') + sum('kept') === 0) return;
  throw new NothingWritten(
    `The schema ${schema} has no row of this file: it was made from another file with the same tables. Name another schema.`,
  );
}
