import { beginHistoryImport } from '../../src/history-import/imports.ts';
import { confirmImport } from '../../src/history-import/import.ts';
import type { FormatName, ReadRow } from '../../src/history-import/row.ts';
import { stageRows, type Staged } from '../../src/history-import/stage.ts';
import type { Db } from '../../src/db.ts';

/** A play as a file tells it; what is not said is not known. */
export interface ToldPlay {
  readonly at: number | string;
  readonly trackId?: string | null;
  readonly name?: string;
  readonly artist?: string;
  readonly album?: string | null;
  readonly ms?: number | null;
  readonly lengthMs?: number | null;
  readonly reasonEnd?: string | null;
  readonly isPrivate?: boolean;
  readonly isEndKnown?: boolean;
}

const PRECISION: Partial<Record<FormatName, 'second' | 'minute'>> = { 'spotify account': 'minute' };

/** A row as a reader of files gives it. */
export function toldRow(told: ToldPlay, row: number, format: FormatName = 'spotify extended'): ReadRow {
  const endedAt = new Date(told.at).getTime();
  const names = [told.name ?? null, told.artist ?? null, told.album ?? null] as const;
  return {
    kind: 'play',
    where: { file: `${format}.json`, row },
    format,
    raw: JSON.stringify({ row: told.ms ?? null, odd: '"\\\t' }),
    play: {
      endedAt,
      isEndKnown: told.isEndKnown ?? true,
      startedAt: null,
      statedAt: endedAt,
      precision: PRECISION[format] ?? 'second',
      msPlayed: told.ms ?? null,
      lengthMs: told.lengthMs ?? null,
      trackId: told.trackId ?? null,
      trackName: names[0],
      artistName: names[1],
      albumName: names[2],
      albumArtistName: null,
      isrc: null,
      reasonStart: null,
      reasonEnd: told.reasonEnd ?? null,
      skipped: null,
      shuffle: null,
      offline: null,
      incognito: told.isPrivate ?? null,
      key: [format, endedAt, told.ms, told.trackId, ...names].join('|'),
    },
  };
}

/** Rows as a reading of one file after the other. */
function readingOf(rows: readonly ReadRow[]) {
  const files = [...new Set(rows.map(({ where }) => where.file))].map((file) => ({
    file,
    format: 'spotify extended' as const,
    rows: rows.filter(({ where }) => where.file === file).length,
    faults: [],
    isOpened: true,
  }));
  return {
    files,
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < rows.length; at += 100) yield await Promise.resolve(rows.slice(at, at + 100));
    },
  };
}

export async function stage(db: Db, userId: number, rows: readonly ReadRow[]): Promise<Staged> {
  const staged = await beginHistoryImport(db, userId);
  await stageRows(db, staged, readingOf(rows));
  return staged;
}

export async function importRows(db: Db, userId: number, rows: readonly ReadRow[], leavesOutPrivate = false) {
  const staged = await stage(db, userId, rows);
  return { ...staged, account: await confirmImport(db, staged, { leavesOutPrivate }) };
}
