import { beforeAll, describe, expect, it } from 'vitest';
import { ALICE, BOB, csrfToken, nobody, submit, useCast, userIdFor, type Visitor } from '../support/app.ts';
import { drilled } from '../support/drill.ts';
import {
  insertArtistSnapshot,
  insertPlaylist,
  insertSnapshot,
  insertTrack,
  insertTracks,
  type TrackFields,
} from '../support/factories.ts';
import { ROUTES } from '../support/site-map.ts';

const test = useCast();

/** Hidden by itself; hidden with its artist. No other track has words of theirs, and none is written in capitals. */
const NOISE = 'n0ise';
const ITS_NAMES = /NOISE|QUIETALBUM|SONGBOOK|KIDS|"(n0ise|song1|song2|duet)"|\/(n0ise|song1|song2|duet)\b/;

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const LATEST = daysAgo(1);
const [YEAR = '', MONTH = '', DAY = ''] = LATEST.split('-');

beforeAll(async () => {
  const plain = await insertTracks(
    test.db,
    Array.from({ length: 60 }, (_, n) => plainTrack(n)),
  );
  await insertLoud(NOISE, 'NOISE', ['ann'], 'QUIETALBUM');
  await insertLoud('song1', 'SONGBOOK one', ['kids'], 'SONGBOOK');
  await insertLoud('song2', 'SONGBOOK two', ['kids', 'ann'], 'SONGBOOK');
  await insertLoud('duet', 'SONGBOOK duet', ['ben', 'kids'], 'SONGBOOK');
  for (const listener of [ALICE, BOB]) await fillArchive(await userIdFor(test, listener), plain);
});

/** A believable track, each a little different, all happy. */
const plainTrack = (n: number): TrackFields => ({
  trackId: `plain${n}`,
  name: `Plain ${n}`,
  artistName: 'Ann',
  artists: ['ann'],
  albumName: `Album ${n}`,
  popularity: n,
  releaseDate: `${1970 + (n % 50)}-01-01`,
  features: { energy: 0.6 + n * 0.00437, valence: 0.6 + n * 0.00419, danceability: 0.5, acousticness: 0.1,
      instrumentalness: 0, tempo: 100 + n, loudness: -9, key: n % 12, mode: n % 2 }, // prettier-ignore
  payload: {
    explicit: n % 2 === 0,
    external_ids: { isrc: `X${n}` },
    album: { id: n < 5 ? 'shared' : `album${n}`, album_type: 'album' },
  },
});

/** First wherever anything is ranked. */
const insertLoud = (trackId: string, name: string, artists: readonly string[], albumName: string) =>
  insertTrack(test.db, {
    trackId,
    name,
    artists,
    artistName: artists.map((id) => id.toUpperCase()).join(', '),
    albumName,
    popularity: 100,
    releaseDate: '2001-01-01',
    features: { energy: 0.99, valence: 0.99, danceability: 0.5, acousticness: 0.1, instrumentalness: 0,
      tempo: 101, loudness: -9, key: 1, mode: 1 }, // prettier-ignore
    payload: {
      explicit: false,
      external_ids: { isrc: `ISRC-${name}` },
      album: { id: 'shared', album_type: 'single' },
    },
  });

async function fillArchive(userId: number, plain: readonly string[]): Promise<void> {
  // Every day another list, so that no two months sound the same.
  const listOf = (day: number) => [
    NOISE,
    'song1',
    'plain0',
    'song2',
    'duet',
    ...plain.slice(1 + day, 45 - day),
  ];
  for (const range of ['short_term', 'medium_term', 'long_term'] as const)
    for (const [day, days] of [1, 3, 40, 366, 400].entries())
      await insertSnapshot(test.db, userId, { date: daysAgo(days), range }, listOf(day));
  await insertSnapshot(test.db, userId, { date: daysAgo(2) }, plain.slice(10, 30));
  for (const range of ['short_term', 'medium_term', 'long_term'] as const)
    for (const days of [1, 3, 40])
      await insertArtistSnapshot(test.db, userId, { date: daysAgo(days), range }, ['kids', 'ann', 'ben']);
  await insertPlaylist(test.db, userId, { playlistId: 'kept' }, [NOISE, 'plain1', 'song1', 'plain2']);
  await test.db.execute(
    `INSERT INTO plays (user_id, played_at, track_id, raw_json)
     SELECT $1, now() - n * interval '7 hours', (ARRAY['n0ise', 'plain3', 'song1', 'duet', 'plain4'])[1 + n % 5], '{}'
     FROM generate_series(1, 200) AS n`,
    [userId],
  );
}

const MOST_SAMPLES = drilled(1, Infinity);

/** What the parameters of an address may be, each tried by itself besides the plain address. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  range: ['medium_term', 'long_term'],
  q: ['noise', 'noize', 'songbook', 'kids', 'plain', 'artist:kids', 'year:2001'],
  by: ['sound', 'wide'],
  span: ['season', 'all'],
  of: ['artists', 'albums'],
  order: ['minutes', 'rank'],
  with: [daysAgo(40)],
  at: [YEAR, `${YEAR}-${MONTH}`, LATEST],
  energy_from: ['0.9'],
  artist: ['kids', 'ann'],
  album_type: ['single'],
  sort: ['-popularity', 'name'],
};
const LISTS = [
  'from=mood&quadrant=happy',
  'from=search&q=songbook',
  'from=search&q=plain',
  'from=explore&energy_from=0.5',
  'from=album&album=shared',
  'from=artist&artist=ann',
  'from=similar&track=plain1&by=sound',
  'from=similar&track=plain1&by=wide',
  'from=plays',
  'from=discoveries',
  `from=snapshot&date=${LATEST}&range=short_term`,
  `from=period&year=${YEAR}&range=short_term`,
  `from=period&year=${YEAR}&month=${Number(MONTH)}&range=long_term`,
];
const IDS: Readonly<Record<string, string>> = {
  trackId: 'plain1', artistId: 'ann', playlistId: 'kept', quadrant: 'happy', year: YEAR, month: MONTH, day: DAY,
  file: 'abc.svg', importId: '1', albumId: 'shared',
}; // prettier-ignore

/** Every page, chart and download there is, of things that are not hidden; Settings list what is, and are left out. */
const ADDRESSES = ROUTES.filter(
  ({ method, access, path }) =>
    method === 'GET' && access !== 'sign-in' && access !== 'open' && !path.startsWith('/settings'),
).flatMap(({ path, query = [] }) => {
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => IDS[name] ?? '1');
  // (Charts are drawn of the list that the page shows.)
  const every = path.startsWith('/api/') ? drilled(5, 1) : 1;
  if (query.includes('arrange'))
    return LISTS.filter((_, place) => place % every === 0).map((list) => `${filled}?${list}&seed=a`);
  const samples = query.flatMap((name) =>
    (SAMPLES[name] ?? []).slice(0, MOST_SAMPLES).map((value) => `?${name}=${encodeURIComponent(value)}`),
  );
  return [filled, ...samples.map((sample) => filled + sample)];
});

/** What is shown, without what differs from visit to visit. */
async function read(visitor: Visitor, address: string): Promise<string> {
  const { status, text, body } = await visitor.get(address).redirects(1).buffer(true);
  expect.soft([200, 303, 404], address).toContain(status);
  const shown = Buffer.isBuffer(body) ? body.toString() : text;
  return (
    shown
      .replaceAll(/name="_csrf" value="[^"]*"/g, '')
      .replaceAll('&quot;', '"')
      // The last digits of an average depend on the order in which rows are read.
      .replaceAll(/\d+\.\d+/g, (digits) => Number(digits).toFixed(9))
  );
}

/** The addresses without parameters are most of the pages, at a third of the time. */
const PLAIN_ADDRESSES = ADDRESSES.filter((address) => !address.includes('?'));
/** Of whom nothing is hidden: a few will do where nobody drills. */
const BOBS_ADDRESSES = drilled(
  PLAIN_ADDRESSES.filter((_, place) => place % 4 === 0),
  PLAIN_ADDRESSES,
);

async function readAll(visitor: Visitor, addresses = ADDRESSES): Promise<Record<string, string>> {
  const pages: Record<string, string> = {};
  for (const address of addresses) pages[address] = await read(visitor, address);
  return pages;
}

describe('what is hidden', () => {
  it('is on no page, in no chart, file or playlist but its own pages and Settings; shown again, all is as before', async () => {
    const before = await readAll(test.alice, drilled(PLAIN_ADDRESSES, ADDRESSES));
    const bobsBefore = await readAll(test.bob, BOBS_ADDRESSES);
    const showing = Object.keys(before).filter((address) => ITS_NAMES.test(before[address] ?? ''));
    // The test would say nothing of pages on which the tracks never were.
    expect(showing.length).toBeGreaterThan(drilled(20, 40));

    expect((await submit(test.alice, '/tracks/n0ise/hide')).status).toBe(303);
    expect((await submit(test.alice, '/artists/kids/hide')).status).toBe(303);
    await test.alice.get('/settings').expect(200); // takes the message away
    const hiding = await readAll(test.alice);
    for (const [address, text] of Object.entries(hiding)) {
      expect.soft(ITS_NAMES.exec(text)?.[0], address).toBeUndefined();
    }
    expect(await readAll(test.bob, BOBS_ADDRESSES)).toEqual(bobsBefore);

    for (const own of ['/tracks/n0ise', '/tracks/song1', '/artists/kids', '/settings/hidden']) {
      expect((await test.alice.get(own).expect(200)).text).toMatch(/NOISE|KIDS/);
    }

    expect((await submit(test.alice, '/tracks/n0ise/show')).status).toBe(303);
    expect((await submit(test.alice, '/artists/kids/show')).status).toBe(303);
    await test.alice.get('/settings').expect(200);
    const changed = Object.keys(before).filter((address) => before[address] !== hiding[address]);
    const after = await readAll(test.alice, changed);
    expect(changed.filter((address) => before[address] !== after[address])).toEqual([]);
  }, 300_000);
});

const hide = (...paths: readonly string[]) =>
  Promise.all(paths.map(async (path) => expect((await submit(test.alice, `${path}/hide`)).status).toBe(303)));
const showAll = () =>
  test.db.execute(
    `WITH artists AS (DELETE FROM hidden_artists WHERE user_id = $1) DELETE FROM hidden_tracks WHERE user_id = $1`,
    [test.aliceId],
  );
const wordsOf = (html: string): string => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const wordsAt = async (path: string): Promise<string> =>
  wordsOf((await test.alice.get(path).expect(200)).text);

describe('a list with hidden tracks', () => {
  it('keeps the ranks of the others as they were, and says how many it leaves out', async () => {
    await hide('/tracks/n0ise', '/artists/kids');
    const dashboard = await wordsAt('/dashboard');
    expect(dashboard).toContain('3 Number 3 Last 4 weeks');
    expect(dashboard).toContain('4 hidden');
    const day = await wordsAt(`/time-machine/${YEAR}/${MONTH}/${DAY}`);
    expect(day).toContain('Number 3:');
    expect(day).toContain('4 hidden');
    expect(await wordsAt('/playlists/kept')).toContain('2 hidden They stay in this playlist');
    expect(await wordsAt('/artists/ann')).toContain('2 hidden They aren’t counted here');
    await showAll();
  });

  it('of which everything is hidden says so, and neither fails nor claims that there is none', async () => {
    await hide('/artists/ann', '/artists/kids');
    expect(await wordsAt('/dashboard')).toContain('This whole list is hidden');
    expect(await wordsAt(`/time-machine/${YEAR}/${MONTH}/${DAY}`)).toContain(
      'You have hidden everything from this time.',
    );
    const pages = await readAll(test.alice, PLAIN_ADDRESSES);
    const elsewhere = Object.keys(pages).filter((address) => !/\/(tracks|artists)\//.test(address));
    expect(elsewhere.filter((address) => pages[address]?.includes('Plain 1'))).toEqual([]);
    await showAll();
  }, 120_000);
});

describe('the page of a hidden track', () => {
  it('says so, offers the way back, and offered to hide it before', async () => {
    expect(await wordsAt('/tracks/n0ise')).toContain('Hide this track');
    const answer = await submit(test.alice, '/tracks/n0ise/hide');
    expect(answer.headers.location).toBe('/tracks/n0ise');
    const page = (await test.alice.get('/tracks/n0ise').expect(200)).text;
    expect(wordsOf(page)).toContain('“NOISE” is hidden.');
    expect(page).toContain('>Undo</button>');
    expect(page).toContain('This track is hidden.');
    expect(page).toContain('action="/tracks/n0ise/show"');
    expect(wordsOf(page)).not.toContain('Hide this track');
    await submit(test.alice, '/tracks/n0ise/show');
    expect(await wordsAt('/tracks/n0ise')).not.toContain('This track is hidden');
  });

  it('names the artist who hides it', async () => {
    await hide('/artists/kids');
    const page = (await test.alice.get('/tracks/duet').expect(200)).text;
    expect(page).toContain('Show all tracks by KIDS again');
    expect(page).not.toContain('Show this track again');
    await showAll();
  });
});

describe('the page of a hidden artist', () => {
  it('says so and lists their tracks', async () => {
    await hide('/artists/kids');
    const page = await wordsAt('/artists/kids');
    expect(page).toContain('This artist is hidden.');
    expect(page).toContain('SONGBOOK duet');
    await showAll();
  });

  it('whose tracks are all hidden by themselves shows them, and says why', async () => {
    await hide('/tracks/duet');
    const page = await wordsAt('/artists/ben');
    expect(page).toContain('You have hidden each of their tracks');
    expect(page).toContain('SONGBOOK duet');
    await showAll();
  });
});

describe('the list of what is hidden', () => {
  it('reads well when nothing is', async () => {
    expect(await wordsAt('/settings/hidden')).toContain('You haven’t hidden anything.');
    expect(await wordsAt('/settings')).toContain('You haven’t hidden anything.');
  });

  it('has each choice with its undo, which leads back to the list', async () => {
    await hide('/tracks/n0ise');
    await hide('/artists/kids');
    const page = await wordsAt('/settings/hidden');
    expect(page).toContain('hidden 1 track and 1 artist. That hides 4 tracks in all.');
    expect(page).toContain('Artist · 3 tracks');
    expect(await wordsAt('/settings')).toContain('hidden 1 track and 1 artist');
    const answer = await submit(test.alice, '/artists/kids/show', { return_to: '/settings/hidden' });
    expect(answer.headers.location).toBe('/settings/hidden');
    expect(await wordsAt('/settings/hidden')).not.toContain('Artist · 3 tracks');
    expect(
      (await submit(test.alice, '/tracks/n0ise/show', { return_to: 'https://evil.example/' })).headers
        .location,
    ).toBe('/tracks/n0ise');
  });

  it('has no page after its last, and none that is no number', async () => {
    await test.alice.get('/settings/hidden?page=2').expect(404);
    await test.alice.get('/settings/hidden?page=x').expect(400);
  });
});

describe('hiding', () => {
  it('twice, or showing what is not hidden, changes nothing', async () => {
    await hide('/tracks/n0ise');
    await hide('/tracks/n0ise');
    expect(await wordsAt('/settings/hidden')).toContain('You have hidden 1 track.');
    await submit(test.alice, '/tracks/n0ise/show');
    expect((await submit(test.alice, '/tracks/n0ise/show')).status).toBe(303);
  });

  it('what is another’s, or nobody’s, is the same 404', async () => {
    await insertTrack(test.db, { trackId: 'bobs', artists: ['bobs-artist'] });
    await insertSnapshot(test.db, test.bobId, { date: '2020-01-01' }, ['bobs']);
    const things = [
      '/tracks/bobs',
      '/tracks/nothing',
      '/artists/bobs-artist',
      '/artists/nothing',
      '/tracks/a%00b',
    ];
    for (const path of things.flatMap((thing) => [`${thing}/hide`, `${thing}/show`])) {
      const { status } = await submit(test.alice, path);
      expect([path, status]).toEqual([path, 404]);
    }
    expect(await test.db.many('SELECT FROM hidden_tracks')).toEqual([]);
  });

  it('needs its listener and its form', async () => {
    expect((await nobody(test).post('/tracks/n0ise/hide')).status).toBeGreaterThanOrEqual(300);
    await test.alice.post('/tracks/n0ise/hide').type('form').send({}).expect(403);
    await test.alice.post('/artists/kids/hide').type('form').send({ _csrf: await csrfToken(test.bob) }).expect(403); // prettier-ignore
    expect(await test.db.many('SELECT FROM hidden_tracks UNION ALL SELECT FROM hidden_artists')).toEqual([]);
  });

  it('leaves what is sent to Spotify from a kept playlist without the hidden tracks', async () => {
    await hide('/tracks/n0ise');
    const page = await wordsAt('/playlists/kept');
    expect(page).toContain('1 hidden They stay in this playlist');
    const kept = await test.db.many('SELECT FROM playlist_tracks WHERE user_id = $1', [test.aliceId]);
    expect(kept).toHaveLength(4);
    await showAll();
  });
});
