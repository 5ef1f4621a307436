import { openReadOnly } from '../../migrate-from-sqlite/read/open-file.ts';
import { using } from './databases.ts';

interface Track {
  readonly track_id: string;
  readonly raw_json: string;
}

interface Snapshot {
  readonly track_id: string;
  readonly snapshot_date: string;
  readonly time_range: string;
  readonly rank: number;
}

/** One upsert a row in one transaction, over the first rows alone. @returns the seconds that the whole file would take */
export async function estimateRowByRow(
  file: string,
  url: string,
  total: { readonly tracks: number; readonly snapshots: number },
): Promise<number> {
  const source = await openReadOnly(file);
  const read = <Row>(sql: string, count: number): Row[] => source.db.prepare<[number], Row>(sql).all(count);
  const tracks = read<Track>('SELECT track_id, raw_json FROM tracks ORDER BY rowid LIMIT ?', 1_000);
  const snapshots = read<Snapshot>(
    `SELECT * FROM snapshots WHERE track_id IN (SELECT track_id FROM tracks ORDER BY rowid LIMIT 1000) LIMIT ?`,
    3_000,
  );
  source.close();
  return using(url, (db) =>
    db.withTransaction(async (tx) => {
      const { user_id } = await tx.one<{ user_id: number }>(
        'INSERT INTO users DEFAULT VALUES RETURNING user_id',
      );
      const perTrack = await timePerRow(tracks, ({ track_id, raw_json }) =>
        tx.execute(
          `INSERT INTO tracks (track_id, raw_json) VALUES ($1, $2)
           ON CONFLICT (track_id) DO UPDATE SET raw_json = excluded.raw_json`,
          [track_id, raw_json],
        ),
      );
      const perSnapshot = await timePerRow(snapshots, ({ track_id, snapshot_date, time_range, rank }) =>
        tx.execute(
          `INSERT INTO snapshots (user_id, snapshot_date, time_range, track_id, rank) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (user_id, snapshot_date, time_range, track_id) DO UPDATE SET rank = excluded.rank`,
          [user_id, snapshot_date, time_range, track_id, rank],
        ),
      );
      return perTrack * total.tracks + perSnapshot * total.snapshots;
    }),
  );
}

async function timePerRow<Row>(rows: readonly Row[], write: (row: Row) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (const row of rows) await write(row);
  return (performance.now() - started) / 1000 / Math.max(1, rows.length);
}
