import { beforeAll, describe, expect, it } from 'vitest';
import { nobody, submit, useCast } from '../support/app.ts';
import { insertListens, insertSnapshot, insertTrack } from '../support/factories.ts';
import { spotifyIds, fieldOf } from '../support/playlists.ts';

const test = useCast();
const ids = spotifyIds(6);
const [bobs = ''] = spotifyIds(1, 50);

beforeAll(async () => {
  const sounds = [
    { energy: 0.95, valence: 0.95, danceability: 0.9, acousticness: 0.1, instrumentalness: 0, tempo: 128 },
    { energy: 0.9, valence: 0.9, danceability: 0.9, acousticness: 0.9, instrumentalness: 0.9, tempo: 70 },
    { energy: 0.7, valence: 0.8, danceability: 0.6, acousticness: 0.1, instrumentalness: 0, tempo: 126 },
    { energy: 0.2, valence: 0.1, danceability: 0.2, acousticness: 0.8, instrumentalness: 0, tempo: 80 },
    { energy: 0.3, valence: 0.2, danceability: 0.3, acousticness: 0.7, instrumentalness: 0, tempo: 90 },
  ];
  const names = ['Love one', 'Love two', 'Other three', 'Love four', 'Other five', 'Silent six'];
  for (const [at, trackId] of ids.entries())
    await insertTrack(test.db, {
      trackId,
      name: names[at] ?? '',
      artistName: `Artist ${at}`,
      ...(at > 3 && { albumName: 'Five and six', artists: ['both'] }),
      payload: at > 3 ? { album: { id: 'fivesix' }, track_number: 10 - at } : null,
      releaseDate: `${2000 + at}-05-01`,
      features: sounds[at] ?? null,
    });
  await insertTrack(test.db, { trackId: bobs, name: 'Love of Bob', features: sounds[0] ?? null });
  await insertSnapshot(test.db, test.aliceId, { date: '2024-03-14' }, ids);
  await insertSnapshot(test.db, test.aliceId, { date: '2024-03-15' }, ids.toReversed());
  await insertSnapshot(test.db, test.aliceId, { date: '2024-04-01', range: 'long_term' }, ids.slice(3));
  await insertSnapshot(test.db, test.bobId, { date: '2024-03-14' }, [bobs]);
  const listens = (track: string, ...days: readonly string[]) =>
    days.map((day) => ({ at: `${day}T12:00:00Z`, track }));
  await insertListens(test.db, test.aliceId, [
    ...listens(ids[5] ?? '', '2019-05-01', '2019-05-31'),
    ...listens(ids[1] ?? '', '2019-05-10', '2019-06-10', '2019-07-10'),
  ]);
  await insertListens(test.db, test.bobId, listens(bobs, '2019-05-02', '2019-05-03', '2019-05-04'));
});

const shown = (html: string): string[] =>
  [...html.matchAll(/class="title__main">([^<]+)</g)].map(
    (title) => String(title[1]).split(' ').at(-1) ?? '',
  );
const builder = async (query: string, visitor = test.alice): Promise<string> =>
  (await visitor.get(`/playlists/new?${query}`).expect(200)).text;

const SIMILAR = `from=similar&track=${ids[0]}`;

describe('a playlist is made of', () => {
  it.each([
    ['a search', 'from=search&q=love', ['four', 'one', 'two'], '“love” · 3 tracks', 'the search for “love”'],
    [
      'a mood',
      'from=mood&quadrant=happy',
      ['one', 'two', 'three'],
      'Happy &amp; energetic · 3 tracks',
      'the mood “Happy &amp; energetic”',
    ],
    [
      'filters',
      'from=explore&energy_from=0.25&energy_to=0.92&sort=-energy',
      ['two', 'three', 'five'],
      'Explored · 3 tracks',
      'what you chose in Explore',
    ],
    [
      'filters that may be given more than once',
      'from=explore&range=short_term&range=long_term&released_from=2004&sort=released',
      ['five', 'six'],
      'Explored · 2 tracks',
      'what you chose',
    ],
    [
      'the plays of a month',
      'from=plays&first_day=2019-05-01&last_day=2019-05-31',
      ['six', 'two'],
      'May 2019 · your 2 most played',
      'what you played most in May 2019',
    ],
    [
      'what was discovered in a month',
      'from=discoveries&first_day=2019-05-01&last_day=2019-05-31',
      ['two', 'six'],
      'May 2019 · 2 discoveries',
      'what you discovered in May 2019',
    ],
    [
      'the plays of all time',
      'from=plays',
      ['two', 'six'],
      'All time · your 2 most played',
      'what you played most of all time',
    ],
    [
      'a track of each artist played longest',
      'from=plays&of=artists&order=minutes',
      ['six'],
      'All time · your top artists, a track of each',
      'one track of each of the artists you listened to longest of all time',
    ],
    [
      'a track of each album of a list',
      'from=ranked&of=albums&date=2024-03-15&range=short_term',
      ['six'],
      'March 2024 · your top albums, a track of each',
      'one track of each of the albums in Spotify’s list of 15 March 2024',
    ],
    ['an album', 'from=album&album=fivesix', ['six', 'five'], 'Five and six', 'the album “Five and six”'],
    ['an artist', 'from=artist&artist=both', ['six', 'five'], 'BOTH · your best 2', 'the best of BOTH'],
    [
      'no filter at all',
      'from=explore&sort=released',
      ['one', 'two', 'three', 'four', 'five', 'six'],
      'Explored · 6 tracks',
      'what you chose',
    ],
    [
      'similar tracks by three features',
      SIMILAR,
      ['two', 'three', 'five', 'four'],
      'Like “Love one”',
      'the tracks most like “Love one”',
    ],
    [
      'similar tracks by six features',
      `${SIMILAR}&by=wide`,
      ['three', 'two', 'five', 'four'],
      'Like “Love one”',
      'most like “Love one”',
    ],
    [
      'a snapshot',
      'from=snapshot&date=2024-03-14',
      ['one', 'two', 'three', 'four', 'five', 'six'],
      'March 2024 · your top 6',
      'the snapshot of 14 March 2024',
    ],
    [
      'a snapshot of another range',
      'from=snapshot&date=2024-04-01&range=long_term',
      ['four', 'five', 'six'],
      'April 2024 · your top 3',
      'the last year',
    ],
    [
      'a month',
      'from=period&year=2024&month=3',
      ['one', 'six', 'two', 'five', 'three', 'four'],
      'March 2024 · your top 6',
      'the lists of March 2024',
    ],
    [
      'a year',
      'from=period&year=2024&range=long_term',
      ['four', 'five', 'six'],
      '2024 · your top 3',
      'the lists of 2024',
    ],
  ] as const)('%s', async (_what, query, tracks, name, words) => {
    const page = await builder(query);
    expect(shown(page)).toEqual(tracks);
    expect(fieldOf(page, 'name')).toBe(name.replaceAll('&amp;', '&'));
    expect(page).toContain(words);
    const kept = await submit(test.alice, '/playlists', {
      recipe: fieldOf(page, 'recipe'),
      build: fieldOf(page, 'build'),
      name: 'Kept',
    });
    const playlist = await test.alice.get(String(kept.headers.location)).expect(200);
    expect(shown(playlist.text)).toEqual(shown(page));
    const back = /<dt>From<\/dt><dd><a href="([^"]+)"/.exec(playlist.text)?.[1]?.replaceAll('&amp;', '&');
    await test.alice.get(String(back).split('#')[0] ?? '').expect(200);
  });

  it.each([
    ['from=search', 'q'],
    ['from=search&q=', 'q'],
    ['from=search&q=%20', 'q'],
    [`from=search&q=${'x'.repeat(2_000)}`, 'q'],
    ['from=search&q=a&q=b', 'q'],
    ['from=mood', 'quadrant'],
    ['from=mood&quadrant=bored', 'quadrant'],
    ['from=mood&quadrant=__proto__', 'quadrant'],
    ['from=explore&energy_from=2', 'energy_from'],
    ['from=explore&energy_from=x', 'energy_from'],
    ['from=explore&energy_from=0.9&energy_to=0.1', 'energy_to'],
    ['from=explore&released_from=2024-02-30', 'released_from'],
    ['from=explore&range=weekly', 'range'],
    ['from=explore&artist=%00', 'artist'],
    ['from=explore&sort=__proto__', 'sort'],
    ['from=similar', 'track'],
    ['from=similar&track=', 'track'],
    ['from=similar&track=%00', 'track'],
    [`${SIMILAR}&by=feeling`, 'by'],
    [`${SIMILAR}&track=two`, 'track'],
    ['from=album', 'album'],
    ['from=artist&artist=a&artist=b', 'artist'],
    ['from=snapshot&date=2024-13-01', 'date'],
    ['from=snapshot&date=2024-03-14&range=', 'range'],
    ['from=period&month=3', 'year'],
    ['from=period&year=2024&month=0', 'month'],
  ])('“%s” is a 400 that names “%s”', async (query, name) => {
    expect((await test.alice.get(`/playlists/new?${query}`).expect(400)).text).toContain(`“${name}”`);
    await test.alice
      .get(`/api/playlist-preview/audio-profile?${query}`)
      .expect(400)
      .expect('Content-Type', /json/);
    expect((await submit(test.alice, '/playlists', { recipe: query, build: 'x', name: 'N' })).status).toBe(
      400,
    );
  });

  it.each([
    ['the track of another', `from=similar&track=${bobs}`],
    ['a track that is not there', 'from=similar&track=nobody'],
    [
      'a track known by neither sound nor name',
      `from=similar&track=${encodeURIComponent('spotify:local:a:b:c:1')}`,
    ],
    ['a search that finds nothing', 'from=search&q=zzzzqqqq'],
    ['a search of another’s name', 'from=search&q=bob'],
    ['a mood nobody is in', 'from=mood&quadrant=calm'],
    ['filters that let nothing through', 'from=explore&tempo_from=300'],
    ['a day of no snapshot', 'from=snapshot&date=2024-03-13'],
    ['a year to come', 'from=period&year=2199'],
  ])('nothing, where it is %s', async (_what, query) => {
    const page = await builder(query);
    expect(shown(page)).toEqual([]);
    expect(page).toContain('This list has no tracks');
    expect(page).not.toContain('of Bob');
    expect((await submit(test.alice, '/playlists', { recipe: query, build: 'x', name: 'N' })).status).toBe(
      400,
    );
  });

  it('one’s own tracks alone', async () => {
    for (const query of [
      'from=search&q=love',
      'from=mood&quadrant=happy',
      'from=explore&sort=name',
      'from=snapshot&date=2024-03-14',
    ])
      expect([query, shown(await builder(query, test.bob))]).toEqual([query, ['Bob']]);
    expect(shown(await builder(SIMILAR, test.bob))).toEqual([]);
    await nobody(test).get(`/playlists/new?${SIMILAR}`).expect(302);
  });
});

it('proposes what was filtered for as the description', async () => {
  const words = async (query: string): Promise<string> =>
    />([^<]*)<\/textarea>/.exec(await builder(`from=explore&${query}`))?.[1] ?? '';
  expect(await words('sort=-energy')).toBe('All of my tracks.');
  expect(
    await words('energy_from=0.25&energy_to=0.9&released_from=2001&tempo_to=200&range=short_term&sort=name'),
  ).toBe('My tracks: released from 2001, energy 0.25 to 0.9, tempo up to 200, on lists of the last 4 weeks.');
  expect(await words('artist=Artist&range=short_term&range=long_term')).toBe(
    'My tracks: on lists of the last 4 weeks or the last year, artist Artist.',
  );
});

describe('“Make a playlist”', () => {
  it.each([
    ['/search?q=love', 3],
    ['/mood/happy', 3],
    ['/explore?energy_from=0.25&range=short_term&range=long_term&sort=-energy&artist=Artist', 4],
    [`/tracks/${ids[0]}`, 4],
    [`/tracks/${ids[0]}?by=wide`, 4],
    [`/tracks/${ids[5]}`, 5],
    ['/time-machine/2024/03/14', 6],
    ['/time-machine/2024/04/01?range=long_term', 3],
    ['/time-machine/2024/03', 6],
    ['/time-machine/2024', 6],
  ])('on %s leads to a builder with %i tracks, those of the page', async (path, count) => {
    const page = (await test.alice.get(path).expect(200)).text;
    const links = [...page.matchAll(/href="(\/playlists\/new\?[^"]+)"[^>]*>Make a playlist</g)];
    expect(links).toHaveLength(1);
    const made = (await test.alice.get(String(links[0]?.[1]).replaceAll('&amp;', '&')).expect(200)).text;
    expect(shown(made)).toHaveLength(count);
    expect(made).toContain(`Save playlist (${count} tracks)`);
  });
});
