import { beforeEach, describe, expect, it } from 'vitest';
import { listBestPlaces, listPresence } from '../../src/snapshots/artist-presence.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { insertListener, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useDatabase();
let alice = 0;
let bob = 0;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
  await insertTrack(test.db, { trackId: 'a', artists: ['ann'] });
  await insertTrack(test.db, { trackId: 'b', artists: ['ben', 'ann'] });
  await insertTrack(test.db, { trackId: 'c', artists: ['ben'] });
});

describe('an artist’s presence', () => {
  it('counts their places month by month and range by range, beside all places of those lists', async () => {
    await insertSnapshot(test.db, alice, { date: '2025-11-30' }, ['c', 'b', 'a']);
    await insertSnapshot(test.db, alice, { date: '2025-11-01' }, ['a', 'c']);
    await insertSnapshot(test.db, alice, { date: '2026-02-01' }, ['c']);
    await insertSnapshot(test.db, alice, { date: '2026-02-01', range: 'long_term' }, [['a', null]]);
    await insertSnapshot(test.db, bob, { date: '2025-11-01' }, ['a', 'b']);
    const none = { snapshots: 0, places: 0, own: 0, best_rank: null };
    expect(await listPresence(test.db, alice, 'ann')).toEqual([
      {
        timeRange: 'short_term',
        months: [
          { month: '2025-11', snapshots: 2, places: 5, own: 3, best_rank: 1 },
          { month: '2025-12', ...none },
          { month: '2026-01', ...none },
          { month: '2026-02', snapshots: 1, places: 1, own: 0, best_rank: null },
        ],
      },
      { timeRange: 'medium_term', months: [] },
      {
        timeRange: 'long_term',
        months: [{ month: '2026-02', snapshots: 1, places: 1, own: 1, best_rank: null }],
      },
    ]);
  });

  it('has a best place in each range: the first day, and the track that held it', async () => {
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, ['c', 'b', 'a']);
    await insertSnapshot(test.db, alice, { date: '2026-01-02' }, ['c', 'a', 'b']);
    await insertSnapshot(test.db, alice, { date: '2026-01-02', range: 'long_term' }, [['a', null]]);
    await insertSnapshot(test.db, bob, { date: '2025-01-01' }, ['a']);
    expect(await listBestPlaces(test.db, alice, 'ann')).toEqual([
      { time_range: 'short_term', rank: 2, snapshot_date: '2026-01-01', track_id: 'b', name: 'Track b' },
    ]);
  });
});
