import { hash } from 'node:crypto';
import { copyLine, copyPieces, type CopyValue } from '../database/copy-lines.ts';
import type { Db, Transaction } from '../db.ts';
import { notFound } from '../errors.ts';
import { lockArchive } from '../users/lock-archive.ts';
import type { FilePlay, HistoryReading, ReadRow } from './row.ts';

const COLUMNS = [
  'user_id',
  'history_import_id',
  'row_id',
  'file_number',
  'file_row',
  'source',
  'play_row',
  'original',
  'bucket',
  'reason',
  'row_key',
  'ended_at',
  'is_end_known',
  'precision_ms',
  'ms_played',
  'length_ms',
  'track_id',
  'track_name',
  'artist_name',
  'album_name',
  'reached_end',
  'skipped',
  'is_private',
];

export interface Staged {
  readonly userId: number;
  readonly importId: number;
}

/**
 * Writes the rows of a reading beside the archive, as they come; answers their number and the files' order.
 * @throws ArchiveGone; AppError 404 where the import was discarded meanwhile
 */
export async function stageRows(
  db: Db,
  { userId, importId }: Staged,
  reading: AsyncIterable<readonly ReadRow[]> & Pick<HistoryReading, 'files'>,
  advance: (rows: number) => void = () => undefined,
): Promise<number> {
  const numbers = new Map<string, number>();
  let rows = 0;
  async function* pieces(): AsyncGenerator<Buffer> {
    for await (const batch of reading) {
      if (batch.length === 0) continue;
      yield Buffer.concat(
        batch.map((row) =>
          Buffer.from(lineOf(row, [userId, importId, (rows += 1), numberOf(numbers, row.where.file)])),
        ),
      );
      advance(rows);
    }
  }
  await db.withTransaction(async (tx) => {
    rows = 0;
    await copyPieces(tx, 'staged_plays', COLUMNS, pieces());
    await requireImport(tx, { userId, importId });
  });
  await db.execute('ANALYZE staged_plays');
  await db.execute(
    `UPDATE history_imports SET files = $3, state = 'read', read_at = now(), leased_until = NULL
     WHERE user_id = $1 AND history_import_id = $2`,
    [userId, importId, JSON.stringify(inOrder(reading.files, numbers))],
  );
  return rows;
}

/** From here on it stays until these rows are there: then they go with it. @throws ArchiveGone; AppError 404 */
async function requireImport(tx: Transaction, { userId, importId }: Staged): Promise<void> {
  const found = await tx.maybeOne(
    'SELECT FROM history_imports WHERE (user_id, history_import_id) = ($1, $2) FOR KEY SHARE',
    [userId, importId],
  );
  if (found !== null) return;
  await lockArchive(tx, userId);
  throw notFound();
}

function numberOf(numbers: Map<string, number>, file: string): number {
  const known = numbers.get(file);
  if (known !== undefined) return known;
  numbers.set(file, numbers.size);
  return numbers.size - 1;
}

/** Files with rows first, in the order of their numbers. */
function inOrder(
  files: HistoryReading['files'],
  numbers: ReadonlyMap<string, number>,
): HistoryReading['files'] {
  const place = ({ file }: { file: string }): number => numbers.get(file) ?? Infinity;
  return files.toSorted((one, other) => Math.sign(place(one) - place(other)) || 0);
}

type Values = readonly CopyValue[];

const lineOf = (row: ReadRow, keys: readonly number[]): string =>
  copyLine([...keys, row.where.row, row.format, ...valuesOf(row)]);

/** (PostgreSQL keeps no NUL.) */
const storable = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\u{FFFD}') : text);

const NOTHING: Values = Array.from(
  { length: COLUMNS.indexOf('is_private') - COLUMNS.indexOf('reason') },
  () => null,
);
const PRECISION_MS = { ms: 0, second: 1_000, minute: 60_000 } as const;

function valuesOf(row: ReadRow): Values {
  if (row.kind === 'set aside')
    return [null, storable(row.raw), row.bucket, storable(row.reason), ...NOTHING];
  const { play } = row;
  return [
    storable(row.raw),
    null,
    null,
    null,
    rowKeyOf(play),
    new Date(play.endedAt).toISOString(),
    play.isEndKnown,
    PRECISION_MS[play.precision],
    play.msPlayed,
    play.lengthMs,
    play.trackId,
    play.trackName,
    play.albumArtistName ?? play.artistName,
    play.albumName,
    reachedEnd(play.reasonEnd),
    play.skipped,
    play.incognito,
  ];
}

/** The second that the file states comes first, so that the keys of rows in order are in order too. */
const rowKeyOf = ({ statedAt, key }: FilePlay): string =>
  Math.floor(statedAt / 1_000)
    .toString(16)
    .padStart(8, '0')
    .slice(-8) + hash('md5', key).slice(8);

/** Spotify's word for a track that ran to its end; "unknown" and nothing say neither. */
const reachedEnd = (reason: string | null): boolean | null =>
  reason === null || reason === '' || reason === 'unknown' ? null : reason === 'trackdone';
