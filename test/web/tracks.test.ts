import { beforeAll, describe, expect, it } from 'vitest';
import { createDb } from '../../src/db.ts';
import { ALICE, BOB, nobody, useCast, userIdFor } from '../support/app.ts';
import { insertArchiveTracks, insertPlaylist, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useCast();

const HERS = 'ALICE-ONLY';
const SOUND = { energy: 0.5, valence: 0.5, danceability: 0.5 };
const FULL = {
  ...SOUND,
  acousticness: 0.1,
  instrumentalness: 0,
  speechiness: 0.25,
  liveness: 0.75,
  tempo: 123.45,
  loudness: -6.25,
  key: 1,
  mode: 0,
};

beforeAll(async () => {
  await insertTrack(test.db, {
    trackId: 'full',
    name: `${HERS} <b>song</b>`,
    artistName: 'Ann',
    albumName: `${HERS} album`,
    artists: ['ann'],
    popularity: 64,
    releaseDate: '1987-03-14',
    features: FULL,
    payload: {
      explicit: true,
      external_ids: { isrc: 'GBAYE8700001' },
      album: {
        id: 'alb',
        images: [{ url: 'https://i.scdn.co/image/large' }, { url: 'https://i.scdn.co/image/small' }],
      },
    },
  });
  await test.db.execute(
    `UPDATE tracks SET duration_ms = 185000, spotify_url = 'https://open.spotify.com/track/full'`,
  );
  await insertTrack(test.db, { trackId: 'near', name: `${HERS} near`, features: { ...FULL, energy: 0.8 } });
  await insertTrack(test.db, { trackId: 'bare', name: `${HERS} bare`, artistName: `${HERS} by name` });
  await insertTrack(test.db, { trackId: 'spotify:local:A%2FB:C:D:123', name: `${HERS} local` });
  await insertTrack(test.db, { trackId: 'bobs', name: 'BOB-ONLY', features: SOUND });
  await insertArchiveTracks(test.db, test.aliceId, ['near', 'spotify:local:A%2FB:C:D:123']);
  await insertArchiveTracks(test.db, test.bobId, ['bobs']);
  await insertSnapshot(test.db, test.aliceId, { date: '2025-01-01' }, ['near', 'full', 'bare']);
  await insertSnapshot(test.db, test.aliceId, { date: '2025-02-01' }, ['near']);
  await insertSnapshot(test.db, test.aliceId, { date: '2025-03-01' }, ['full', 'near']);
  await insertSnapshot(test.db, test.aliceId, { date: '2025-03-01', range: 'long_term' }, [['full', null]]);
  await insertPlaylist(test.db, test.aliceId, { playlistId: 'p/1', name: `${HERS} playlist` }, [
    'near',
    'full',
  ]);
  // Bob holds one of her tracks in a list and a playlist of his own, of which she sees nothing.
  await insertSnapshot(test.db, test.bobId, { date: '2024-01-01' }, ['near', 'bobs']);
  await insertPlaylist(test.db, test.bobId, { playlistId: 'q', name: 'BOB-ONLY playlist' }, ['near']);
});

const wordsOf = (html: string): string =>
  html
    .replaceAll(/<(script|style)\b.*?<\/\1>/gs, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const pageOf = async (path: string): Promise<string> => (await test.alice.get(path).expect(200)).text;
const readOf = async (path: string): Promise<string> => wordsOf(await pageOf(path));

describe('a track’s page', () => {
  it('shows its art as it is, its names as text, its link to Spotify and what is known of it', async () => {
    const text = await pageOf('/tracks/full');
    expect(text).toContain('src="https://i.scdn.co/image/large"');
    expect(text).toContain(`${HERS} &lt;b&gt;song&lt;/b&gt;`);
    expect(text).toContain('href="https://open.spotify.com/track/full"');
    expect(text).toContain('href="/artists/ann"');
    const words = wordsOf(text);
    for (const said of [
      `From ${HERS} album`,
      'Released 14 March 1987',
      'Length 3:05',
      'Explicit Yes',
      'ISRC GBAYE8700001',
      'Popularity 64 of 100',
    ])
      expect(words).toContain(said);
  });

  it.each([
    ['year', 'Released 1987 '],
    ['month', 'Released March 1987 '],
    ['day', 'Released 14 March 1987 '],
  ])('gives its release date as far as it is known: %s', async (precision, said) => {
    await test.db.execute(`UPDATE tracks SET release_date_precision = $1 WHERE track_id = 'full'`, [
      precision,
    ]);
    expect(await readOf('/tracks/full')).toContain(said);
  });

  it('says what is not known', async () => {
    const words = await readOf('/tracks/bare');
    for (const said of [
      'Released not known',
      'Explicit not known',
      'ISRC not known',
      'Popularity not known',
      'This track has no audio features yet',
      'Only names were received',
      'in any of your playlists',
    ])
      expect(words).toContain(said);
    expect(words).toContain(`${HERS} by name`);
  });

  it('tells its places: best rank, snapshots in, first and last seen, over her own lists alone', async () => {
    const words = await readOf('/tracks/full');
    expect(words).toContain('Best rank 1');
    expect(words).toContain('Times listed 3 of 4');
    expect(words).toContain('First seen 1 January 2025');
    expect(words).toContain('Last seen 1 March 2025');
    expect(words).toContain('In 2 of 3 snapshots of this list');
    expect(await readOf('/tracks/near')).toContain('First seen 1 January 2025');
  });

  it('draws one line per range from its first day on, gaps as gaps, and says the same in a table', async () => {
    const text = await pageOf('/tracks/full');
    const drawn = [
      ...text.matchAll(/data-chart="line".*?<script type="application\/json">(.*?)<\/script>/gs),
    ].map(([, json]) => (JSON.parse(String(json)) as { labels: string[]; data: (number | null)[] }[])[0]);
    expect(drawn).toEqual([
      { name: 'Last 4 weeks', labels: ['2025-01-01', '2025-02-01', '2025-03-01'], data: [2, null, 1] },
      { name: 'Last year', labels: ['2025-03-01'], data: [null] },
    ]);
    const words = wordsOf(text);
    for (const row of [
      '1 January 2025 1 2',
      '1 February 2025 1 not in the list',
      '1 March 2025 1 1',
      '1 March 2025 1 in the list, rank not known',
    ])
      expect(words).toContain(row);
    expect(words).toContain('Last 6 months This list has no snapshots yet.');
  });

  it('holds its features against her average, with their source and coverage, and the rest in figures', async () => {
    const text = await pageOf('/tracks/full');
    expect(text).toContain('data-chart="radar"');
    const words = wordsOf(text);
    expect(words).toContain('lower in energy');
    expect(words).toContain('Energy 0.50 0.65');
    expect(words).toContain('2 of 4 tracks have audio features');
    expect(words).toContain('Source: an old archive moved here');
    expect(words).toContain('Tempo 123.5 BPM Key C♯ / D♭ Mode minor Loudness −6.3 dB');
  });

  it('lists what is like it by three features or by six, with the formula and its coverage', async () => {
    const three = await readOf('/tracks/full');
    expect(three).toContain('mean difference in energy, valence and danceability');
    expect(three).toContain('2 of 4 tracks have all three');
    expect(three).toContain('Similarity 90%');
    const six = await readOf('/tracks/full?by=wide');
    expect(six).toContain('50 BPM counts as 0, 200 BPM as 1');
    expect(six).toContain('Similarity 95%');
    expect(await pageOf('/tracks/full')).toContain('href="/playlists/new?from=similar&amp;track=full"');
  });

  it('without features lists what was kept beside it, and says so', async () => {
    const words = await readOf('/tracks/bare');
    expect(words).toContain('these tracks shared your lists');
    expect(words).toMatch(/Lists shared 33%.*Lists shared 33%/);
  });

  it('names her playlists with it, and nobody else’s', async () => {
    const text = await pageOf('/tracks/near');
    expect(text).toContain('href="/playlists/~cC8x"');
    expect(text).not.toContain('BOB-ONLY');
  });

  it('of a local file is found by its URI, and has no link to Spotify', async () => {
    const text = await pageOf(`/tracks/${encodeURIComponent('spotify:local:A%2FB:C:D:123')}`);
    expect(text).toContain(`${HERS} local`);
    expect(text).not.toContain('Open in Spotify');
    expect(wordsOf(text)).toContain('has never been in your top lists (4 lists so far)');
  });

  it('leads nobody to sign-in', async () => {
    await nobody(test).get('/tracks/full').expect(302).expect('Location', '/?return_to=%2Ftracks%2Ffull');
  });

  it.each([
    '',
    '/payload',
    '/payload/track.json',
    '/payload/audio-features.json',
    '/payload/own-audio-features.json',
  ])('of another listener is the same 404 as of none: /tracks/:trackId%s', async (rest) => {
    const answers = [];
    for (const trackId of ['bobs', 'no-such', 'x'.repeat(3000), '%00'])
      answers.push(await test.alice.get(`/tracks/${trackId}${rest}`).set('X-Request-Id', 'same').expect(404));
    const pages = new Set(answers.map(({ text }) => text.replaceAll(/value="[^"]*"/g, '')));
    expect(pages.size).toBe(1);
    if (rest === '' || rest === '/payload') await test.bob.get(`/tracks/bobs${rest}`).expect(200);
  });

  it.each(['', 'all', 'wide&by=wide', '%00'])('with by=%s is a 400 that names it', async (by) => {
    expect((await test.alice.get(`/tracks/full?by=${by}`).expect(400)).text).toContain('“by”');
    const json = await test.alice.get(`/api/tracks/full/similar?by=${by}`).expect(400);
    expect((json.body as { error: string }).error).toContain('“by”');
  });

  it('never shows Bob what only Alice has', async () => {
    for (const path of ['/tracks/bobs', '/tracks/near', '/tracks/bobs/payload']) {
      const { text } = await test.bob.get(path).expect(200);
      // Of the track both have, the names are the catalogue's; her other tracks, her album and her lists are hers.
      expect(text.replaceAll(`${HERS} near`, '')).not.toContain(HERS);
      expect(text).not.toContain('2025');
    }
  });
});

const get = async (path: string): Promise<unknown> =>
  (await test.alice.get(path).expect(200)).body as unknown;

describe('the charts of a track as JSON', () => {
  it('hold labels and data', async () => {
    expect(await get('/api/tracks/full/rank-history?range=short_term')).toEqual({
      labels: ['2025-01-01', '2025-02-01', '2025-03-01'],
      data: [2, null, 1],
    });
    expect(await get('/api/tracks/full/rank-history?range=medium_term')).toEqual({ labels: [], data: [] });
    expect(await get('/api/tracks/full/audio-features')).toEqual({
      labels: [
        'energy',
        'valence',
        'danceability',
        'acousticness',
        'instrumentalness',
        'speechiness',
        'liveness',
      ],
      data: [0.5, 0.5, 0.5, 0.1, 0, 0.25, 0.75],
    });
    const similar = (await get('/api/tracks/full/similar')) as { labels: string[]; data: number[] };
    expect(similar.labels).toEqual([`${HERS} near`]);
    expect(similar.data[0]).toBeCloseTo(0.9, 12);
  });

  it('need sign-in, are 404 for another’s track and 400 for another range', async () => {
    await nobody(test).get('/api/tracks/full/rank-history').expect(401);
    for (const chart of ['rank-history', 'audio-features', 'similar'])
      await test.alice.get(`/api/tracks/bobs/${chart}`).expect(404).expect('Content-Type', /json/);
    const { body } = await test.alice.get('/api/tracks/full/rank-history?range=all').expect(400);
    expect((body as { error: string }).error).toContain('“range”');
  });
});

describe('a track’s payload', () => {
  const EXACT = `{"popularity": 12345678901234567890.123456789012345, "name": "</code><script>alert(1)</script>"}`;

  it('is laid out with every digit, as text', async () => {
    await insertTrack(test.db, { trackId: 'exact', features: '{"energy": 0.12345678901234567890123}' });
    await test.db.execute(`UPDATE tracks SET raw_json = $1::jsonb WHERE track_id = 'exact'`, [EXACT]);
    await insertArchiveTracks(test.db, test.aliceId, ['exact']);
    const text = await pageOf('/tracks/exact/payload');
    expect(text).toContain('12345678901234567890.123456789012345');
    expect(text).toContain('0.12345678901234567890123');
    expect(text).toContain('&lt;/code&gt;&lt;script&gt;alert(1)');
    expect(await pageOf('/tracks/exact')).toContain('href="/tracks/exact/payload"');
    const file = await test.alice.get('/tracks/exact/payload/track.json').expect(200);
    expect(file.headers['content-type']).toMatch(/^application\/json/);
    expect(file.headers['content-disposition']).toBe('attachment; filename=track.json');
    expect(file.text).toContain('12345678901234567890.123456789012345');
    const features = await test.alice.get('/tracks/exact/payload/audio-features.json').expect(200);
    expect(features.text).toContain('0.12345678901234567890123');
  });

  it('has the features of the listener’s own file, which nobody else sees', async () => {
    await insertTrack(test.db, { trackId: 'shared', features: '{"energy": 0.1}' });
    for (const who of [ALICE, BOB])
      await insertArchiveTracks(test.db, await userIdFor(test, who), ['shared']);
    await test.db.execute(
      `INSERT INTO own_audio_features (user_id, track_id, audio_features) VALUES ($1, 'shared', '{"energy": 0.987}')`,
      [test.aliceId],
    );
    const hers = await pageOf('/tracks/shared/payload');
    expect(hers).toContain('Audio features from your own file');
    expect(hers).toMatch(/0\.1[^\d][^]*0\.987/);
    const file = await test.alice.get('/tracks/shared/payload/own-audio-features.json').expect(200);
    expect(JSON.parse(file.text)).toEqual({ energy: 0.987 });
    expect((await test.bob.get('/tracks/shared/payload').expect(200)).text).not.toMatch(/0\.987|own file/);
    await test.bob.get('/tracks/shared/payload/own-audio-features.json').expect(404);
  });

  it('that was never received reads so, and has no download', async () => {
    expect(await readOf('/tracks/bare/payload')).toContain('Only names were received');
    await test.alice.get('/tracks/bare/payload/track.json').expect(404);
    await test.alice.get('/tracks/near/payload/track.json').expect(404);
    await test.alice.get('/tracks/near/payload/audio-features.json').expect(200);
  });

  it.each([
    ['compressible', `repeat('x', 4000000)`],
    ['incompressible', `(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 60000) AS n)`],
  ])('of megabytes, %s, is capped on the page and whole in the download', async (kind, text) => {
    await insertTrack(test.db, { trackId: kind });
    await insertArchiveTracks(test.db, test.aliceId, [kind]);
    const patient = createDb({
      url: test.url,
      poolMin: 0,
      poolMax: 1,
      applicationName: 'test',
      statementTimeoutMs: 0,
    });
    const { length } = await patient.one<{ length: number }>(
      `UPDATE tracks SET raw_json = jsonb_build_object('filler', ${text}) WHERE track_id = $1
       RETURNING length(jsonb_pretty(raw_json)) AS length`,
      [kind],
    );
    await patient.close();
    const page = await pageOf(`/tracks/${kind}/payload`);
    expect(page.length).toBeLessThan(120_000);
    expect(wordsOf(page)).toContain('The download has all of it.');
    expect((await pageOf(`/tracks/${kind}`)).length).toBeLessThan(100_000);
    const download = await test.alice.get(`/tracks/${kind}/payload/track.json`).expect(200);
    expect(download.text).toHaveLength(length);
  });
});
