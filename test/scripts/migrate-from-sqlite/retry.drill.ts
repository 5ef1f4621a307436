import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  printRetry,
  retryRejects,
  type Retry,
} from '../../../scripts/migrate-from-sqlite/rejects/retry-rejects.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, PLAYLISTS_SCHEMA, SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';
import { dumpTables } from '../../support/table-dump.ts';

const { test, archive, move, verify, listRejects, track } = useMoves(SNAPSHOTS_SCHEMA);
const day = { snapshot_date: '2024-01-01', time_range: 'short_term', rank: 1 };

const retry = (file: string, owner: string | null = 'alice'): Promise<Retry> =>
  retryRejects({ db: test.db, file, owner, backup: false });

function mend(file: string, sql: string): void {
  const db = new Sqlite(file);
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
}

const hostile = (): string =>
  archive((db) => {
    insert(db, 'tracks', { track_id: 't', name: 'A', duration_ms: 'x', raw_json: '[' });
    insert(db, 'tracks', { track_id: 'u', name: 'B', duration_ms: -1 });
    insert(db, 'snapshots', { track_id: 't', ...day, rank: 0 });
    insert(db, 'snapshots', { track_id: 'later', ...day, rank: 2 });
    insert(db, 'snapshots', { track_id: 'u', ...day, time_range: 'forever' });
    insert(db, 'snapshots', { track_id: 'u', ...day, snapshot_date: '2024-02-30' });
  });

const reasons = async (): Promise<string[]> => (await listRejects()).map((reject) => reject.reason);

describe('trying rejects again', () => {
  it('moves what was mended, ends its rejects, and leaves what still fails', async () => {
    const file = hostile();
    await move(file);
    expect(await reasons()).toHaveLength(7);
    mend(
      file,
      `UPDATE tracks SET duration_ms = 7 WHERE track_id = 't';
       UPDATE snapshots SET rank = 3 WHERE track_id = 't';
       INSERT INTO tracks (track_id) VALUES ('later');
       UPDATE snapshots SET time_range = 'long_term' WHERE time_range = 'forever';
       UPDATE snapshots SET snapshot_date = '2024-02-29' WHERE snapshot_date = '2024-02-30'`,
    );
    const done = await retry(file);
    expect(done).toMatchObject({ retried: 7, mended: 5, left: 2 });
    expect(await reasons()).toEqual(['a number out of range', 'not valid JSON']);
    expect(await track('t')).toMatchObject({ duration_ms: 7, raw_json: null });
    expect(await test.db.many('SELECT track_id, rank FROM snapshots ORDER BY 1, 2')).toEqual([
      { track_id: 'later', rank: 2 },
      { track_id: 't', rank: 3 },
      { track_id: 'u', rank: 1 },
      { track_id: 'u', rank: 1 },
    ]);
    expect(printRetry(done)).toMatch(/\b7 rejects\b.*\b5\b/);
    expect((await verify(file)).ok).toBe(true);
  });

  it('once all is mended nothing is left, and once more changes nothing', async () => {
    const file = hostile();
    await move(file);
    mend(
      file,
      `UPDATE tracks SET duration_ms = 7, raw_json = '{}'; UPDATE snapshots SET rank = 3 WHERE rank = 0;
       DELETE FROM snapshots WHERE track_id <> 't'`,
    );
    expect(await retry(file)).toMatchObject({ mended: 4, left: 3 });
    expect(await reasons()).toEqual([
      'there is no such track',
      'unknown time range',
      'not a day of the calendar written as YYYY-MM-DD',
    ]);
    const before = await dumpTables(test.db, true);
    expect(await retry(file)).toMatchObject({ retried: 3, mended: 0, left: 3 });
    expect(await dumpTables(test.db, true)).toEqual(before);
  });

  it('ends the rejects of what a plain move has brought meanwhile', async () => {
    const file = hostile();
    await move(file);
    mend(file, `UPDATE tracks SET duration_ms = 7 WHERE track_id = 't'`);
    await move(file);
    expect(await reasons()).toHaveLength(7);
    expect(await retry(file)).toMatchObject({ mended: 1, left: 6 });
  });

  it('what the app has captured meanwhile stays, and so does the reject', async () => {
    const file = hostile();
    await move(file);
    await test.db.execute(`UPDATE tracks SET duration_ms = 99 WHERE track_id = 't'`);
    mend(file, `UPDATE tracks SET duration_ms = 7 WHERE track_id = 't'`);
    expect(await retry(file)).toMatchObject({ retried: 7, mended: 0, left: 8 });
    expect((await track('t')).duration_ms).toBe(99);
    expect(await reasons()).toContain('the archive already has a different value');
  });

  it('a value or a row that was only deleted is not mended', async () => {
    const file = hostile();
    await move(file);
    mend(file, `UPDATE tracks SET duration_ms = NULL; DELETE FROM snapshots WHERE time_range = 'forever'`);
    expect(await retry(file)).toMatchObject({ mended: 0, left: 7 });
  });

  it('where two rejects could be the one mended row, both stay', async () => {
    const file = archive((db) => {
      insert(db, 'tracks', { track_id: 't' });
      insert(db, 'snapshots', { track_id: 't', ...day, snapshot_date: 'x' });
      insert(db, 'snapshots', { track_id: 't', ...day, snapshot_date: 'y' });
    });
    await move(file);
    mend(
      file,
      `UPDATE snapshots SET snapshot_date = '2024-01-01' WHERE snapshot_date = 'x';
       DELETE FROM snapshots WHERE snapshot_date = 'y'`,
    );
    expect(await retry(file)).toMatchObject({ retried: 2, mended: 0, left: 2 });
  });

  it('two rows with one key: the later one’s reject ends when it has found a key of its own', async () => {
    const file = archive((db) => {
      insert(db, 'tracks', { id: 1, spotify_id: 't', name: 'T', created_at: '2024-01-01 00:00:00' });
      const entry = { playlist_id: 'p', track_id: 1, created_at: '2024-01-01 00:00:00' };
      insert(db, 'playlist_tracks', { id: 1, ...entry, position: 1 }, { id: 2, ...entry, position: 2 });
    }, PLAYLISTS_SCHEMA);
    await move(file);
    expect(await reasons()).toEqual(['an earlier row has the same key']);
    mend(file, 'UPDATE playlist_tracks SET position = 1 WHERE id = 2');
    expect(await retry(file)).toMatchObject({ retried: 1, mended: 1, left: 0 });
  });

  it('leaves the rejects of other files and other listeners alone', async () => {
    const file = hostile();
    const other = archive((db) => insert(db, 'tracks', { track_id: 't', duration_ms: 'other' }));
    await move(other);
    await move(file, { owner: 'bob' });
    await move(file);
    mend(file, `UPDATE tracks SET duration_ms = 7 WHERE track_id = 't'`);
    expect(await retry(file)).toMatchObject({ mended: 1, left: 6 });
    const left = await test.db.many(
      `SELECT original ->> 'text' AS text FROM import_rejects WHERE source_key = 'track_id=t' AND source_column = 'duration_ms' ORDER BY 1`,
    );
    expect(left).toEqual([{ text: 'other' }, { text: 'x' }]);
  });

  it('a file that was never moved has none', async () => {
    await expect(retry(hostile())).rejects.toThrow(/not moved before for alice/);
    expect(await test.db.many('SELECT 1 FROM users')).toEqual([]);
  });

  it('a dry run tells what would be mended and writes nothing', async () => {
    const file = hostile();
    await move(file);
    mend(file, `UPDATE tracks SET duration_ms = 7 WHERE track_id = 't'`);
    const before = await dumpTables(test.db, true);
    const done = await retryRejects({ db: test.db, file, owner: 'alice', backup: false, mode: 'dry-run' });
    expect(done).toMatchObject({ mended: 1, left: 6 });
    expect(await dumpTables(test.db, true)).toEqual(before);
    expect(await retry(file)).toMatchObject({ mended: 1, left: 6 });
  });
});
