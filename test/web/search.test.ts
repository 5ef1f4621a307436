import { beforeAll, describe, expect, it } from 'vitest';
import { nobody, useCast } from '../support/app.ts';
import {
  insertArtistSnapshot,
  insertPlaylist,
  insertSnapshot,
  insertTrack,
  insertTracks,
} from '../support/factories.ts';

const test = useCast();

beforeAll(async () => {
  const halo = await insertTrack(test.db, {
    trackId: 'halo',
    name: 'Halo - Live <b>here</b>',
    artistName: 'Beyoncé',
    albumName: 'I Am… Sasha Fierce',
    artists: ['beyonce'],
    releaseDate: '2008-11-18',
  });
  const numbered = await insertTracks(
    test.db,
    Array.from({ length: 45 }, (_, n) => ({ name: `Aurora ${n + 1}` })),
  );
  await insertSnapshot(test.db, test.aliceId, { date: '2025-05-14' }, [...numbered.slice(0, 6), halo]);
  await insertPlaylist(test.db, test.aliceId, { playlistId: 'p' }, numbered);
  await insertPlaylist(test.db, test.bobId, { playlistId: 'p' }, [
    await insertTrack(test.db, { trackId: 'bobs', name: 'Aurora of Bob', artists: ['bobs-artist'] }),
  ]);
});

const search = async (query: string, visitor = test.alice): Promise<string> =>
  (await visitor.get(`/search?q=${query}`).expect(200)).text;

const suggestions = async (query: string, visitor = test.alice) =>
  (await visitor.get(`/api/suggestions?q=${query}`).expect(200).expect('Content-Type', /json/)).body as {
    suggestions: readonly { kind: string; text: string; detail: string; href: string }[];
  };

describe('the search page', () => {
  it('shows what is found: card, album, year, best rank and when it was listed last', async () => {
    const page = await search('beyonce+halo');
    expect(page).toContain('<h2 class="section__heading" id="tracks-heading">1 track</h2>');
    expect(page).toContain('href="/tracks/halo"');
    expect(page).toContain('<mark>Halo</mark>');
    expect(page).toContain('<mark>BEYONCE</mark>');
    expect(page).toContain('I Am… Sasha Fierce</bdi></a>, 2008');
    expect(page).toMatch(/Best rank <\/span>7</);
    expect(page).toContain('<time datetime="2025-05-14">May 2025</time>');
    expect(page).toContain('href="/playlists/new?from=search&amp;q=beyonce+halo"');
  });

  it('marks a hit where the query has no accent and the name has one', async () => {
    const track = await insertTrack(test.db, { name: 'Ámbar', artistName: 'Sigur Rós', albumName: 'Ágætis' });
    await insertPlaylist(test.db, test.aliceId, { playlistId: 'accents' }, [track]);
    for (const [query, marked] of [
      ['ambar', 'Ámbar'],
      ['ros', 'Rós'],
      ['agaetis', 'Ágætis'],
    ] as const)
      expect(await search(query)).toContain(`<mark>${marked}</mark>`);
  });

  it('never takes a name or a query for markup', async () => {
    const page = await search(encodeURIComponent('halo <b>here</b> "><script>alert(1)</script>'));
    expect(page).not.toMatch(/<b>|<script>alert/);
    expect(await search('here')).toContain('&lt;b&gt;<mark>here</mark>&lt;/b&gt;');
    expect(await search('b')).toContain('&lt;<mark>b</mark>&gt;');
  });

  it('has artists so named on top, each with a way to their page and how many tracks there are', async () => {
    const page = await search('beyonce');
    expect(page).toContain('<h2 class="section__heading" id="artists-heading">1 artist</h2>');
    expect(page).toMatch(
      /href="\/artists\/beyonce"[^>]*><mark>BEYONCE<\/mark><\/a> <span class="note">1 track</,
    );
  });

  it('has an artist whom only Spotify’s lists name, and does not say that nothing is called so', async () => {
    const artist = ['zyzzyva'];
    await insertArtistSnapshot(test.db, test.aliceId, { date: '2025-05-14' }, artist);
    const page = await search('zyzzyva');
    expect(page).toContain('href="/artists/zyzzyva"');
    expect(page).toContain('No tracks found</h2>');
    expect(page).not.toContain('Nothing found');
    expect(await search('zyzzyva', test.bob)).toContain('Nothing found');
    expect((await suggestions('zyzz')).suggestions).toMatchObject([{ kind: 'Artist', text: 'ZYZZYVA' }]);
  });

  it('says how many were found and goes through them page by page', async () => {
    const first = await search('aurora');
    expect(first).toContain('>45 tracks</h2>');
    expect(first).toContain('1 to 20, best matches first');
    expect(first).toContain('href="/search?q=aurora&amp;page=2"');
    expect(await search('aurora&page=3')).toContain('41 to 45');
    await test.alice.get('/search?q=aurora&page=4').expect(404);
  });

  it('says of what is in more tracks than it counts that there are more, and leads on', async () => {
    await test.db.execute(
      `INSERT INTO tracks (track_id, name) SELECT 'common-' || n, 'Common ' || n FROM generate_series(1, 1001) AS n`,
    );
    await insertPlaylist(
      test.db,
      test.aliceId,
      { playlistId: 'common' },
      Array.from({ length: 1001 }, (_, n) => `common-${n + 1}`),
    );
    const first = await search('common');
    expect(first).toContain('>More than 1,000 tracks</h2>');
    expect(first).toContain('href="/search?q=common&amp;page=2"');
    expect(first).not.toContain('Last</a>');
    expect(await search('common&page=5')).toContain('href="/search?q=common&amp;page=6"');
    expect(await search('common&page=6')).toContain('Page 6 of 51');
    await test.alice.get('/search?q=common&page=52').expect(404);
  });

  it('marks matches that only come near as such', async () => {
    const page = await search('beyonse');
    expect(page).toContain('>Near matches</h2>');
    expect(page).toContain('<mark>BEYONCE</mark>');
    expect(page).not.toContain('Make a playlist');
  });

  it('says what to do where nothing is found, or nothing was asked', async () => {
    const none = await search('xqzwv+year:1999');
    expect(none).toContain('Nothing found');
    expect(none).toContain('<q dir="auto">xqzwv year:1999</q>');
    expect(none).toContain('The years may be the reason');
    expect(none).toContain('href="/explore"');
    expect(await search('-halo')).toContain('Nothing to search for');
    const empty = await search('');
    expect(empty).toContain('Search tips');
    expect(empty).not.toContain('Nothing');
    expect((await test.bob.get('/search').expect(200)).text).toContain('Search tips');
  });

  it('names what it leaves out of a query', async () => {
    expect(await search('halo+year:20x9')).toContain('“year:20x9” was ignored');
  });

  it('keeps the query in both fields, whatever stands in it', async () => {
    const page = await search(encodeURIComponent('"halo" & <x>'));
    expect(page.split('value="&#34;halo&#34; &amp; &lt;x&gt;"')).toHaveLength(3);
  });

  it.each([
    [`q=${'x'.repeat(201)}`, 'q'],
    ['q=a&q=b', 'q'],
    ['q=aurora&page=0', 'page'],
    ['q=aurora&page=1.5', 'page'],
    ['q=aurora&page=99999999999', 'page'],
  ])('of %s is a 400 that names it', async (query, name) => {
    expect((await test.alice.get(`/search?${query}`).expect(400)).text).toContain(`“${name}”`);
  });

  it('answers the longest and strangest queries in well under a second', async () => {
    for (const text of [
      '字'.repeat(200),
      'ﷺ'.repeat(200),
      'a '.repeat(100),
      'a or '.repeat(40),
      '-a '.repeat(66),
      "'".repeat(200),
      '"'.repeat(199),
      'a:b'.repeat(66),
      '%_\\'.repeat(66),
      '!&|<->:*()'.repeat(20),
      '🎵'.repeat(100),
      'x'.repeat(200),
      "a'".repeat(100),
    ]) {
      const begun = performance.now();
      await search(encodeURIComponent(text));
      await suggestions(encodeURIComponent(text));
      expect(performance.now() - begun).toBeLessThan(2_000);
    }
  });

  it('leads nobody to sign-in and back', async () => {
    await nobody(test)
      .get('/search?q=halo')
      .expect(302)
      .expect('Location', '/?return_to=%2Fsearch%3Fq%3Dhalo');
  });
});

describe('suggestions', () => {
  it('are artists, tracks and albums, each with where it leads', async () => {
    expect(await suggestions('beyo')).toEqual({
      suggestions: [
        { kind: 'Artist', text: 'BEYONCE', detail: '1 track', href: '/artists/beyonce' },
        { kind: 'Track', text: 'Halo - Live <b>here</b>', detail: 'Beyoncé, BEYONCE', href: '/tracks/halo' },
      ],
    });
    const { suggestions: albums } = await suggestions('sasha');
    expect(albums.at(-1)).toEqual({
      kind: 'Album',
      text: 'I Am… Sasha Fierce',
      detail: 'Beyoncé, BEYONCE',
      href: expect.stringMatching(/^\/albums\//) as string,
    });
    const path = String(albums.at(-1)?.href);
    expect((await test.alice.get(path).expect(200)).text).toContain('href="/tracks/halo"');
    for (const shown of ['/search?q=sasha', '/tracks/halo'])
      expect((await test.alice.get(shown).expect(200)).text).toContain(`href="${path}"`);
  });

  it('are none for an empty field', async () => {
    expect(await suggestions('')).toEqual({ suggestions: [] });
  });

  it('of a query too long are a 400, and for nobody a 401', async () => {
    const { body } = await test.alice.get(`/api/suggestions?q=${'x'.repeat(201)}`).expect(400);
    expect((body as { error: string }).error).toContain('“q”');
    await nobody(test).get('/api/suggestions?q=halo').expect(401).expect('Content-Type', /json/);
  });
});

describe('what only Bob has', () => {
  it('is neither found nor suggested nor near for Alice', async () => {
    for (const query of ['bob', 'aurora+bob', 'bobs', 'BOBS-ARTIST', 'aurora+of+bobb']) {
      expect(await search(query)).not.toMatch(/Aurora of|\/tracks\/bobs|\/artists\/bobs/);
      expect(JSON.stringify(await suggestions(query))).not.toMatch(/of Bob|bobs/i);
    }
    expect(await search('bob', test.bob)).toContain('Aurora of <mark>Bob</mark>');
  });
});
