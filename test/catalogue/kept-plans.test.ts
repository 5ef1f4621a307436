import { expect, it } from 'vitest';
import { createDb } from '../../src/db.ts';
import { useDatabase } from '../support/database.ts';
import { insertArchiveTracks, insertListener, insertPlaylist } from '../support/factories.ts';
import { insertNumberedTracks } from '../support/playlists.ts';

const test = useDatabase();

it('does not read the library once for each track of a long playlist, whatever the session did before', async () => {
  const alice = await insertListener(test.db, 'alice');
  const ids = Array.from({ length: 1_000 }, (_, index) => `track-${index}`);
  await insertNumberedTracks(test.db, ids);
  await test.db.execute('VACUUM ANALYZE library_tracks');
  const session = createDb({ url: test.url, poolMin: 1, poolMax: 1, applicationName: 'one-session' });
  // The plans of this session are made while there is nothing, and are good enough for that.
  await insertPlaylist(session, alice, { playlistId: 'short' }, []);
  await insertArchiveTracks(session, alice, ids);
  await session.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'track-1')`, [alice]);
  await insertPlaylist(session, alice, { playlistId: 'long' }, ids);
  await session.many('SELECT pg_stat_force_next_flush()');
  const { rows } = await session.one<{ rows: number }>(
    `SELECT seq_tup_read::int AS rows FROM pg_stat_user_tables WHERE relname = 'library_tracks'`,
  );
  await session.close();
  expect(rows).toBeLessThan(10 * ids.length);
});
