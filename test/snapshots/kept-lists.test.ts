import { beforeAll, describe, expect, it } from 'vitest';
import { claimArchive } from '../../src/archives/unclaimed.ts';
import { useDatabase } from '../support/database.ts';
import { drilled } from '../support/drill.ts';
import { insertListener, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useDatabase();
let alice = 0;
let bob = 0;
let tracks: string[] = [];

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
  tracks = [];
  for (let n = 0; n < 6; n += 1) tracks.push(await insertTrack(test.db, { trackId: `t${n}` }));
});

/** What the kept tables say and the snapshots do not, or the other way round. */
const differences = () =>
  test.db.many(
    `WITH lists AS (
       SELECT user_id, time_range, snapshot_date, count(*)::int AS places FROM snapshots GROUP BY 1, 2, 3
     ), periods AS (
       SELECT user_id, time_range, period, track_id,
         sum(CASE WHEN rank IS NULL OR rank > 50 THEN 1 ELSE 51 - rank END)::int AS points,
         min(rank) AS best_rank, count(*)::int AS listings
       FROM snapshots, LATERAL (VALUES (left(snapshot_date::text, 7)), (left(snapshot_date::text, 4)), ('all')) AS p (period)
       GROUP BY 1, 2, 3, 4
     )
     SELECT to_jsonb(d) FROM (
       (TABLE lists EXCEPT TABLE snapshot_lists) UNION ALL (TABLE snapshot_lists EXCEPT TABLE lists)) AS d
     UNION ALL
     SELECT to_jsonb(d) FROM (
       (TABLE periods EXCEPT TABLE snapshot_periods) UNION ALL (TABLE snapshot_periods EXCEPT TABLE periods)) AS d`,
  );

const of = (period: string, trackId: string, userId = alice) =>
  test.db.maybeOne(
    `SELECT points, best_rank, listings FROM snapshot_periods
     WHERE user_id = $1 AND time_range = 'short_term' AND period = $2 AND track_id = $3`,
    [userId, period, trackId],
  );

describe('the kept lists and periods', () => {
  it('add up 51 − rank, and 1 for a place beyond the fiftieth or without a rank', async () => {
    await insertSnapshot(test.db, alice, { date: '2024-03-01' }, [
      ['t0', 1],
      ['t1', 50],
      ['t2', 51],
      ['t3', null],
    ]);
    await insertSnapshot(test.db, alice, { date: '2024-03-31' }, [
      ['t0', 2],
      ['t1', 2147483647],
    ]);
    await insertSnapshot(test.db, alice, { date: '2024-04-01' }, [['t0', 3]]);
    expect(await of('2024-03', 't0')).toEqual({ points: 99, best_rank: 1, listings: 2 });
    expect(await of('2024-03', 't1')).toEqual({ points: 2, best_rank: 50, listings: 2 });
    expect(await of('2024-03', 't2')).toEqual({ points: 1, best_rank: 51, listings: 1 });
    expect(await of('2024-03', 't3')).toEqual({ points: 1, best_rank: null, listings: 1 });
    expect(await of('2024', 't0')).toEqual({ points: 147, best_rank: 1, listings: 3 });
    expect(await of('all', 't0', bob)).toBeNull();
    expect(await differences()).toEqual([]);
  });

  it('follow corrections of ranks, days, ranges, tracks and owners', async () => {
    for (const change of [
      `rank = 9 WHERE track_id = 't0' AND rank = 1`,
      `rank = NULL WHERE track_id = 't0' AND rank = 9`,
      `snapshot_date = '2023-12-31' WHERE snapshot_date = '2024-03-31'`,
      `time_range = 'long_term' WHERE snapshot_date = '2024-04-01'`,
      `track_id = 't5' WHERE track_id = 't2'`,
      `rank = rank + 1 WHERE rank < 2147483647`,
      `rank = 1 WHERE false`,
    ]) {
      await test.db.execute(`UPDATE snapshots SET ${change}`);
      expect([change, await differences()]).toEqual([change, []]);
    }
    await test.db.execute(`UPDATE snapshots SET user_id = $1 WHERE track_id = 't1'`, [bob]);
    expect(await differences()).toEqual([]);
    expect(await of('all', 't1', bob)).not.toBeNull();
  });

  it('follow deletions, of some places, of a day and of all', async () => {
    await insertSnapshot(test.db, bob, { date: '2025-01-01' }, tracks);
    await insertSnapshot(test.db, bob, { date: '2025-01-02' }, tracks.toReversed());
    expect(await of('2025-01', 't0', bob)).toEqual({ points: 95, best_rank: 1, listings: 2 });
    for (const condition of [
      `track_id = 't0' AND snapshot_date = '2025-01-01'`,
      `snapshot_date = '2025-01-02'`,
      `false`,
      `user_id = ${alice}`,
    ]) {
      await test.db.execute(`DELETE FROM snapshots WHERE ${condition}`);
      expect([condition, await differences()]).toEqual([condition, []]);
    }
  });

  it('take in what a claimed archive brings, and leave nothing of it behind', async () => {
    const archive = await insertListener(test.db, null);
    await insertSnapshot(test.db, archive, { date: '2019-05-05' }, tracks);
    await insertSnapshot(test.db, archive, { date: '2025-01-01' }, tracks);
    await claimArchive(test.db, bob, archive);
    expect(await of('2019', 't0', bob)).toEqual({ points: 50, best_rank: 1, listings: 1 });
    expect(await differences()).toEqual([]);
    expect(await test.db.many('SELECT FROM snapshot_lists WHERE user_id = $1', [archive])).toEqual([]);
  });

  it('go with their listener', async () => {
    await test.db.execute('DELETE FROM users WHERE user_id = $1', [bob]);
    expect(await test.db.many('SELECT FROM snapshot_periods WHERE user_id = $1', [bob])).toEqual([]);
    expect(await differences()).toEqual([]);
  });

  it('stay true through many random changes', async () => {
    const carol = await insertListener(test.db, 'carol');
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed % below;
    };
    const date = (): string => `202${random(2)}-0${1 + random(3)}-0${1 + random(4)}`;
    const oneOf = (values: readonly string[]): string => values[random(values.length)] ?? '';
    for (let n = 0; n < drilled(60, 200); n += 1) {
      const change = random(3);
      if (change === 0) {
        await test.db.execute(
          `INSERT INTO snapshots (user_id, snapshot_date, time_range, track_id, rank)
           SELECT $1, $2, $3, 't' || n, NULLIF((n * 17 + $4) % 60, 0) FROM generate_series(0, 4) AS n
           ON CONFLICT DO NOTHING`,
          [carol, date(), oneOf(['short_term', 'long_term']), random(60)],
        );
      } else if (change === 1) {
        await test.db.execute(`UPDATE snapshots SET rank = $2 WHERE user_id = $1 AND track_id = $3`, [
          carol,
          1 + random(60),
          oneOf(tracks),
        ]);
      } else {
        await test.db.execute(
          `DELETE FROM snapshots WHERE user_id = $1 AND snapshot_date = $2 AND track_id = $3`,
          [carol, date(), oneOf(tracks)],
        );
      }
    }
    expect((await test.db.many('SELECT FROM snapshots WHERE user_id = $1', [carol])).length).toBeGreaterThan(
      20,
    );
    expect(await differences()).toEqual([]);
  });
});
