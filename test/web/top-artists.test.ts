import { beforeAll, describe, expect, it } from 'vitest';
import { submit, useCast } from '../support/app.ts';
import { insertArtistSnapshot, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useCast();

beforeAll(async () => {
  await insertTrack(test.db, { trackId: 'one', artists: ['ann'] });
  await insertSnapshot(test.db, test.aliceId, { date: '2026-01-10' }, ['one']);
  await insertSnapshot(test.db, test.aliceId, { date: '2026-03-10' }, ['one']);
  await insertArtistSnapshot(test.db, test.aliceId, { date: '2026-01-10' }, ['ann', 'listed-alone']);
  await insertArtistSnapshot(test.db, test.aliceId, { date: '2026-01-20' }, [
    'listed-alone',
    '<b>bold</b>',
    'ann',
  ]);
  await insertArtistSnapshot(test.db, test.bobId, { date: '2026-01-20' }, ['bobs-artist']);
  await test.db.execute(
    `UPDATE artists SET raw_json = '{"images": [{"url": "https://i.scdn.co/image/large"}, {"url": "https://i.scdn.co/image/small"}]}'
     WHERE artist_id = 'ann'`,
  );
});

const wordsOf = (html: string): string =>
  html
    .replaceAll(/<(script|style)\b.*?<\/\1>/gs, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const pageOf = async (path: string): Promise<string> => (await test.alice.get(path).expect(200)).text;

describe('the dashboard', () => {
  it('shows the newest list of artists by Spotify’s own ranks, each with its picture and its movement', async () => {
    const text = await pageOf('/dashboard');
    expect(wordsOf(text)).toMatch(/Your top artists .*20 January 2026 .*10 January 2026/);
    expect(wordsOf(text)).toMatch(
      /1 LISTED-ALONE 1 up 1 place 2 &lt;B&gt;BOLD&lt;\/B&gt; new 3 ANN 2 down 2 places/,
    );
    expect(text).toContain('src="https://i.scdn.co/image/small"');
    expect(text).toContain('href="/artists/listed-alone"');
    expect(text).not.toContain('bobs-artist');
  });

  it('has no such section before the first list', async () => {
    expect(await pageOf('/dashboard?range=long_term')).not.toContain('Your top artists');
  });
});

describe('an artist’s page', () => {
  it('shows the artist’s own rank in each list, as a chart and as a table', async () => {
    const text = await pageOf('/artists/ann');
    const drawn = /data-chart="line".*?<script type="application\/json">(.*?)<\/script>/s.exec(text)?.[1];
    expect(JSON.parse(String(drawn))).toEqual([
      { name: 'Last 4 weeks', labels: ['2026-01-10', '2026-01-20'], data: [1, 3] },
    ]);
    expect(wordsOf(text)).toContain('Best rank: 1, first on 10 January 2026');
    expect(text).toContain('src="https://i.scdn.co/image/large"');
    expect((await test.alice.get('/api/artists/ann/rank-history?range=short_term').expect(200)).body).toEqual(
      {
        labels: ['2026-01-10', '2026-01-20'],
        data: [1, 3],
      },
    );
  });

  it('is there for an artist whom Spotify alone lists, and reads well without tracks', async () => {
    const words = wordsOf(await pageOf('/artists/listed-alone'));
    expect(words).toContain('Spotify lists them among your top artists');
    expect(words).toContain('In the list from 10 January 2026 to 20 January 2026');
    expect(words).not.toMatch(/How they sound|Times listed|NaN|null|undefined/);
  });

  it('is a 404 where only another listener’s lists have the artist', async () => {
    await test.bob.get('/artists/bobs-artist').expect(200);
    await test.alice.get('/artists/bobs-artist').expect(404);
    await test.alice.get('/api/artists/bobs-artist/rank-history').expect(404);
    expect((await submit(test.alice, '/artists/bobs-artist/hide')).status).toBe(404);
  });
});

describe('the time machine', () => {
  it('ranks a day’s artists by Spotify’s own list', async () => {
    const words = wordsOf(await pageOf('/time-machine/2026/1/10'));
    expect(words).toMatch(/As Spotify ranked them that day\. 1 ANN 2 LISTED-ALONE/);
  });

  it('ranks those of a longer time by the points of its lists, and says so', async () => {
    const words = wordsOf(await pageOf('/time-machine/2026/1'));
    expect(words).toMatch(/2 artist lists from Spotify: 50 .*? 1 LISTED-ALONE Points 99 2 ANN Points 98/);
    expect(
      (await test.alice.get('/api/time-machine/listed-artists?at=2026-01').expect(200)).body,
    ).toMatchObject({
      labels: ['LISTED-ALONE', 'ANN', '<B>BOLD</B>'],
      data: [99, 98, 49],
    });
  });

  it('goes by the tracks on the list where there is none, and says that too', async () => {
    const words = wordsOf(await pageOf('/time-machine/2026/3/10'));
    expect(words).toMatch(/artists are ranked by their tracks/);
    expect(words).toMatch(/ANN\u2069? leads with 50 points/);
  });
});

describe('an artist who is hidden', () => {
  it('is on none of these pages but their own, also without a track; and comes back', async () => {
    await submit(test.alice, '/artists/listed-alone/hide');
    // (The message about it names the artist.)
    await pageOf('/settings');
    for (const path of [
      '/dashboard',
      '/time-machine/2026/1/10',
      '/time-machine/2026',
      '/api/time-machine/listed-artists?at=2026',
    ])
      expect((await test.alice.get(path).expect(200)).text).not.toMatch(/listed-alone/i);
    expect(wordsOf(await pageOf('/artists/listed-alone'))).toContain('This artist is hidden');
    expect(await pageOf('/settings/hidden')).toContain('LISTED-ALONE');
    await submit(test.alice, '/artists/listed-alone/show');
    expect(await pageOf('/dashboard')).toContain('LISTED-ALONE');
  });
});
