import { beforeAll, describe, expect, it } from 'vitest';
import { nobody, useCast } from '../support/app.ts';
import { insertPlaylist, insertSnapshot, insertTrack, insertTracks } from '../support/factories.ts';

const test = useCast();
const HERS = 'ALICE-ONLY';

beforeAll(async () => {
  await insertAliceArchive();
});

/** 47 tracks of 29 artists in two months' lists and 13 playlists; features, dates and popularity for some. */
async function insertAliceArchive(): Promise<void> {
  const tracks = await insertTracks(
    test.db,
    Array.from({ length: 47 }, (_, n) => ({
      trackId: `${HERS}-${n}`,
      name: `${HERS} <b>song</b> ${n}`,
      artistName: `${HERS} & co`,
      albumName: `${HERS} album`,
      artists: [`${HERS}-artist-${n % 29}`],
      popularity: n % 3 === 0 ? n : null,
      releaseDate: n % 2 === 0 ? `${1960 + n}-05-01` : null,
      payload: n % 5 === 0 ? { explicit: n % 10 === 0, album: { id: `${HERS}-album` } } : null,
      features: n % 4 === 0 ? null : { energy: (n % 10) / 10, valence: n / 100, danceability: 1 - n / 100 },
    })),
  );
  await insertSnapshot(test.db, test.aliceId, { date: '2026-09-30' }, tracks.slice(0, 20));
  await insertSnapshot(test.db, test.aliceId, { date: '2026-10-31' }, tracks.slice(10, 30).toReversed());
  await insertSnapshot(
    test.db,
    test.aliceId,
    { date: '2026-10-31', range: 'long_term' },
    tracks.slice(30, 40),
  );
  for (let n = 0; n < 13; n += 1) {
    const playlistId = `${HERS}-playlist-${n}`;
    await insertPlaylist(test.db, test.aliceId, { playlistId }, tracks.slice(40, 41 + (n % 7)));
  }
}

const wordsOf = (html: string): string =>
  html
    .replaceAll(/<(script|style)\b.*?<\/\1>/gs, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

interface Chart {
  readonly labels: readonly string[];
  readonly data: readonly (number | null)[];
}
const chart = async (name: string, range = ''): Promise<Chart> =>
  (await test.alice.get(`/api/${name}${range && `?range=${range}`}`).expect(200)).body as Chart;

/** Alice's tracks, asked for in another way than the app does. */
const ARCHIVE = `SELECT DISTINCT tracks.* FROM tracks LEFT JOIN snapshots USING (track_id)
  LEFT JOIN playlist_tracks ON playlist_tracks.track_id = tracks.track_id
  WHERE snapshots.user_id = $1 OR playlist_tracks.user_id = $1`;
const NEWEST = `SELECT tracks.* FROM tracks JOIN snapshots USING (track_id)
  WHERE user_id = $1 AND snapshot_date = '2026-10-31' AND time_range = 'short_term'`;
const count = async (tracks: string, condition: string): Promise<number> =>
  (
    await test.db.one<{ n: number }>(`SELECT count(*)::int AS n FROM (${tracks}) AS t WHERE ${condition}`, [
      test.aliceId,
    ])
  ).n;

describe('the dashboard', () => {
  it('says how many tracks, artists and playlists the archive holds', async () => {
    const words = wordsOf((await test.alice.get('/dashboard').expect(200)).text);
    expect(await count(ARCHIVE, 'true')).toBe(47);
    for (const total of [47, 29, 13])
      expect(words).toMatch(new RegExp(`(?<![\\d.,])${total}(?![\\d.,]*\\d)`));
  });

  it('shows the newest list of a range, with names as text and never as markup', async () => {
    const { text } = await test.alice.get('/dashboard?range=short_term').expect(200);
    for (const n of [10, 29]) expect(text).toContain(`${HERS} &lt;b&gt;song&lt;/b&gt; ${n}`);
    expect(text).not.toContain('<b>song');
    const long = (await test.alice.get('/dashboard?range=long_term').expect(200)).text;
    for (const n of [30, 39]) expect(long).toContain(`song&lt;/b&gt; ${n}<`.slice(0, -1));
  });

  it('shows the last four weeks unless asked for another range', async () => {
    const { text } = await test.alice.get('/dashboard').expect(200);
    expect(text).toContain('song&lt;/b&gt; 20');
    for (const range of ['short_term', 'medium_term', 'long_term']) {
      expect(text).toContain(`/dashboard?range=${range}`);
    }
  });

  it('reads well for a range without a list', async () => {
    await test.alice.get('/dashboard?range=medium_term').expect(200);
  });

  it.each(['all', '', 'SHORT_TERM', 'short_term%00', "short_term'--", 'short_term&range=long_term'])(
    'of the range %j is a 400 that names it',
    async (range) => {
      expect((await test.alice.get(`/dashboard?range=${range}`).expect(400)).text).toContain('“range”');
      const json = await test.alice
        .get(`/api/decades?range=${range}`)
        .expect(400)
        .expect('Content-Type', /json/);
      expect((json.body as { error: string }).error).toContain('“range”');
    },
  );

  it('shows an empty archive without a fault', async () => {
    for (const range of ['short_term', 'medium_term', 'long_term']) {
      await test.bob.get(`/dashboard?range=${range}`).expect(200);
    }
    expect((await test.bob.get('/api/energy-distribution').expect(200)).body).toEqual({
      labels: ['High', 'Medium', 'Low'],
      data: [0, 0, 0],
    });
    expect((await test.bob.get('/api/audio-profile').expect(200)).body).toMatchObject({
      data: [null, null, null],
    });
    expect((await test.bob.get('/api/decades?range=long_term').expect(200)).body).toEqual({
      labels: [],
      data: [],
    });
  });

  it('leads nobody to sign-in', async () => {
    await nobody(test).get('/dashboard').expect(302).expect('Location', '/?return_to=%2Fdashboard');
  });
});

describe.each([
  ['the whole archive', '', ARCHIVE],
  ['the newest list', 'short_term', NEWEST],
])('the charts of %s agree with SQL:', (_what, range, tracks) => {
  it('energy', async () => {
    const energy = `(audio_features ->> 'energy')::numeric`;
    expect(await chart('energy-distribution', range)).toEqual({
      labels: ['High', 'Medium', 'Low'],
      data: [
        await count(tracks, `${energy} >= 0.8`),
        await count(tracks, `${energy} >= 0.5 AND ${energy} < 0.8`),
        await count(tracks, `${energy} < 0.5`),
      ],
    });
  });

  it('averages', async () => {
    const { labels, data } = await chart('audio-profile', range);
    for (const [index, label] of labels.entries()) {
      const { average } = await test.db.one<{ average: number }>(
        `SELECT avg((audio_features ->> '${label.toLowerCase()}')::float8) AS average FROM (${tracks}) AS t`,
        [test.aliceId],
      );
      expect(data[index]).toBeCloseTo(average, 9);
    }
  });

  it('decades', async () => {
    const rows = await test.db.many<{ label: string; n: number }>(
      `SELECT left(release_date::text, 3) || '0s' AS label, count(*)::int AS n FROM (${tracks}) AS t
       WHERE release_date IS NOT NULL GROUP BY 1 ORDER BY 1`,
      [test.aliceId],
    );
    expect(await chart('decades', range)).toEqual({
      labels: rows.map(({ label }) => label),
      data: rows.map(({ n }) => n),
    });
  });

  it('explicit tracks', async () => {
    expect((await chart('explicit', range)).data).toEqual([
      await count(tracks, `raw_json @> '{"explicit": true}'`),
      await count(tracks, `raw_json @> '{"explicit": false}'`),
    ]);
  });

  it('popularity', async () => {
    const rows = await test.db.many<{ name: string; popularity: number }>(
      `SELECT name, popularity FROM (${tracks}) AS t WHERE popularity IS NOT NULL
       ORDER BY popularity DESC LIMIT 10`,
      [test.aliceId],
    );
    expect(await chart('popular-tracks', range)).toEqual({
      labels: rows.map(({ name }) => name),
      data: rows.map(({ popularity }) => popularity),
    });
  });

  it('artists', async () => {
    const { labels, data } = await chart('top-artists', range);
    expect(labels).toHaveLength(10);
    expect(data).toEqual(data.toSorted((a, b) => Number(b) - Number(a)));
    for (const label of labels) expect(label).toContain(HERS);
  });
});

describe('a listener with playlists only', () => {
  it('sees the archive’s figures and no list', async () => {
    const track = await insertTrack(test.db, { artists: ['bob-only'], features: { energy: 0.9 } });
    await insertPlaylist(test.db, test.bobId, { playlistId: 'p' }, [track]);
    await test.bob.get('/dashboard').expect(200);
    const distribution = async (query: string) =>
      ((await test.bob.get(`/api/energy-distribution${query}`).expect(200)).body as Chart).data;
    expect(await distribution('')).toEqual([1, 0, 0]);
    expect(await distribution('?range=short_term')).toEqual([0, 0, 0]);
  });
});
