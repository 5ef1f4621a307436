import { beforeEach, describe, expect, it } from 'vitest';
import {
  historySince,
  listRankHistories,
  rankFigures,
  rankStretches,
  type RankHistory,
} from '../../src/snapshots/rank-history.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { insertListener, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useDatabase();
let alice = 0;
let bob = 0;

beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
  for (const trackId of ['a', 'b']) await insertTrack(test.db, { trackId });
});

const historyOf = async (trackId: string, timeRange = 'short_term'): Promise<RankHistory> => {
  const found = (await listRankHistories(test.db, alice, trackId)).find((one) => one.timeRange === timeRange);
  if (!found) throw new Error('no such range');
  return found;
};

describe('a rank history', () => {
  it('has every snapshot of its range, those without the track as gaps', async () => {
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, ['b', 'a']);
    await insertSnapshot(test.db, alice, { date: '2026-01-03' }, ['b']);
    await insertSnapshot(test.db, alice, { date: '2026-01-09' }, ['a']);
    await insertSnapshot(test.db, alice, { date: '2026-01-10' }, [['a', null]]);
    await insertSnapshot(test.db, alice, { date: '2026-01-05', range: 'long_term' }, ['a']);
    // Bob's snapshot of another day is none of hers.
    await insertSnapshot(test.db, bob, { date: '2026-01-04' }, ['a']);
    expect(await listRankHistories(test.db, alice, 'a')).toEqual([
      {
        timeRange: 'short_term',
        dates: ['2026-01-01', '2026-01-03', '2026-01-09', '2026-01-10'],
        ranks: [2, null, 1, null],
        listed: [true, false, true, true],
      },
      { timeRange: 'medium_term', dates: [], ranks: [], listed: [] },
      { timeRange: 'long_term', dates: ['2026-01-05'], ranks: [1], listed: [true] },
    ]);
  });

  it('comes to figures: how many snapshots, first, last and best', async () => {
    const history: RankHistory = {
      timeRange: 'short_term',
      dates: ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'],
      ranks: [null, 4, 4, null],
      listed: [false, true, true, true],
    };
    expect(rankFigures(history)).toEqual({
      snapshots: 4,
      listings: 3,
      firstDate: '2026-01-02',
      lastDate: '2026-01-04',
      bestRank: 4,
      bestDate: '2026-01-02',
    });
    expect(rankStretches(history)).toEqual([
      { from: '2026-01-01', to: '2026-01-01', snapshots: 1, listed: false, rank: null },
      { from: '2026-01-02', to: '2026-01-03', snapshots: 2, listed: true, rank: 4 },
      { from: '2026-01-04', to: '2026-01-04', snapshots: 1, listed: true, rank: null },
    ]);
    expect(historySince(history, '2026-01-03').dates).toEqual(['2026-01-03', '2026-01-04']);
    expect(historySince(history, '2027-01-01').dates).toEqual([]);
  });

  it('of a track that was never listed is all gaps, and of no snapshots is empty', async () => {
    expect(rankFigures(await historyOf('a'))).toEqual({
      snapshots: 0,
      listings: 0,
      firstDate: null,
      lastDate: null,
      bestRank: null,
      bestDate: null,
    });
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, ['b']);
    expect(await historyOf('a')).toMatchObject({ dates: ['2026-01-01'], ranks: [null], listed: [false] });
  });
});
