import { createHash } from 'node:crypto';
import type { Queries, Transaction } from '../../../src/db.ts';
import type { Source, SourceTable } from '../read/open-source.ts';
import type { Progress } from '../progress.ts';
import type { ComparedTable } from './compared-tables.ts';
import type { Question } from './questions.ts';
import { readPlainRows, type PlainCell, type PlainRow } from './read-cells.ts';
import { judgeRow, type Judgement, type RowPair } from './judge-row.ts';
import { findRejects, keyOf } from './rejects-of.ts';
import { askFor, type Chunk, type StoredRow } from './stored-rows.ts';

const CHUNK_ROWS = 2_000;
const CHUNK_CHARACTERS = 4 * 1024 * 1024;
const MOST_NAMED = 20;

export interface ComparedRow extends Judgement {
  readonly key: string;
  readonly cells: Readonly<Record<string, PlainCell>>;
  /** Written by the transaction that compares. */
  readonly isNew: boolean;
}

export interface TableVerdict {
  readonly table: string;
  readonly checked: number;
  readonly equal: number;
  /** The archive had something else, which stays; the file's value is in the rejects. */
  readonly kept: number;
  /** Partly or wholly in the rejects, unchanged. */
  readonly setAside: number;
  readonly missing: number;
  readonly different: number;
  /** The first missing or different rows, and what differs. */
  readonly named: readonly string[];
  readonly questions: readonly Answer[];
}

interface Answer {
  readonly name: string;
  readonly source: number;
  readonly target: number;
}

export interface FileAndArchive {
  readonly tx: Transaction;
  readonly source: Source;
  readonly userId: number;
  readonly progress: Progress;
}

/**
 * Compares a source table with the database chunk by chunk. A chunk is equal if the hash of its keys and values is, and
 * the server finds its JSON and times equal; else its rows are compared one by one. `inspect` sees every row.
 */
export async function compareTable(
  within: FileAndArchive,
  table: SourceTable,
  compared: ComparedTable,
  inspect?: (row: ComparedRow) => void,
): Promise<TableVerdict> {
  const { source, progress } = within;
  const comparison = new Comparison(within, table, compared, inspect);
  progress.start(`verifying ${table.name}`, table.rows);
  let checked = 0;
  try {
    for (const chunk of inChunks(comparison.read(source))) {
      await comparison.compare(chunk);
      progress.advance((checked += chunk.length));
    }
  } finally {
    progress.finish();
  }
  return comparison.verdict();
}

function* inChunks(rows: Iterable<PlainRow>): Generator<PlainRow[]> {
  let chunk: PlainRow[] = [];
  let size = 0;
  for (const row of rows) {
    chunk.push(row);
    for (const cell of Object.values(row.cells)) size += (cell.text ?? cell.hex ?? '').length;
    if (chunk.length < CHUNK_ROWS && size < CHUNK_CHARACTERS) continue;
    yield chunk;
    [chunk, size] = [[], 0];
  }
  if (chunk.length > 0) yield chunk;
}

class Comparison {
  private readonly counts = { checked: 0, equal: 0, kept: 0, setAside: 0, missing: 0, different: 0 };
  private readonly named: string[] = [];
  private readonly answers: { name: string; source: number; target: number }[];
  private readonly questions: readonly Question[];
  private readonly keyColumns: readonly string[];
  private readonly db: Queries;
  private readonly table: SourceTable;
  private readonly compared: ComparedTable;
  private readonly userId: number;
  private readonly inspect: ((row: ComparedRow) => void) | undefined;

  constructor(
    { tx, userId }: FileAndArchive,
    table: SourceTable,
    compared: ComparedTable,
    inspect?: (row: ComparedRow) => void,
  ) {
    this.db = tx;
    this.table = table;
    this.compared = compared;
    this.userId = userId;
    this.inspect = inspect;
    this.questions = compared.questions.filter(({ column }) => this.has(column));
    this.answers = this.questions.map(({ name }) => ({ name, source: 0, target: 0 }));
    this.keyColumns = table.key.filter((column) => this.has(column));
  }

  read(source: Source): Iterable<PlainRow> {
    const computed = [...this.compared.key, ...this.compared.columns]
      .flatMap((part) => part.computed ?? [])
      .filter(({ column }) => this.has(column));
    return readPlainRows(
      source.db,
      this.table,
      Object.fromEntries(computed.map(({ name, sql }) => [name, sql])),
      this.questions.map((question) => question.source),
    );
  }

  verdict(): TableVerdict {
    return { table: this.compared.source, ...this.counts, named: this.named, questions: this.answers };
  }

  async compare(rows: readonly PlainRow[]): Promise<void> {
    const chunk = askFor(this.compared, this.questions, rows);
    this.counts.checked += rows.length;
    if (this.inspect === undefined && (await this.isEqual(chunk))) {
      this.counts.equal += rows.length;
      return;
    }
    const stored = await this.db.many<StoredRow>(chunk.rowsSql, [this.userId, ...chunk.values]);
    const keys = rows.map((row) => this.keyOf(row));
    const rejects = await findRejects(this.db, this.userId, this.compared.source, keys);
    rows.forEach((row, at) => {
      const key = keys[at] ?? '';
      this.judge(key, row, {
        cells: this.ownCells(row),
        readings: chunk.readings.map((column) => column[at]),
        stored: stored[at],
        rejects: rejects.get(key) ?? [],
      });
    });
  }

  /** Includes the answers to the questions. */
  private async isEqual(chunk: Chunk): Promise<boolean> {
    const found = await this.db.one<{ digest: string | null; same: boolean; answers: number[] }>(
      chunk.digestSql,
      [this.userId, ...chunk.values],
    );
    const digest = createHash('md5').update(chunk.lines.join('\n')).digest('hex');
    const asked = this.questions.map((_, question) => chunk.yes.filter((row) => row[question] === 1n).length);
    const equal =
      found.digest === digest && found.same && asked.every((count, at) => count === found.answers[at]);
    if (equal) asked.forEach((count, at) => this.count(at, count, count));
    return equal;
  }

  private count(question: number, source: number, target: number): void {
    const answer = this.answers[question];
    if (answer === undefined) return;
    answer.source += source;
    answer.target += target;
  }

  private keyOf(row: PlainRow): string {
    return keyOf(row.cells, this.keyColumns);
  }

  private ownCells(row: PlainRow): Readonly<Record<string, PlainCell>> {
    return Object.fromEntries(Object.entries(row.cells).filter(([name]) => this.table.columns.has(name)));
  }

  private has(column: string): boolean {
    return (this.table.columns.get(column) ?? null) !== null;
  }

  private judge(key: string, row: PlainRow, pair: RowPair): void {
    const judgement = judgeRow(this.table, this.compared, pair);
    const wrong = this.ask(row, judgement.columns, pair);
    const outcome = wrong === undefined ? judgement.outcome : 'different';
    this.counts[outcome] += 1;
    if (outcome === 'missing' || outcome === 'different')
      this.name(outcome, key, [...judgement.differing, ...(wrong ?? [])]);
    this.inspect?.({ ...judgement, outcome, key, cells: pair.cells, isNew: pair.stored?.fresh === true });
  }

  /** @returns the first question that the database answers differently, or null */
  private ask(row: PlainRow, equal: readonly string[], { stored, rejects }: RowPair): string[] | undefined {
    let wrong: string[] | undefined;
    this.questions.forEach(({ name, column }, at) => {
      const said = row.answers[at] ?? null;
      const isWhole = equal.includes(column) && !rejects.some((reject) => reject.source_column === column);
      if (said === null || !isWhole) return;
      const answer = stored?.answers[at] === true ? 1 : 0;
      this.count(at, Number(said), answer);
      if (answer !== Number(said)) wrong = [`"${name}"`];
    });
    return wrong;
  }

  private name(outcome: string, key: string, differing: readonly string[]): void {
    if (this.named.length >= MOST_NAMED) return;
    this.named.push(`${outcome} ${key}${differing.length === 0 ? '' : `: ${differing.join(', ')}`}`);
  }
}
