import { beforeAll, describe, expect, it } from 'vitest';
import { nobody, useCast } from '../support/app.ts';
import { insertPlaylist, insertSnapshot, insertTracks } from '../support/factories.ts';

const test = useCast();
let tracks: string[];

beforeAll(async () => {
  tracks = await insertTracks(
    test.db,
    Array.from({ length: 30 }, (_, n) => ({
      trackId: `track-${n}`,
      name: `Song <i>${n}</i>`,
      artists: [`artist-${n % 4}`],
      features: n % 3 === 0 ? null : { energy: (n % 10) / 10, valence: n / 30, danceability: 0.5 },
    })),
  );
  await insertSnapshot(test.db, test.aliceId, { date: '2024-03-01' }, tracks.slice(0, 10));
  await insertSnapshot(test.db, test.aliceId, { date: '2024-03-14' }, tracks.slice(4, 14));
  await insertSnapshot(test.db, test.aliceId, { date: '2024-05-14' }, tracks.slice(8, 18));
  await insertSnapshot(test.db, test.aliceId, { date: '2026-05-14' }, tracks.slice(0, 30).toReversed());
  await insertSnapshot(
    test.db,
    test.aliceId,
    { date: '2024-03-14', range: 'long_term' },
    tracks.slice(20, 25),
  );
});

const page = async (path: string, visitor = test.alice): Promise<string> =>
  (await visitor.get(path).expect(200)).text;
const wordsOf = (html: string): string =>
  html
    .replaceAll(/<(script|style|head)\b.*?<\/\1>/gs, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const words = async (path: string, visitor = test.alice): Promise<string> =>
  wordsOf(await page(path, visitor));
interface Chart {
  readonly labels: readonly string[];
  readonly data: readonly (number | null)[];
  readonly time?: string | null;
}
const chart = async (path: string, visitor = test.alice): Promise<Chart> =>
  (await visitor.get(`/api/time-machine/${path}`).expect(200).expect('Content-Type', /json/)).body as Chart;

describe('the time machine', () => {
  it('shows every month with a snapshot, the gaps, and each year’s number one', async () => {
    const text = await page('/time-machine');
    expect(text).toContain('href="/time-machine/2024/03?range=short_term"');
    expect(text).toMatch(/>Mar<span class="unseen"> 2024.{1,3}2 snapshots</);
    expect(text).not.toContain('href="/time-machine/2024/04');
    const said = wordsOf(text);
    expect(said).toContain('4 snapshots, 2024 to 2026');
    expect(said).toMatch(/2025: no snapshot/);
    expect(said).toMatch(/50 for first place/);
  });

  it('goes to a day that a form asks for', async () => {
    await test.alice
      .get('/time-machine?date=2024-03-14')
      .expect(303)
      .expect('Location', '/time-machine/2024/03/14');
    await test.alice
      .get('/time-machine?date=2024-03-14&range=long_term')
      .expect(303)
      .expect('Location', '/time-machine/2024/03/14?range=long_term');
    await test.alice.get('/time-machine?date=').expect(200);
  });

  it('keeps to the range in the address', async () => {
    expect(await words('/time-machine/2024/03/14?range=long_term')).toMatch(/that day: 5 tracks/);
    expect(await page('/time-machine/2024?range=long_term')).toContain(
      'href="/time-machine/2024/03?range=long_term"',
    );
  });

  it.each(['', '/2024', '/2024/03', '/2024/03/14'])('%s leads nobody to sign-in and back', async (path) => {
    const answer = await nobody(test).get(`/time-machine${path}?range=long_term`).expect(302);
    expect(answer.headers.location).toBe(
      `/?return_to=${encodeURIComponent(`/time-machine${path}?range=long_term`)}`,
    );
  });
});

describe('a day', () => {
  it('shows its list with names as text, and the arrows to the snapshots around it', async () => {
    const text = await page('/time-machine/2024/03/14');
    expect(text).toContain('Song &lt;i&gt;4&lt;/i&gt;');
    expect(text).not.toContain('<i>4');
    expect(text).toMatch(
      /<a class="arrows__link" rel="prev"[^>]*href="\/time-machine\/2024\/03\/01\?range=short_term"/,
    );
    expect(text).toMatch(/rel="next"[^>]*href="\/time-machine\/2024\/05\/14\?range=short_term"/);
    expect(text).toContain('/playlists/new?from=snapshot&amp;date=2024-03-14&amp;range=short_term');
  });

  it('without a snapshot shows the nearest, names both around it, and says how far away they are', async () => {
    const said = await words('/time-machine/2024/04/01');
    expect(said).toContain('no snapshot for 1 April 2024.');
    expect(said).toMatch(/nearest: 14 March 2024 , 18 days earlier/);
    expect(said).toMatch(/before is 14 March 2024 \(18 days earlier\)/);
    expect(said).toMatch(/after is 14 May 2024 \(43 days later\)/);
    expect(await page('/time-machine/2024/04/01')).toContain(
      'href="/time-machine/2024/05/14?range=short_term"',
    );
  });

  it('before the first snapshot, or to come, says so and shows the nearest', async () => {
    expect(await words('/time-machine/1999/12/31')).toMatch(
      /31 December 1999 is before your first snapshot\. .*: 1 March 2024/,
    );
    expect(await words('/time-machine/9999/12/31')).toMatch(/has not come yet\. .*: 14 May 2026/);
  });

  it('is compared with the newest snapshot, and with any other', async () => {
    const now = await words('/time-machine/2024/03/14');
    expect(now).toMatch(/In common: 10 tracks, 100% of .* 10\./);
    expect(now).toMatch(/20 new 0 gone 0 climbed 10 fallen 0 stayed in place/);
    const other = await words('/time-machine/2024/03/14?with=2024-02-29');
    expect(other).toMatch(/In common: 6 tracks, 60%/);
    expect(other).toMatch(/4 new 4 gone 6 climbed 0 fallen/);
    expect(other).toContain('no snapshot for 29 February 2024');
    expect(other).toContain('1 day later');
  });

  it('equal to the second says that there is nothing to compare', async () => {
    for (const path of ['/time-machine/2024/03/14?with=2024-03-14', '/time-machine/2026/05/14'])
      expect(await words(path)).toMatch(/Pick another day/);
    expect(await words('/time-machine/2024/03/14?with=')).toContain('In common: 10 tracks');
  });
});

describe('a month and a year', () => {
  it('say the rule and on how many snapshots they rest', async () => {
    const said = await words('/time-machine/2024/03');
    expect(said).toMatch(/points from 2 snapshots: first place gets 50, second 49, down to 1/);
    expect(said).toContain('96 points · best rank 1');
    expect(await page('/time-machine/2024/03')).toContain(
      '/playlists/new?from=period&amp;year=2024&amp;month=3&amp;range=short_term',
    );
    expect(await page('/time-machine/2024')).toContain('from=period&amp;year=2024&amp;range=short_term');
  });

  it('draw the way of the top ten, with a table saying the same', async () => {
    const text = await page('/time-machine/2024');
    expect(text).toContain('data-chart="bump"');
    expect(text).toMatch(/<th scope="col">Mar<\/th><th scope="col">May<\/th>/);
    expect(await page('/time-machine/2026')).not.toContain('data-chart="bump"');
  });

  it('without a snapshot say what lies around them', async () => {
    expect(await words('/time-machine/2024/04')).toMatch(
      /no snapshot for April 2024\. .*before is 14 March 2024 \(18 days earlier\)\. .*after is 14 May 2024/,
    );
    expect(await words('/time-machine/2025')).toContain('Nothing was saved then.');
    expect(await words('/time-machine/1000')).toContain('is before your first snapshot');
    expect(await words('/time-machine/9999')).toContain('has not come yet');
  });

  it('tell what was forgotten since and what is still with you', async () => {
    const said = await words('/time-machine/2024');
    expect(said).toMatch(/Forgotten favourites In a top ten in 2024[^:]*None/);
    expect(said).toMatch(/Still with you .* Listed since March 2024/);
  });
});

describe('what is no date or no range', () => {
  it.each([
    ['2024/02/30', 'the time'],
    ['2023/02/29', 'the time'],
    ['2024/13', 'the time'],
    ['2024/00', 'the time'],
    ['0000', 'the time'],
    ['99999', 'the time'],
    ['2024-03', 'the time'],
    ['2024/03-14', 'the time'],
    ['2024/03/14x', 'the time'],
    ['now', 'the time'],
    ['2024?range=all', 'range'],
    ['2024?with=2024-02-30', 'with'],
    ['2024?with=2024-03', 'with'],
    ['2024?with=2024-03-14&with=2024-03-15', 'with'],
    ['2024?with=infinity', 'with'],
  ])('/time-machine/%s is a 400 that names %s', async (path, what) => {
    expect((await test.alice.get(`/time-machine/${path}`).expect(400)).text).toContain(`“${what}”`);
  });

  it.each(['at=2024-02-30', 'at=', 'at=2024/03', 'at=all', 'at=2024&at=2025', 'range=ever', 'at=%00'])(
    'in JSON, %s too',
    async (query) => {
      for (const name of ['list', 'bump', 'changes', 'moods', 'audio-profile', 'top-artists'])
        await test.alice.get(`/api/time-machine/${name}?${query}`).expect(400).expect('Content-Type', /json/);
    },
  );

  it('deeper than a day is nowhere', async () => {
    await test.alice.get('/time-machine/2024/03/14/12').expect(404);
  });
});

describe('the charts as JSON', () => {
  it('tell the timeline with its gaps', async () => {
    const { labels, data } = await chart('timeline');
    expect(labels.slice(0, 3)).toEqual(['2024-03', '2024-04', '2024-05']);
    expect(data.slice(0, 3)).toEqual([2, 0, 1]);
    expect(labels.at(-1)).toBe('2026-05');
    expect(await chart('timeline?range=medium_term')).toEqual({ labels: [], data: [] });
  });

  it('tell a list, its mood, sound, artists and changes', async () => {
    expect(await chart('list?at=2024-03-14')).toMatchObject({ time: '2024-03-14' });
    expect((await chart('list?at=2024-03')).data[0]).toBe(96);
    expect((await chart('moods?at=2024-03')).labels).toEqual(['Happy', 'Angry', 'Calm', 'Sad']);
    expect((await chart('audio-profile?at=2024')).labels).toEqual(['Energy', 'Valence', 'Danceability']);
    expect((await chart('top-artists?at=2024-03-14')).labels).toContain('ARTIST-0');
    expect(await chart('changes?at=2024-03-14')).toEqual({
      labels: ['new', 'gone', 'climbed', 'fallen', 'stayed'],
      data: [20, 0, 0, 10, 0],
      time: '2024-03-14',
    });
  });

  it('tell the way of the top ten', async () => {
    const bump = (await chart('bump?at=2024')) as unknown as {
      labels: string[];
      data: unknown[];
      names: string[];
    };
    expect(bump.labels).toEqual(['2024-03', '2024-05']);
    expect([bump.data.length, bump.names.length]).toEqual([10, 10]);
    expect(await chart('bump?at=2024-03-14')).toEqual({
      labels: [],
      data: [],
      names: [],
      time: '2024-03-14',
    });
  });

  it('answer a day without a snapshot with the nearest, a period without with nothing', async () => {
    expect(await chart('list?at=2024-04-01')).toMatchObject({ time: '2024-03-14' });
    expect(await chart('list?at=2025')).toEqual({ labels: [], data: [], time: null });
    expect(await chart('moods?at=2024&range=medium_term')).toEqual({ labels: [], data: [], time: null });
  });
});

describe('another listener', () => {
  it('sees nothing of it, and how an archive begins', async () => {
    for (const path of ['/time-machine', '/time-machine/2024', '/time-machine/2024/03/14']) {
      const text = await page(path, test.bob);
      expect(text).not.toContain('Song');
      expect(wordsOf(text)).toContain('Time begins today.');
      expect(text).toContain('action="/snapshots"');
    }
    expect(await chart('list?at=2024-03-14', test.bob)).toEqual({ labels: [], data: [], time: null });
  });

  it('with playlists only is told so', async () => {
    await insertPlaylist(test.db, test.bobId, { playlistId: 'p' }, tracks.slice(0, 2));
    expect(await words('/time-machine', test.bob)).toMatch(/no dated lists.* 2 tracks · 1 playlist/);
  });

  it('without a list of one range is led to those that have some', async () => {
    const text = await page('/time-machine/2024?range=medium_term');
    expect(wordsOf(text)).toMatch(/Nothing .*“Last 6 months”/);
    expect(text).toContain('href="/time-machine?range=long_term"');
  });
});

describe('the dashboard', () => {
  it('tells what was on top on this day in other years', async () => {
    const { today } = await test.db.one<{ today: string }>(
      `SELECT (current_date - interval '2 years')::date - 3 AS today`,
    );
    expect(await page('/dashboard')).not.toContain('On this day');
    await insertSnapshot(test.db, test.aliceId, { date: today }, [tracks[7] ?? '']);
    const said = await words('/dashboard');
    expect(said).toMatch(/On this day .* 2 years ago Song .*7.* 3 days earlier/);
    expect(await words('/dashboard?range=long_term')).not.toContain('On this day');
  });
});
