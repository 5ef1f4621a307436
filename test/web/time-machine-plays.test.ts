import { beforeAll, describe, expect, it } from 'vitest';
import { submit, useCast } from '../support/app.ts';
import { insertListens, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useCast();

beforeAll(async () => {
  for (const trackId of ['listed', 'often', 'seldom', 'bobs'])
    await insertTrack(test.db, { trackId, name: `The ${trackId} one` });
  await insertSnapshot(test.db, test.aliceId, { date: '2024-03-14' }, ['listed']);
  const listens = (track: string, times: number, month: string) =>
    Array.from({ length: times }, (_, n) => ({
      at: `${month}-1${n}T12:00:00Z`,
      track,
      ms: 90_000,
    }));
  await insertListens(test.db, test.aliceId, [
    ...listens('often', 4, '2019-05'),
    ...listens('seldom', 1, '2019-05'),
    ...listens('seldom', 2, '2024-03'),
    ...listens('seldom', 2, '2024-05'),
  ]);
  await insertListens(test.db, test.bobId, listens('bobs', 3, '2019-05'));
});

const page = async (path: string, visitor = test.alice): Promise<string> =>
  (await visitor.get(path).expect(200)).text;
/** The tracks of the part about plays, each with its number of plays. */
function played(html: string): string[] {
  const part = /<section class="section" id="plays".*?<\/section>/s.exec(html)?.[0] ?? '';
  const names = [...part.matchAll(/title__main">The (\w+)/g)].map(([, name]) => name);
  const plays = [...part.matchAll(/>Plays <\/span>([\d,]+)</g)].map(([, count]) => count);
  return names.map((name, at) => `${name} ${plays[at]}`);
}

describe('the time machine shows what was played', () => {
  it('where no snapshot reaches: in a year, a month and on a day, and says that the list is by plays', async () => {
    for (const [time, tracks] of [
      ['2019', ['often 4', 'seldom 1']],
      ['2019/05', ['often 4', 'seldom 1']],
      ['2019/05/11', ['often 1']],
    ] as const) {
      const html = await page(`/time-machine/${time}`);
      expect([time, played(html)]).toEqual([time, tracks]);
      expect(html).toMatch(/is before your first snapshot.*by plays/s);
    }
    expect(await page('/time-machine/2019/05')).toMatch(/5 plays, 8 minutes/);
  });

  it('beside the list of the same time, and in a gap between two', async () => {
    const html = await page('/time-machine/2024/03');
    expect(html).toContain('The listed one');
    expect(played(html)).toEqual(['seldom 2']);
    expect(played(await page('/time-machine/2024/05'))).toEqual(['seldom 2']);
    expect(played(await page('/time-machine/2024/04'))).toEqual([]);
  });

  it('and leads there, with a range that has no snapshot as well', async () => {
    for (const path of ['/time-machine', '/time-machine?range=long_term', '/time-machine/2024/03'])
      expect(await page(path)).toMatch(/href="\/time-machine\/2019["?]/);
    expect(await page('/time-machine/2019')).toMatch(/href="\/time-machine\/2019\/05\?range=/);
    expect(await page('/time-machine/2019/05')).toMatch(/href="\/time-machine\/2019\/05\/13\?range=/);
    expect(played(await page('/time-machine/2019?range=long_term'))).toEqual(['often 4', 'seldom 1']);
  });

  it('as much as is known: at least, where a gap lies in the time', async () => {
    await test.db.execute(
      `INSERT INTO play_gaps (user_id, after_played_at, before_played_at) VALUES ($1, '2019-05-20', '2019-05-22')`,
      [test.aliceId],
    );
    expect(await page('/time-machine/2019/05')).toContain('at least 5 plays');
    expect(await page('/time-machine/2019/05/11')).not.toContain('at least');
  });

  it('to its listener alone, and nothing that is hidden', async () => {
    expect(played(await page('/time-machine/2019', test.bob))).toEqual(['bobs 3']);
    await submit(test.alice, '/tracks/often/hide');
    expect(played(await page('/time-machine/2019'))).toEqual(['seldom 1']);
    expect(await page('/time-machine/2019')).toContain('at least 1 play,');
  });
});
