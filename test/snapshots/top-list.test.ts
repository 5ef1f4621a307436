import { beforeEach, describe, expect, it } from 'vitest';
import { movementOf } from '../../src/snapshots/movement.ts';
import { findTopList } from '../../src/snapshots/top-list.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { insertListener, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useDatabase();
let alice: number;
let bob: number;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
  for (const trackId of ['a', 'b', 'c', 'd', 'e']) await insertTrack(test.db, { trackId });
});

const ids = (list: Awaited<ReturnType<typeof findTopList>>) => list?.entries.map((entry) => entry.track_id);

describe('the top list', () => {
  it('is null before the first snapshot', async () => {
    await insertSnapshot(test.db, alice, { date: '2026-01-01', range: 'long_term' }, ['a']);
    await insertSnapshot(test.db, bob, { date: '2026-01-01' }, ['b']);
    expect(await findTopList(test.db, alice, 'short_term')).toBeNull();
  });

  it('is the newest one of its range, by rank', async () => {
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, ['e']);
    await insertSnapshot(test.db, alice, { date: '2026-02-01' }, [
      ['b', 3],
      ['a', 1],
      ['c', 2],
    ]);
    await insertSnapshot(test.db, alice, { date: '2026-03-01', range: 'long_term' }, ['d']);
    await insertSnapshot(test.db, bob, { date: '2026-04-01' }, ['e', 'd']);
    const list = await findTopList(test.db, alice, 'short_term');
    expect(list).toMatchObject({
      snapshotDate: '2026-02-01',
      previousDate: '2026-01-01',
    });
    expect(ids(list)).toEqual(['a', 'c', 'b']);
  });

  it('is nobody else’s: Bob’s list and past of the same days stay his', async () => {
    for (const date of ['2025-12-01', '2026-01-01']) await insertSnapshot(test.db, bob, { date }, ['b', 'a']);
    await insertSnapshot(test.db, bob, { date: '2026-02-01' }, ['b', 'a']);
    await insertSnapshot(test.db, alice, { date: '2026-02-01' }, ['a']);
    expect(await findTopList(test.db, alice, 'short_term')).toMatchObject({
      previousDate: null,
      entries: [{ track_id: 'a', rank: 1, previous_rank: null, last_seen_date: null }],
    });
    expect(ids(await findTopList(test.db, alice, 'short_term'))).toEqual(['a']);
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, ['c']);
    const list = await findTopList(test.db, alice, 'short_term');
    expect(list?.entries).toMatchObject([{ track_id: 'a', previous_rank: null, last_seen_date: null }]);
  });

  it('puts tracks of unknown rank last, and keeps equals in order', async () => {
    await insertSnapshot(test.db, alice, { date: '2026-02-01' }, [
      ['d', null],
      ['c', 1],
      ['b', null],
      ['a', 1],
    ]);
    expect(ids(await findTopList(test.db, alice, 'short_term'))).toEqual(['a', 'c', 'b', 'd']);
  });

  it('knows where each track was in the snapshot before, and when it was last seen', async () => {
    await insertSnapshot(test.db, alice, { date: '2025-06-30' }, ['d', 'a']);
    await insertSnapshot(test.db, alice, { date: '2025-09-30' }, ['d']);
    await insertSnapshot(test.db, alice, { date: '2026-01-31' }, ['b', ['c', null], 'a']);
    await insertSnapshot(test.db, alice, { date: '2026-02-28' }, ['a', 'b', 'c', 'd', 'e']);
    // What Bob heard, and another range, are no past of this list.
    await insertSnapshot(test.db, bob, { date: '2026-01-31' }, ['e']);
    await insertSnapshot(test.db, alice, { date: '2026-01-31', range: 'long_term' }, ['e']);
    const list = await findTopList(test.db, alice, 'short_term');
    expect(list?.entries.map((entry) => [entry.track_id, entry.previous_rank, entry.last_seen_date])).toEqual(
      [
        ['a', 3, '2026-01-31'],
        ['b', 1, '2026-01-31'],
        ['c', null, '2026-01-31'],
        ['d', null, '2025-09-30'],
        ['e', null, null],
      ],
    );
    expect(list?.entries.map((entry) => movementOf(entry, list))).toEqual([
      { kind: 'up', places: 2 },
      { kind: 'down', places: 1 },
      { kind: 'unknown' },
      { kind: 'back', months: 5 },
      { kind: 'new' },
    ]);
  });

  it('has no past in the first snapshot', async () => {
    await insertSnapshot(test.db, alice, { date: '2026-02-01' }, ['a']);
    expect(await findTopList(test.db, alice, 'short_term')).toMatchObject({
      previousDate: null,
      entries: [{ previous_rank: null, last_seen_date: null }],
    });
  });

  it('brings what a cover needs, whatever the payload looks like', async () => {
    const images = [{ url: 'https://i.scdn.co/large' }, { url: 'https://i.scdn.co/small' }];
    await insertTrack(test.db, { trackId: 'x', payload: { album: { id: 'alb', images } } });
    await insertTrack(test.db, { trackId: 'y', payload: { album: [] }, albumName: 'Blue' });
    await insertTrack(test.db, { trackId: 'z', payload: { album: { images: 'none' } }, name: null });
    await insertSnapshot(test.db, alice, { date: '2026-02-01' }, ['x', 'y', 'z']);
    const list = await findTopList(test.db, alice, 'short_term');
    expect(list?.entries.map((entry) => [entry.cover_seed, entry.art_url, entry.thumbnail_url])).toEqual([
      ['alb', 'https://i.scdn.co/large', 'https://i.scdn.co/small'],
      ['Blue', null, null],
      ['z', null, null],
    ]);
  });
});
