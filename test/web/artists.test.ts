import { beforeAll, describe, expect, it } from 'vitest';
import { nobody, useCast } from '../support/app.ts';
import { insertArchiveTracks, insertSnapshot, insertTrack, insertTracks } from '../support/factories.ts';

const test = useCast();

const HERS = 'ALICE-ONLY';

beforeAll(async () => {
  const features = { energy: 0.2, valence: 0.4, danceability: 0.6 };
  await insertTrack(test.db, { trackId: 'one', name: `${HERS} one`, artists: ['ann'], features });
  await insertTrack(test.db, {
    trackId: 'two',
    name: `${HERS} two`,
    artists: ['ben', 'ann'],
    features: { ...features, energy: 0.6 },
  });
  await insertTrack(test.db, { trackId: 'three', name: `${HERS} three`, artists: ['ann'] });
  await insertTrack(test.db, { trackId: 'other', name: `${HERS} other`, artists: ['ben'], features });
  await insertTrack(test.db, { trackId: 'bobs', name: 'BOB-ONLY', artists: ['ann', 'bob-artist'], features });
  await insertArchiveTracks(test.db, test.aliceId, ['three']);
  await insertSnapshot(test.db, test.aliceId, { date: '2025-01-01' }, ['other', 'one']);
  await insertSnapshot(test.db, test.aliceId, { date: '2025-03-01' }, ['two', 'other', 'one']);
  await insertSnapshot(test.db, test.bobId, { date: '2024-06-01' }, ['bobs']);
  const many = Array.from({ length: 90 }, (_, n) => `m${String(n).padStart(2, '0')}`);
  await insertTracks(
    test.db,
    many.map((trackId) => ({ trackId, name: `${HERS} ${trackId}`, artists: ['maria'] })),
  );
  await insertArchiveTracks(test.db, test.aliceId, many);
});

const wordsOf = (html: string): string =>
  html
    .replaceAll(/<(script|style)\b.*?<\/\1>/gs, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const pageOf = async (path: string): Promise<string> => (await test.alice.get(path).expect(200)).text;

describe('an artist’s page', () => {
  it('lists her tracks by the artist, those most often listed first, and what they come to', async () => {
    const text = await pageOf('/artists/ann');
    const links = [...text.matchAll(/href="\/tracks\/(\w+)" dir/g)].map(([, id]) => id);
    expect(links).toEqual(['one', 'two', 'three']);
    const words = wordsOf(text);
    expect(words).toContain('Tracks 3');
    expect(words).toContain('Times listed 3');
    expect(words).toContain('Best rank 1');
    expect(words).toContain('In your lists from 1 January 2025 to 1 March 2025');
  });

  it('shows the presence in the lists by month: share, months without a snapshot as gaps, and the same as a table', async () => {
    const text = await pageOf('/artists/ann');
    const drawn = /data-chart="months".*?<script type="application\/json">(.*?)<\/script>/s.exec(text)?.[1];
    expect(JSON.parse(String(drawn))).toEqual([
      { name: 'Last 4 weeks', labels: ['2025-01', '2025-02', '2025-03'], data: [0.5, null, 2 / 3] },
    ]);
    const words = wordsOf(text);
    expect(words).toContain('3 of 5 places (60%), most in March 2025 with 67%.');
    expect(words).toContain('January 2025 1 of 2 50% 2');
    expect(words).toContain('February 2025 no snapshot not known not known');
    expect(words).toContain('From 2 snapshots in 2 months; listed in 2 months.');
  });

  it('names the best rank of each range with its day and track', async () => {
    const text = await pageOf('/artists/ann');
    expect(wordsOf(text)).toContain(`Last 4 weeks 1 1 March 2025 ${HERS} two`);
  });

  it('averages the features of her tracks by them, and says from how many', async () => {
    const words = wordsOf(await pageOf('/artists/ann'));
    expect(words).toContain('2 of 3 tracks have audio features');
    expect(words).toContain('Energy 0.40 0.33');
    expect((await test.alice.get('/api/artists/ann/audio-features').expect(200)).body).toEqual({
      labels: [
        'energy',
        'valence',
        'danceability',
        'acousticness',
        'instrumentalness',
        'speechiness',
        'liveness',
      ],
      data: [0.4, 0.4, 0.6, null, null, null, null],
    });
  });

  it('of an artist who was never listed and of whom no features are known reads well', async () => {
    const words = wordsOf(await pageOf('/artists/maria'));
    expect(words).toContain('In your archive, never listed');
    expect(words).toContain('None of their tracks has been in your lists.');
    expect(words).toContain('None of their tracks has audio features');
  });

  it('turns the pages of many tracks, each track on one page', async () => {
    const seen = new Set<string>();
    for (const page of [1, 2, 3]) {
      const text = await pageOf(`/artists/maria?page=${page}`);
      for (const [, id] of text.matchAll(/href="\/tracks\/(m\d+)" dir/g)) seen.add(String(id));
      expect(wordsOf(text)).toContain(`Page ${page} of 3`);
    }
    expect(seen.size).toBe(90);
    await test.alice.get('/artists/maria?page=4').expect(404);
  });

  it.each(['0', '-1', 'x', '1&page=2', '%00', '99999999999'])(
    'with page=%s is a 400 that names it',
    async (page) => {
      expect((await test.alice.get(`/artists/ann?page=${page}`).expect(400)).text).toContain('“page”');
    },
  );

  it('leads nobody to sign-in', async () => {
    await nobody(test).get('/artists/ann').expect(302);
    await nobody(test).get('/api/artists/ann/presence').expect(401);
  });

  it('of an artist only another listener has is the same 404 as of none', async () => {
    const answers = [];
    for (const id of ['bob-artist', 'no-such', '%00', 'x'.repeat(3000)])
      answers.push(await test.alice.get(`/artists/${id}`).set('X-Request-Id', 'same').expect(404));
    expect(new Set(answers.map(({ text }) => text.replaceAll(/value="[^"]*"/g, ''))).size).toBe(1);
    await test.bob.get('/artists/bob-artist').expect(200);
    for (const chart of ['presence', 'audio-features'])
      await test.alice.get(`/api/artists/bob-artist/${chart}`).expect(404).expect('Content-Type', /json/);
  });

  it('that both have shows each their own tracks and lists alone', async () => {
    expect(await pageOf('/artists/ann')).not.toContain('BOB-ONLY');
    const { text } = await test.bob.get('/artists/ann').expect(200);
    expect(text).not.toContain(HERS);
    expect(wordsOf(text)).toContain('Tracks 1');
    expect(text).not.toContain('2025');
  });
});

describe('the presence of an artist as JSON', () => {
  it('holds labels and data', async () => {
    expect((await test.alice.get('/api/artists/ann/presence?range=short_term').expect(200)).body).toEqual({
      labels: ['2025-01', '2025-02', '2025-03'],
      data: [0.5, null, 2 / 3],
    });
    expect((await test.alice.get('/api/artists/ann/presence?range=long_term').expect(200)).body).toEqual({
      labels: [],
      data: [],
    });
    await test.alice.get('/api/artists/ann/presence?range=all').expect(400);
  });
});

describe('the dashboard’s artists', () => {
  it('lead to their pages, those known by name only to none', async () => {
    await insertTrack(test.db, { trackId: 'named', artistName: `${HERS} by name` });
    await insertSnapshot(test.db, test.aliceId, { date: '2025-04-01' }, ['named', 'one']);
    const text = await pageOf('/dashboard');
    expect(text).toContain('<a class="quiet-link" href="/artists/ann">ANN</a>');
    expect(text).not.toContain('/artists/name');
    expect(wordsOf(text)).toContain(`${HERS} by name`);
  });
});
