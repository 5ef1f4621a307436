import { beforeAll, describe, expect, it } from 'vitest';
import { nobody, useCast } from '../support/app.ts';
import { insertArtistSnapshot, insertListens, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useCast();

const TRACKS = { one: ['ann'], two: ['ben'], three: ['ben', 'ann'] } as const;
const listens = (track: keyof typeof TRACKS, ms: number, ...days: readonly string[]) =>
  days.map((day) => ({ at: `${day}T12:00:00Z`, track, ms }));

beforeAll(async () => {
  for (const [trackId, artists] of Object.entries(TRACKS))
    await insertTrack(test.db, {
      trackId,
      name: `<i>${trackId}</i>`,
      artists,
      artistName: artists[0],
      albumName: `Album of ${artists[0]}`,
    });
  await insertListens(test.db, test.aliceId, [
    // Played more often in May, and longer.
    ...listens('one', 60_000, '2024-04-01', '2024-04-02', '2024-05-01', '2024-05-02', '2024-05-03'),
    ...listens('two', 600_000, '2024-04-03', '2024-04-04', '2024-04-05', '2024-05-04', '2024-05-05'),
    ...listens('three', 60_000, '2024-05-31'),
  ]); // prettier-ignore
  await insertListens(test.db, test.bobId, listens('three', 60_000, '2024-05-01'));
  await insertSnapshot(test.db, test.aliceId, { date: '2024-04-20' }, ['two', 'three']);
  await insertSnapshot(test.db, test.aliceId, { date: '2024-05-20' }, ['three', 'one', 'two']);
  await insertArtistSnapshot(test.db, test.aliceId, { date: '2024-05-20' }, ['ben', 'ann']);
});

/** Each entry as its words, markup left out. */
async function entriesOf(query: string, visitor = test.alice): Promise<string[]> {
  const { text } = await visitor.get(`/history/top?${query}`).expect(200);
  expect(text).not.toContain('<i>');
  return [...text.matchAll(/<li class="entry">(.*?)<\/li>/gs)].map(([, html = '']) =>
    html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ').replaceAll(/&lt;\/?i&gt;/g, '').trim(),
  ); // prettier-ignore
}
const MAY = 'span=month&on=2024-05-20';

describe('the top lists of a range', () => {
  it.each([
    [MAY, [/^1 one ann .*2 before Plays 3 .*up 1 place/i, /^2 two .*3 before Plays 2 .*down 1 place/i, /^3 three ben , ann .*Plays 1 new/i]],
    [`${MAY}&order=minutes`, [/^1 two .*30 before Minutes 20 .*unchanged/i, /^2 one .*Minutes 3/i, /^3 three .*Minutes 1 new/i]],
    [`${MAY}&of=artists`, [/^1 ann .*Plays 4/i, /^2 ben .*Plays 3/i]],
    [`${MAY}&of=albums`, [/^1 Album of ben ben .*Plays 3/i, /^2 Album of ann ann .*Plays 3/i]],
    [`${MAY}&order=rank`, [/^1 three .*up 1 place/i, /^2 one .*new/i, /^3 two .*down 2 places/i]],
    [`${MAY}&order=rank&of=artists`, [/^1 ben/i, /^2 ann/i]],
    [`${MAY}&order=rank&of=albums`, [/^1 Album of ben/i, /^2 Album of ann/i]],
    ['from=2024-05-04&to=2024-05-31', [/^1 two .*Plays 2 new/i, /^2 three/i]],
    ['span=all', [/^1 two .*Plays 5$/i, /^2 one .*Plays 5$/i, /^3 three .*Plays 1$/i]],
    ['span=year&on=2024-01-01&of=artists', [/^1 ben .*Plays 6 new/i, /^2 ann .*Plays 6 new/i]],
  ])('%s', async (query, expected) => {
    const entries = await entriesOf(query);
    expect(entries).toEqual(expected.map((words) => expect.stringMatching(words) as string));
  }); // prettier-ignore

  it('of tracks become playlists, as they are', async () => {
    for (const [query, ids] of [[MAY, 'one two three'], [`${MAY}&order=rank`, 'three one two']] as const) {
      const { text } = await test.alice.get(`/history/top?${query}`).expect(200);
      const builder = /href="(\/playlists\/new[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const preview = (await test.alice.get(builder).expect(200)).text;
      const names = [...preview.matchAll(/&lt;i&gt;(\w+)&lt;/g)].map(([, id]) => id);
      expect([...new Set(names)].join(' ')).toBe(ids);
    }
  }); // prettier-ignore

  it('are each listener’s own, and lead strangers to sign-in', async () => {
    expect(await entriesOf(MAY, test.bob)).toHaveLength(1);
    await nobody(test).get('/history/top').expect(302);
  });

  it('say so where nothing was played, or no list kept', async () => {
    for (const query of ['span=month&on=2020-05-01', 'span=year&on=2020-05-01&order=rank'])
      expect(await entriesOf(query)).toEqual([]);
  });

  it.each(['of=genres', 'order=name', 'span=ever', 'on=2024-02-30', 'of=tracks&of=albums'])('refuse %s', async (query) => {
    await test.alice.get(`/history/top?${query}`).expect(400);
  }); // prettier-ignore
});

it('every range leads to the one before and after, and to the one of now where it is another', async () => {
  const links = async (query: string): Promise<string[]> => {
    const { text } = await test.alice.get(`/history/top?${query}`).expect(200);
    const steps = /<nav class="range__steps".*?<\/nav>/s.exec(text)?.[0] ?? '';
    return [...steps.matchAll(/href="([^"]*)"/g)].map(([, href]) => String(href).replaceAll('&amp;', '&'));
  };
  expect(await links('span=month&on=2024-05-20')).toEqual([
    '/history/top?span=month&on=2024-04-01',
    '/history/top?span=month&on=2024-06-01',
    '/history/top?span=month',
  ]);
  expect(await links('from=2024-05-01&to=2024-05-10&of=artists')).toEqual([
    '/history/top?of=artists&from=2024-04-21&to=2024-04-30',
    '/history/top?of=artists&from=2024-05-11&to=2024-05-20',
    '/history/top?of=artists',
  ]);
  expect(await links('span=all')).toEqual([]);
  expect(await links('')).toHaveLength(1);
});
