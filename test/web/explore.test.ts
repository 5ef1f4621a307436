import { beforeAll, describe, expect, it } from 'vitest';
import { nobody, useCast } from '../support/app.ts';
import { insertArchiveTracks, insertSnapshot, insertTrack } from '../support/factories.ts';
import { readCsv } from '../support/csv.ts';

const test = useCast();
const FORMULAS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\tx',
  '\rx',
  'a,b',
  'say "hi"',
  'two\nlines',
  '<b>bold</b>',
];

beforeAll(async () => {
  for (const [n, name] of FORMULAS.entries())
    await insertTrack(test.db, {
      trackId: `f${n}`,
      name,
      artistName: '@her band',
      albumName: '-album',
      artists: n === 0 ? ['ann'] : [],
      releaseDate: n < 8 ? `${2010 + n}-03-14` : null,
      payload:
        n < 5 ? { explicit: n < 2, external_ids: { isrc: '=ISRC' }, album: { album_type: 'album' } } : null,
      features: n < 6 ? { energy: n / 10, valence: 0.5, tempo: 100 + n } : null,
    });
  await insertArchiveTracks(
    test.db,
    test.aliceId,
    FORMULAS.map((_, n) => `f${n}`),
  );
  await insertSnapshot(test.db, test.aliceId, { date: '2026-02-01' }, ['f3', 'f4']);
});

const page = async (query = '', visitor = test.alice): Promise<string> =>
  (await visitor.get(`/explore${query}`).expect(200)).text;
const shownIds = (html: string): string[] =>
  [...html.matchAll(/href="\/tracks\/([^"]+)"/g)].map(([, id]) => String(id));
const wordsOf = (html: string): string => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

describe('explore', () => {
  it('shows all tracks until filters are set, then those that pass, in the order asked for', async () => {
    expect(wordsOf(await page())).toContain('All 10 tracks');
    const found = await page('?energy_from=0.2&released_to=2014&sort=-energy');
    expect(shownIds(found)).toEqual(['f4', 'f3', 'f2']);
    expect(wordsOf(found)).toContain('3 of 10 tracks');
    expect(found).not.toContain('<b>bold</b>');
  });

  it('says beside each choice how many tracks it would leave', async () => {
    const words = wordsOf(await page('?energy_from=0.2'));
    expect(words).toMatch(/Explicit Yes Tracks: 0 No Tracks: 3/);
    expect(words).toMatch(/In your top list Last 4 weeks Tracks: 2 Last 6 months Tracks: 0/);
  });

  it('disables a filter without data and says so', async () => {
    const html = await page();
    expect(html).toMatch(/<fieldset class="filter" disabled>\s*<legend class="filter__label">Popularity/);
    expect(wordsOf(html)).toContain('0 of 10 tracks have a known popularity');
    expect(wordsOf(html)).toContain('6 of 10 tracks have a known energy');
  });

  it('keeps the filters in every address it offers, and takes them away one by one', async () => {
    const html = await page('?artist=her+band&energy_from=0.1&explicit=no&explicit=yes&page=1');
    const kept = 'energy_from=0.1&amp;explicit=no&amp;explicit=yes&amp;artist=her+band';
    expect(html).toContain(`href="/explore.csv?${kept}"`);
    expect(html).toContain(`href="/playlists/new?from=explore&amp;${kept}"`);
    const chips = [...html.matchAll(/class="chip" href="([^"]+)"/g)].map(([, href]) =>
      String(href).replaceAll('&amp;', '&'),
    );
    expect(chips).toEqual([
      '/explore?energy_from=0.1&explicit=no&explicit=yes',
      '/explore?explicit=no&explicit=yes&artist=her+band',
      '/explore?energy_from=0.1&explicit=yes&artist=her+band',
      '/explore?energy_from=0.1&explicit=no&artist=her+band',
    ]);
    expect(html).toMatch(/name="energy_from" value="0\.1"/);
    expect(html).toMatch(/name="explicit" value="yes" checked/);
  });

  it('leaves the empty fields of its form out of the address', async () => {
    await test.alice
      .get('/explore?artist=&released_from=&released_to=2014&explicit=no&sort=&unheard_of=x')
      .expect(302)
      .expect('Location', '/explore?released_to=2014&explicit=no');
  });

  // A client refuses an answer with more than 16 kB of headers.
  it('is shown at a long address as it is, and leads nobody back to one', async () => {
    const long = `/explore?sort=&artist=${'%27'.repeat(4_000)}`;
    await test.alice.get(long).expect(400);
    await nobody(test)
      .get(long)
      .expect(302)
      .expect('Location', `/?return_to=${encodeURIComponent('/dashboard')}`);
  });

  it.each([
    ['energy_from=7', 'must be a number from 0 to 1'],
    ['tempo_to=9e9', 'must be a whole number from 1 to 400'],
    ['energy_from=0.8&energy_to=0.2', 'must not be less than “from”'],
    ['released_from=2019-02-30', 'must be a year, a month or a day'],
    ['artist=a%00b', 'must be plain text'],
    ['sort=__proto__', 'must be one of'],
    ['precision=century', 'must be one of day, month, year'],
  ])('of ?%s is a 400 that says what is wrong beside the field, and shows the rest', async (query, said) => {
    const { text } = await test.alice.get(`/explore?explicit=yes&${query}`).expect(400);
    expect(wordsOf(text)).toContain(said);
    expect(text).toContain('aria-invalid="true"'.slice(0, query.startsWith('precision') ? 0 : undefined));
    expect(shownIds(text)).toHaveLength(query.startsWith('energy_from=0.8') ? 0 : 2);
    expect(
      (await test.alice.get(`/explore.csv?${query}`).expect(400)).headers['content-disposition'],
    ).toBeUndefined();
  });

  it('says so where nothing passes, and where there is nothing', async () => {
    expect(await page('?energy_from=0.9')).toContain('No track matches all of these filters');
    expect(await page('', test.bob)).toContain('Nothing to explore yet');
    await test.alice.get('/explore?page=2').expect(404);
    expect((await test.alice.get('/explore?page=x').expect(400)).text).toContain('“page”');
  });

  it('is the listener’s own, and leads nobody to sign-in and back to the same filters', async () => {
    expect((await test.bob.get('/explore?artist=her').expect(200)).text).not.toMatch(/her band|tracks\/f3/);
    expect((await test.bob.get('/explore.csv').expect(200)).text).not.toContain('her band');
    const address = '/explore?energy_from=0.5&range=long_term';
    await nobody(test)
      .get(address)
      .expect(302)
      .expect('Location', `/?return_to=${encodeURIComponent(address)}`);
    await nobody(test).get('/explore.csv').expect(302);
  });
});

describe('the file', () => {
  it('holds the same tracks in the same order, and no field of it is a formula', async () => {
    const answer = await test.alice.get('/explore.csv?sort=name').expect(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe('attachment; filename=explored-tracks.csv');
    const [head, ...records] = readCsv(answer.text);
    expect(head?.slice(0, 4)).toEqual(['track_id', 'name', 'artists', 'album']);
    expect(records.map(([id]) => id)).toEqual(shownIds(await page('?sort=name')));
    for (const field of records.flat()) expect(field).not.toMatch(/^[=+\-@\t\r]/);
    const names = records
      .map(([id, name]) => [Number(id?.slice(1)), name] as const)
      .toSorted(([a], [b]) => a - b);
    expect(names.map(([, name]) => name)).toEqual(
      FORMULAS.map((name) => (/^[=+\-@\t\r]/.test(name) ? `'${name}` : name)),
    );
    const third = Object.fromEntries(
      (head ?? []).map((name, at) => [name, records.find(([id]) => id === 'f3')?.[at]]),
    );
    expect(third).toMatchObject({
      artists: "'@her band",
      album: "'-album",
      isrc: "'=ISRC",
      release_date: '2013-03-14',
      explicit: 'false',
      energy: '0.3',
      popularity: '',
      best_rank: '1',
      time_ranges: 'short_term',
    });
  });

  it('is whole however many tracks there are', async () => {
    await test.db.execute(
      `INSERT INTO tracks (track_id, name) SELECT 'many-' || n, 'many' FROM generate_series(1, 1300) AS n`,
    );
    await test.db.execute(
      `INSERT INTO library_tracks (user_id, track_id) SELECT $1, track_id FROM tracks WHERE name = 'many'`,
      [test.aliceId],
    );
    const records = readCsv((await test.alice.get('/explore.csv').expect(200)).text).slice(1);
    expect(new Set(records.map(([id]) => id)).size).toBe(1310);
    expect(shownIds(await page('?page=27'))).toHaveLength(10);
  });
});
