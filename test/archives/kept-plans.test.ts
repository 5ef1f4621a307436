import { expect, it } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { insertArchiveTracks, insertListener, insertPlaylist } from '../support/factories.ts';
import { insertTracks } from '../support/playlists.ts';

const test = useDatabase();

it('does not read the shelf once for each track of a long playlist, whatever the session did before', async () => {
  const alice = await insertListener(test.db, 'alice');
  const ids = Array.from({ length: 1_000 }, (_, index) => `track-${index}`);
  await insertTracks(test.db, ids);
  await test.db.execute('VACUUM ANALYZE archive_tracks');
  const read = await test.db.withTransaction(async (tx) => {
    // The plans of this session are made while there is nothing, and are good enough for that.
    await insertPlaylist(tx, alice, { playlistId: 'short' }, []);
    await insertArchiveTracks(tx, alice, ids);
    await tx.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'track-1')`, [alice]);
    await insertPlaylist(tx, alice, { playlistId: 'long' }, ids);
    return tx.one<{ rows: number }>(
      `SELECT seq_tup_read::int AS rows FROM pg_stat_xact_user_tables WHERE relname = 'archive_tracks'`,
    );
  });
  expect(read.rows).toBeLessThan(10 * ids.length);
});
