import { beforeAll, describe, expect, it } from 'vitest';
import { nobody, useCast } from '../support/app.ts';
import { insertPlays, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useCast();

/** 130 plays, one an hour, the last on 31 May 2026 at 23:00 UTC; and one of each in the year before. */
const at = (hoursBefore: number): string =>
  new Date(Date.parse('2026-05-31T23:00:00Z') - hoursBefore * 3_600_000).toISOString();

beforeAll(async () => {
  for (let n = 0; n < 10; n += 1)
    await insertTrack(test.db, {
      trackId: `track-${n}`,
      name: `Song <i>${n}</i>`,
      artistName: n === 3 ? '100% Wolf_Pack\\' : 'Nightjar',
      albumName: 'Dusk',
    });
  await insertPlays(
    test.db,
    test.aliceId,
    Array.from({ length: 130 }, (_, n) => [at(n), `track-${n % 10}`] as const),
  );
  await insertPlays(test.db, test.aliceId, [['2025-02-01T12:00:00Z', 'track-3']]);
  await insertSnapshot(test.db, test.aliceId, { date: '2026-05-30', range: 'long_term' }, [
    'track-7',
    'track-1',
  ]);
  await test.db.execute(
    `INSERT INTO play_gaps (user_id, after_played_at, before_played_at) VALUES ($1, $2, $3)`,
    [test.aliceId, at(10), at(9)],
  );
});

const page = async (query = '', visitor = test.alice): Promise<string> =>
  (await visitor.get(`/history${query}`).expect(200)).text;
const times = (html: string): string[] =>
  [...html.matchAll(/Played at <\/span>([\d:]+)/g)].map((m) => m[1] ?? '');
const older = (html: string): string | undefined =>
  /class="pager"[^>]*><a href="\/history([^"#]*)/.exec(html)?.[1]?.replaceAll('&amp;', '&');

describe('the history', () => {
  it('shows figures, the newest plays under their days, and each possible gap', async () => {
    const text = await page('?span=all');
    expect(text).toContain('131 plays');
    expect(text).toContain('Song &lt;i&gt;0&lt;/i&gt;');
    expect(text).not.toContain('<i>0</i>');
    expect(times(text)).toHaveLength(50);
    expect(times(text).slice(0, 2)).toEqual(['23:00', '22:00']);
    expect(text.match(/Possible gap/g)).toHaveLength(1);
    expect(text).toMatch(/31 May 2026[\s\S]*30 May 2026/);
    expect(text).toContain('By Spotify’s rank');
    expect(text).toContain('saved on 30 May 2026');
  });

  it('goes back page by page, each play once, to the first', async () => {
    const seen: string[] = [];
    let query: string | undefined = '';
    while (query !== undefined) {
      const text = await page(query);
      seen.push(...times(text));
      query = older(text);
    }
    expect(seen).toHaveLength(131);
  });

  it('does not move when something is played between two pages', async () => {
    const next = older(await page()) ?? '';
    const before = times(await page(next));
    await insertPlays(test.db, test.aliceId, [['2026-05-31T23:30:00Z', 'track-1']]);
    expect(times(await page(next))).toEqual(before);
    await test.db.execute(`DELETE FROM plays WHERE played_at = '2026-05-31T23:30:00Z'`);
  });

  it('can be narrowed to days of the listener’s own, both included', async () => {
    const text = await page('?from=2026-05-30&to=2026-05-30');
    expect(times(text)).toHaveLength(24);
    expect(text).toContain('value="2026-05-30"');
    await test.db.execute(`UPDATE users SET timezone = 'Asia/Tokyo' WHERE user_id = $1`, [test.aliceId]);
    const inTokyo = await page('?from=2026-06-01&to=2026-06-01');
    expect(times(inTokyo).at(0)).toBe('08:00');
    expect(times(inTokyo)).toHaveLength(9);
    await test.db.execute(`UPDATE users SET timezone = 'UTC' WHERE user_id = $1`, [test.aliceId]);
  });

  it('is looked through span by span, and keeps what is searched for', async () => {
    const links = (html: string) =>
      [...html.matchAll(/<a href="(\/history[^"#]*)"(?: rel="(prev|next)"| aria-current="true")?/g)].map(
        ([, href = '', rel]) => ({ href: href.replaceAll('&amp;', '&'), rel }),
      );
    const may = await page('?span=month&on=2024-05-09&q=song');
    const [earlier, later] = ['prev', 'next'].map((way) => links(may).find(({ rel }) => rel === way)?.href);
    expect(earlier).toBe('/history?q=song&span=month&on=2024-04-01');
    expect(later).toBe('/history?q=song&span=month&on=2024-06-01');
    const april = (await test.alice.get(earlier ?? '').expect(200)).text;
    expect(links(april).find(({ rel }) => rel === 'next')?.href).toBe(
      '/history?q=song&span=month&on=2024-05-01',
    );
    expect(links(may).map(({ href }) => href)).toContain('/history?q=song&span=year&on=2024-01-01');
    expect(links(await page()).some(({ rel }) => rel === 'next')).toBe(false);
    expect(links(await page('?span=all')).some(({ rel }) => rel !== undefined)).toBe(false);
  });

  it.each([
    ['Song', 50],
    ['wolf_pack', 14],
    ['100%', 14],
    ['pack\\', 14],
    ['W%P', 0],
    ['nobody at all', 0],
  ])('finds plays by a name as it is written: %s', async (words, found) => {
    const text = await page(`?q=${encodeURIComponent(words)}`);
    expect(times(text)).toHaveLength(found);
    expect(text.includes('No plays match')).toBe(found === 0);
  });

  it('finds the same whether few or very many tracks have the name', async () => {
    const few = times(await page('?q=dusk'));
    await test.db.execute(
      `INSERT INTO tracks (track_id, name, album_name) SELECT 'more-' || n, 'More', 'Dusk' FROM generate_series(1, 501) AS n`,
    );
    await test.db.execute(
      `INSERT INTO library_tracks (user_id, track_id) SELECT $1, track_id FROM tracks WHERE name = 'More'`,
      [test.aliceId],
    );
    expect(times(await page('?q=dusk'))).toEqual(few);
    const query = older(await page('?q=dusk')) ?? '';
    expect(query).toContain('q=dusk');
    expect(times(await page(query))).toHaveLength(50);
    await test.db.execute(`DELETE FROM library_tracks WHERE track_id LIKE 'more-%'`);
  });

  it('is another for everybody', async () => {
    const text = await page('', test.bob);
    expect(text).toContain('Nothing played yet');
    expect(text).not.toContain('Nightjar');
  });

  it('of a time without plays says so in every figure', async () => {
    const text = await page('?from=2020-01-01&to=2020-12-31');
    expect(text).toContain('There are no plays in this time.');
    expect(text).toContain('There are no plays in this year.');
  });

  it('is drawn to the end, whatever day a clock that was wrong told of', async () => {
    await insertPlays(test.db, test.bobId, [
      ['2026-01-01T00:00:00Z', 'track-1'],
      ['9999-12-31T12:00:00Z', 'track-1'],
    ]);
    expect(await page('?span=all', test.bob)).toContain('December 9999');
    await test.db.execute('DELETE FROM plays WHERE user_id = $1', [test.bobId]);
  });

  it('leads strangers to sign-in', async () => {
    const answer = await nobody(test).get('/history?q=x').expect(302);
    expect(answer.headers.location).toContain('return_to=');
    await nobody(test).get('/api/plays-by-hour').expect(401);
  });

  it.each([
    '?from=yesterday',
    '?from=2026-02-30',
    '?to=0001-01-01',
    '?from=infinity',
    '?span=ever',
    '?span=month&on=2026-02-30',
    '?on=0001-01-01',
    '?after=1',
    '?after=99999999999999999999.1.a',
    '?after=1.1.%00',
    '?q=a&q=b',
    `?q=${'a'.repeat(201)}`,
  ])('refuses %s', async (query) => {
    await test.alice.get(`/history${query}`).expect(400);
    await test.alice.get(`/api/plays-by-day${query}`).expect(400);
  });

  it.each([
    '?after=9999999999999999.1.z',
    '?q=%00',
    '?q=%EF%BF%BD%ED%A0%80',
    '?from=2026-06-01&to=2026-05-01',
  ])('bears %s', async (query) => {
    await test.alice.get(`/history${query}`).expect(200);
  });
});

describe('as JSON', () => {
  it('plays by hour and by day are labels and data', async () => {
    const hours = await test.alice.get('/api/plays-by-hour?span=all').expect(200);
    expect(hours.body.labels).toHaveLength(24);
    expect(hours.body.data.reduce((sum: number, one: number) => sum + one, 0)).toBe(131);
    const days = await test.alice.get('/api/plays-by-day?from=2026-05-30').expect(200);
    expect(days.body).toEqual({ labels: ['2026-05-30', '2026-05-31'], data: [24, 24] });
  });
});

it('says how many days of a range had plays, of all its days, also of those before the first play', async () => {
  const { text } = await test.alice.get('/history?span=season&on=2026-05-01').expect(200);
  expect(text).toContain('of 92 days');
});
