import { beforeAll, describe, expect, it } from 'vitest';
import { csrfToken, nobody, submit, useCast } from '../support/app.ts';
import { insertSnapshot, insertTrack } from '../support/factories.ts';
import { spotifyIds, fieldOf } from '../support/playlists.ts';

const test = useCast();
const ids = spotifyIds(8);
const FROM = 'from=snapshot&date=2024-03-14&range=short_term';

beforeAll(async () => {
  const facts = [
    { energy: 0.9, tempo: 100, artist: 'one', explicit: true, date: '1990-01-01' },
    { energy: 0.1, tempo: 140, artist: 'one', explicit: false, date: '2020-01-01' },
    { energy: 0.5, tempo: 80, artist: 'two', explicit: false, date: '1980-01-01' },
    { energy: 0.3, tempo: 120, artist: 'three', date: '2001-01-01' },
    { artist: 'two' },
  ];
  for (const [at, { energy, tempo, artist, explicit, date }] of facts.entries())
    await insertTrack(test.db, {
      trackId: ids[at] ?? '',
      name: `T${at + 1}`,
      artistName: artist,
      artists: [artist],
      releaseDate: date ?? null,
      features: energy === undefined ? null : { energy, tempo, valence: 0.5, danceability: 0.5 },
      payload: explicit === undefined ? null : { explicit },
    });
  await insertSnapshot(test.db, test.aliceId, { date: '2024-03-14' }, ids.slice(0, 5));
  await insertSnapshot(test.db, test.aliceId, { date: '2024-03-21' }, [String(ids[2]), String(ids[0])]);
});

const titles = (html: string): string =>
  [...html.matchAll(/class="title__main">(T\d)</g)].map((title) => title[1]).join(' ');
const shown = async (more: string): Promise<string> =>
  titles((await test.alice.get(`/playlists/new?${FROM}${more}`).expect(200)).text);

describe('the beginning of a playlist', () => {
  it('offers the newest lists, or says that there is none', async () => {
    expect((await test.alice.get('/playlists/new').expect(200)).text).toContain('date=2024-03-21');
    expect((await test.bob.get('/playlists/new').expect(200)).text).toContain('You have no snapshots yet');
    await nobody(test).get('/playlists/new').expect(302);
  });
});

describe('a playlist in the making', () => {
  it.each([
    ['', 'T1 T2 T3 T4 T5'],
    ['&take=2', 'T1 T2'],
    ['&take=2&arrange=energy', 'T2 T1'],
    ['&arrange=energy', 'T2 T4 T3 T1 T5'],
    ['&arrange=tempo', 'T3 T4 T2 T1 T5'],
    ['&arrange=release', 'T3 T1 T4 T2 T5'],
    ['&clean=1', 'T2 T3 T4 T5'],
    ['&per_artist=1', 'T1 T3 T4'],
    ['&per_artist=1&clean=1', 'T2 T3 T4'],
    [`&without=${ids[1]}&without=${ids[3]}`, 'T1 T3 T5'],
    [`&take=3&without=${ids[0]}`, 'T2 T3 T4'],
  ])('with “%s” holds %s', async (more, expected) => {
    // What is left out stands beside the list by name, not as a line of it.
    expect(await shown(more)).toBe(expected);
  });

  it('shuffles by a seed: the same address, the same order', async () => {
    const orders = await Promise.all(
      ['a', 'b', 'c', 'd', 'a'].map((seed) => shown(`&arrange=shuffle&seed=${seed}`)),
    );
    expect(orders[0]).toBe(orders[4]);
    expect(new Set(orders).size).toBeGreaterThan(1);
    for (const order of orders) expect(order.split(' ').toSorted().join(' ')).toBe('T1 T2 T3 T4 T5');
    const page = (await test.alice.get(`/playlists/new?${FROM}&arrange=shuffle&seed=a`)).text;
    expect(page).toMatch(/seed=[0-9a-f]{8}#tracks">Shuffle again/);
  });

  it('says what it leaves out, what it does not know, and how it sounds', async () => {
    const page = (await test.alice.get(`/playlists/new?${FROM}&clean=1`).expect(200)).text;
    expect(page).toContain('because explicit: 1 track');
    expect(page).toContain('isn’t known whether they are explicit: 2 tracks');
    expect(page).toContain('3 of 4 tracks have audio features');
    const json = await test.alice
      .get(`/api/playlist-preview/energy-course?${FROM}&arrange=energy`)
      .expect(200);
    expect(json.body).toEqual({ labels: ['1', '2', '3', '4', '5'], data: [0.1, 0.3, 0.5, 0.9, null] });
  });

  it('proposes a name and a description', async () => {
    const page = (await test.alice.get(`/playlists/new?${FROM}`)).text;
    expect(fieldOf(page, 'name')).toBe('March 2024 · your top 5');
    expect(page).toContain('From the snapshot of 14 March 2024, your top tracks of the last 4 weeks.');
    const month = (await test.alice.get('/playlists/new?from=period&year=2024&month=3')).text;
    expect(fieldOf(month, 'name')).toBe('March 2024 · your top 5');
    expect(titles(month).startsWith('T3 T1 T2')).toBe(false);
    expect(titles(month)).toBe('T1 T3 T2 T4 T5');
    expect(fieldOf((await test.alice.get('/playlists/new?from=period&year=2024')).text, 'name')).toBe(
      '2024 · your top 5',
    );
  });

  it('of an empty list, or with nothing left, says so and offers no form', async () => {
    for (const query of [
      'from=snapshot&date=1999-01-01',
      'from=snapshot&date=2199-01-01',
      'from=period&year=1950',
    ]) {
      const page = (await test.alice.get(`/playlists/new?${query}`).expect(200)).text;
      expect(page).toContain('This list has no tracks');
      expect(page).not.toContain('action="/playlists"');
    }
    const all = ids
      .slice(0, 5)
      .map((id) => `&without=${id}`)
      .join('');
    const page = (await test.alice.get(`/playlists/new?${FROM}${all}`).expect(200)).text;
    expect(page).toContain('leave out every track');
    expect(page).toContain('Put back');
    expect((await test.bob.get(`/playlists/new?${FROM}`).expect(200)).text).toContain(
      'This list has no tracks',
    );
  });

  it.each([
    ['from=nothing', 'from'],
    ['from=snapshot', 'date'],
    ['from=snapshot&date=2024-02-30', 'date'],
    ['from=snapshot&date=2024-3-1', 'date'],
    ['from=snapshot&date=0000-01-01', 'date'],
    [`${FROM}&range=weekly`, 'range'],
    [`${FROM}&take=0`, 'take'],
    [`${FROM}&take=10001`, 'take'],
    [`${FROM}&arrange=mood`, 'arrange'],
    [`${FROM}&seed=a b`, 'seed'],
    [`${FROM}&clean=2`, 'clean'],
    [`${FROM}&without=%00`, 'without'],
    [`${FROM}${'&without=x'.repeat(101)}`, 'without'],
    [`${FROM}&without=${'x'.repeat(2_001)}`, 'without'],
    ['from=period&year=24', 'year'],
    ['from=period&year=2024&month=13', 'month'],
  ])('from “%s” is a 400 that names “%s”', async (query, name) => {
    expect((await test.alice.get(`/playlists/new?${query}`).expect(400)).text).toContain(`“${name}”`);
    await test.alice
      .get(`/api/playlist-preview/audio-profile?${query}`)
      .expect(400)
      .expect('Content-Type', /json/);
  });
});

describe('keeping it', () => {
  const keep = async (more: string, fields: Record<string, string> = {}) => {
    const page = (await test.alice.get(`/playlists/new?${FROM}${more}`).expect(200)).text;
    const form = {
      recipe: fieldOf(page, 'recipe'),
      build: fieldOf(page, 'build'),
      name: fieldOf(page, 'name'),
      description: 'Words',
    };
    return submit(test.alice, '/playlists', { ...form, ...fields });
  };
  const countPlaylists = async () => (await test.db.many('SELECT FROM playlists')).length;

  it('stores exactly what was seen, and leads to it', async () => {
    const answer = await keep('&arrange=energy&take=3', { name: 'Mine' });
    expect(answer.status).toBe(303);
    const page = (await test.alice.get(String(answer.headers.location)).expect(200)).text;
    expect(titles(page)).toBe('T2 T3 T1');
    for (const words of [
      'Mine',
      'Words',
      'the snapshot of 14 March 2024 (the last 4 weeks)',
      'Rising energy',
    ])
      expect(page).toContain(words);
    expect(test.spotify.playlists).toEqual([]);
    await test.bob.get(String(answer.headers.location)).expect(404);
  });

  it('is one playlist by double click, from two tabs, and after Back', async () => {
    const before = await countPlaylists();
    const csrf = await csrfToken(test.alice);
    const pages = await Promise.all([1, 2].map(() => test.alice.get(`/playlists/new?${FROM}&clean=1`)));
    const answers = await Promise.all(
      [...pages, ...pages].map(({ text }) =>
        test.alice
          .post('/playlists')
          .type('form')
          .send({
            _csrf: csrf,
            recipe: fieldOf(text, 'recipe'),
            build: fieldOf(text, 'build'),
            name: fieldOf(text, 'name'),
          }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.headers.location)).size).toBe(1);
    expect((await keep('&clean=1', {})).headers.location).toBe(answers[0]?.headers.location);
    expect(await countPlaylists()).toBe(before + 1);
    await keep('&clean=1', { name: 'Under another name' });
    expect(await countPlaylists()).toBe(before + 2);
  });

  it('of a list that has changed since shows it again and keeps nothing', async () => {
    const before = await countPlaylists();
    const answer = await keep('', { build: 'what was seen' });
    expect([answer.status, String(answer.headers.location)]).toEqual([
      303,
      expect.stringContaining('/playlists/new?from=snapshot'),
    ]);
    expect((await test.alice.get(String(answer.headers.location))).text).toContain('has changed since');
    expect(await countPlaylists()).toBe(before);
  });

  it.each([
    [{ name: 'x'.repeat(10_000) }, 'The name can have at most 100 characters; yours has 10,000.'],
    [{ name: '👩‍👩‍👧'.repeat(1_250) }, 'The name can have at most 100 characters; yours has 10,000.'],
    [{ name: '\u0000 \n' }, 'A playlist needs a name.'],
    [{ description: 'ä'.repeat(301) }, 'The description can have at most 300 characters; yours has 301.'],
  ])('says what does not fit, on the page it was written on', async (fields, said) => {
    const before = await countPlaylists();
    const answer = await keep('', fields);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(said);
    expect(titles(answer.text)).toBe('T1 T2 T3 T4 T5');
    expect(await countPlaylists()).toBe(before);
  });

  it.each([
    '<script>alert(1)</script>',
    'שלום عالم',
    '\u202Eabc',
    '日本語のプレイリスト',
    '👩‍👩‍👧‍👧'.repeat(9),
    "'; DROP TABLE--",
    '{{7*7}}',
  ])('takes the name %j as it is', async (name) => {
    const answer = await keep('', { name });
    const kept = await test.db.one('SELECT name FROM playlists WHERE playlist_id = $1', [
      String(answer.headers.location).split('/')[2],
    ]);
    expect(kept).toEqual({ name });
  });

  it('of nothing is a 400', async () => {
    expect(
      (
        await submit(test.alice, '/playlists', {
          recipe: 'from=snapshot&date=1999-01-01',
          build: 'x',
          name: 'N',
        })
      ).status,
    ).toBe(400);
    expect((await submit(test.alice, '/playlists', { recipe: '', build: 'x', name: 'N' })).status).toBe(400);
    expect((await submit(test.alice, '/playlists', { name: 'N' })).status).toBe(400);
  });
});
