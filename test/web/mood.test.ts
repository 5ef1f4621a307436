import { beforeAll, describe, expect, it } from 'vitest';
import { refreshArchiveSummary } from '../../src/figures/summary.ts';
import { listQuadrantTrackIds } from '../../src/mood/quadrants.ts';
import { nobody, useCast } from '../support/app.ts';
import { insertArchiveTracks, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useCast();

/** Energy, valence; what else is known of the track. */
const TRACKS: Readonly<Record<string, Record<string, unknown> | null>> = {
  happiest: {
    energy: 0.95,
    valence: 0.9,
    danceability: 0.8,
    acousticness: 0.1,
    tempo: 128.4,
    key: 0,
    mode: 1,
  },
  happy: { energy: 0.6, valence: 0.7, danceability: 0.6, acousticness: 0.2, tempo: 121, key: 1, mode: 0 },
  angry: { energy: 0.9, valence: 0.5, danceability: 0.4, tempo: 99.9, key: 9, mode: 0 },
  calm: { energy: 0.5, valence: 0.51, danceability: 0.5, acousticness: 0.7, tempo: 150, key: 9, mode: 1 },
  sad: { energy: 0.2, valence: 0.1, key: 9 },
  middling: { energy: 0.5, valence: 0.5 },
  'half-known': { energy: 0.9, danceability: 1 },
  odd: { energy: 1.5, valence: '0.9', tempo: -1, key: 12, mode: 7 },
  unknown: null,
};
const HOSTILE = '</script><script>alert(1)</script>';

beforeAll(async () => {
  for (const [trackId, features] of Object.entries(TRACKS))
    await insertTrack(test.db, { trackId, name: `${HOSTILE} ${trackId}`, artistName: 'Her band', features });
  await insertArchiveTracks(test.db, test.aliceId, Object.keys(TRACKS));
  await insertSnapshot(test.db, test.aliceId, { date: '2026-01-10' }, ['happy', 'sad', 'unknown']);
  await insertSnapshot(test.db, test.aliceId, { date: '2026-01-20' }, ['happiest']);
  await insertSnapshot(test.db, test.aliceId, { date: '2026-03-31' }, ['half-known']);
  await insertSnapshot(test.db, test.aliceId, { date: '2026-04-30' }, ['calm', 'angry']);
  await insertSnapshot(test.db, test.aliceId, { date: '2026-04-30', range: 'long_term' }, ['sad']);
});

interface Drawing {
  readonly labels: readonly string[];
  readonly data: readonly unknown[];
}
const chart = async (name: string, visitor = test.alice): Promise<Drawing> =>
  (await visitor.get(`/api/${name}`).expect(200)).body as Drawing;
const wordsOf = (html: string): string =>
  html
    .replaceAll(/<script.*?<\/script>/gs, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the four moods', () => {
  it('are told apart by energy and valence above one half, and the middle counts as low', async () => {
    expect(await chart('mood-quadrants')).toEqual({
      labels: ['Happy & energetic', 'Angry & intense', 'Calm & peaceful', 'Sad & melancholic'],
      data: [2, 1, 1, 2],
    });
  });

  it('agree with the classic formula written out again', async () => {
    const high = (feature: string) => `(audio_features ->> '${feature}')::float8 > 0.5`;
    const rows = await test.db.many<{ n: number }>(
      `SELECT count(*)::int AS n FROM tracks
       WHERE track_id IN ('happiest', 'happy', 'angry', 'calm', 'sad', 'middling')
       GROUP BY ${high('energy')}, ${high('valence')} ORDER BY ${high('valence')} DESC, ${high('energy')} DESC`,
    );
    const [happy, angry, calm, sad] = (await chart('mood-quadrants')).data;
    expect(rows.map(({ n }) => n)).toEqual([happy, calm, angry, sad]);
  });

  it('stand on the page with shares, average danceability and acousticness, and from how many tracks it speaks', async () => {
    const { text } = await test.alice.get('/mood').expect(200);
    const words = wordsOf(text);
    expect(words).toContain('6 of 9 tracks have both energy and valence');
    expect(words).toMatch(
      /Happy &amp; energetic high energy, high valence 33% 2 tracks Danceability 0\.70 Acousticness 0\.15/,
    );
    expect(words).toMatch(
      /Angry &amp; intense .{5,40} 17% 1 track Danceability 0\.40 Acousticness not known/,
    );
    expect(words).toMatch(/Sad &amp; melancholic .{5,40} 33% 2 tracks Danceability not known/);
    for (const quadrant of ['happy', 'angry', 'calm', 'sad'])
      expect(text).toContain(`href="/mood/${quadrant}"`);
    expect(text).not.toContain(HOSTILE);
  });

  it('are the same whether kept ready or computed on reading', async () => {
    const names = ['mood-quadrants', 'mood-map', 'mood-over-time', 'tempo', 'key', 'mode'];
    const drawn = () => Promise.all(names.map((name) => chart(name)));
    const said = async () => wordsOf((await test.alice.get('/mood')).text);
    const computed = [await drawn(), await said()];
    await refreshArchiveSummary(test.db, test.aliceId);
    expect(await test.db.many('SELECT FROM archive_summaries WHERE mood IS NOT NULL')).toHaveLength(1);
    expect([await drawn(), await said()]).toEqual(computed);
    await test.db.execute('DELETE FROM archive_summaries');
  });
});

describe('the map', () => {
  it('holds each track with both features as a point that leads to it', async () => {
    const { labels, data } = await chart('mood-map');
    expect(data).toHaveLength(6);
    expect(data).toContainEqual({ x: 0.9, y: 0.95, trackId: 'happiest' });
    expect(labels).toContain(`${HOSTILE} happiest · Her band`);
  });

  it('draws at most a thousand points, the same ones each time, and the page says so', async () => {
    await test.db.execute(
      `INSERT INTO tracks (track_id, audio_features)
       SELECT 'many-' || n, jsonb_build_object('energy', n / 2000.0, 'valence', 0.3) FROM generate_series(1, 1200) AS n`,
    );
    await test.db.execute(
      `INSERT INTO library_tracks (user_id, track_id) SELECT $1, track_id FROM tracks WHERE track_id LIKE 'many-%'`,
      [test.aliceId],
    );
    const { data } = await chart('mood-map');
    expect(data).toHaveLength(1000);
    expect((await chart('mood-map')).data).toEqual(data);
    const { text } = await test.alice.get('/mood');
    expect(wordsOf(text)).toContain('random sample of 1,000');
    // They are asked for where they are drawn.
    expect(text).not.toContain('many-');
    await test.db.execute(`DELETE FROM library_tracks WHERE track_id LIKE 'many-%'`);
  });
});

describe('mood over time', () => {
  it('is the mean of the averages of a month’s snapshots; months without one and without features are gaps', async () => {
    const { labels, data } = await chart('mood-over-time');
    expect(labels).toEqual(['2026-01', '2026-02', '2026-03', '2026-04']);
    expect(data[1]).toBeNull();
    expect(data[2]).toBeNull();
    const [january, april] = [data[0], data[3]] as { energy: number; valence: number }[];
    expect(january?.energy).toBeCloseTo(((0.6 + 0.2) / 2 + 0.95) / 2, 9);
    expect(january?.valence).toBeCloseTo(((0.7 + 0.1) / 2 + 0.9) / 2, 9);
    expect(april?.energy).toBeCloseTo(0.7, 9);
  });

  it('is told per time range, with its coverage', async () => {
    expect((await chart('mood-over-time?range=long_term')).data).toEqual([{ energy: 0.2, valence: 0.1 }]);
    const words = wordsOf((await test.alice.get('/mood').expect(200)).text);
    expect(words).toContain('5 of 7 ranked places in 4 snapshots');
    const long = wordsOf((await test.alice.get('/mood?range=long_term').expect(200)).text);
    expect(long).toMatch(/In \w+ \d+ the list was sad &amp; melancholic/);
    expect(wordsOf((await test.alice.get('/mood?range=medium_term')).text)).toContain(
      'This list has no snapshots yet',
    );
  });

  it('does not stretch over centuries because of one odd date', async () => {
    await insertSnapshot(test.db, test.aliceId, { date: '0001-01-01', range: 'medium_term' }, ['happy']);
    await insertSnapshot(test.db, test.aliceId, { date: '9999-12-31', range: 'medium_term' }, ['sad']);
    const { labels } = await chart('mood-over-time?range=medium_term');
    expect([labels.length, labels.at(-1)]).toEqual([240, '9999-12']);
    await test.alice.get('/mood?range=medium_term').expect(200);
    await test.db.execute(`DELETE FROM snapshots WHERE time_range = 'medium_term'`);
  });

  it.each(['all', '', 'SHORT_TERM', 'short_term&range=long_term'])(
    'of the range %j is a 400',
    async (range) => {
      for (const path of ['/mood', '/api/mood-over-time'])
        expect((await test.alice.get(`${path}?range=${range}`).expect(400)).text).toContain('“range”');
    },
  );
});

describe('tempo, key and mode', () => {
  it('are counted from the tracks that have them, tempo in tens without a hole', async () => {
    expect(await chart('tempo')).toEqual({
      labels: ['90', '100', '110', '120', '130', '140', '150'],
      data: [1, 0, 0, 2, 0, 0, 1],
    });
    const { labels, data } = await chart('key');
    expect([labels[0], labels[1], labels[9]]).toEqual(['C', 'C♯', 'A']);
    expect(data).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0]);
    expect(await chart('mode')).toEqual({ labels: ['Major', 'Minor'], data: [2, 2] });
    const words = wordsOf((await test.alice.get('/mood')).text);
    for (const said of [
      '4 of 9 tracks have a known tempo',
      '5 of 9 tracks have a known key',
      '4 of 9 tracks have a known mode',
    ])
      expect(words).toContain(said);
  });
});

describe('the tracks of a quadrant', () => {
  it('are listed the clearest first, and offered as a playlist', async () => {
    const { text } = await test.alice.get('/mood/happy').expect(200);
    expect(text.indexOf('/tracks/happiest')).toBeLessThan(text.indexOf('/tracks/happy"'));
    expect(text).not.toContain('/tracks/calm');
    expect(text).toContain('/playlists/new?from=mood&amp;quadrant=happy');
    expect(text).not.toContain(HOSTILE);
    expect(await listQuadrantTrackIds(test.db, test.aliceId, 'happy', 10)).toEqual(['happiest', 'happy']);
    expect(await listQuadrantTrackIds(test.db, test.aliceId, 'sad', 1)).toEqual(['sad']);
  });

  it('are paged; a page that is no number is a 400, one past the end and another mood are a 404', async () => {
    await test.db.execute(
      `INSERT INTO tracks (track_id, audio_features)
       SELECT 'more-' || n, '{"energy": 0.1, "valence": 0.9}' FROM generate_series(1, 120) AS n`,
    );
    await test.db.execute(
      `INSERT INTO library_tracks (user_id, track_id) SELECT $1, track_id FROM tracks WHERE track_id LIKE 'more-%'`,
      [test.aliceId],
    );
    const ids: string[] = [];
    for (const page of [1, 2, 3])
      ids.push(
        ...[
          ...(await test.alice.get(`/mood/calm?page=${page}`).expect(200)).text.matchAll(
            /\/tracks\/([\w-]+)"/g,
          ),
        ].map(([, id]) => String(id)),
      );
    expect(new Set(ids).size).toBe(121);
    expect(ids).toEqual(await listQuadrantTrackIds(test.db, test.aliceId, 'calm', 500));
    await test.alice.get('/mood/calm?page=4').expect(404);
    for (const page of ['0', 'x', '', '1&page=2'])
      expect((await test.alice.get(`/mood/calm?page=${page}`).expect(400)).text).toContain('“page”');
    for (const quadrant of ['Happy', 'constructor', '__proto__', 'happy%00'])
      await test.alice.get(`/mood/${quadrant}`).expect(404);
    await test.db.execute(`DELETE FROM library_tracks WHERE track_id LIKE 'more-%'`);
  });

  it('are the listener’s own: Bob sees none of hers, and nobody is led to sign-in', async () => {
    for (const path of ['/mood', '/mood/happy', '/mood/sad', '/api/mood-map'])
      expect((await test.bob.get(path).expect(200)).text).not.toMatch(/alert\(1\)|Her band|happiest/);
    expect(await listQuadrantTrackIds(test.db, test.bobId, 'happy', 10)).toEqual([]);
    await nobody(test).get('/mood/happy').expect(302).expect('Location', '/?return_to=%2Fmood%2Fhappy');
    await nobody(test).get('/api/mood-map').expect(401);
  });
});

describe('without anything to tell', () => {
  it('the page says what is missing: no music, or no features', async () => {
    expect((await test.bob.get('/mood').expect(200)).text).toContain('No music, no mood');
    expect((await test.bob.get('/mood/happy').expect(200)).text).toContain('None of your tracks');
    for (const name of ['mood-map', 'mood-over-time', 'tempo'])
      expect(await chart(name, test.bob)).toEqual({ labels: [], data: [] });
    await insertArchiveTracks(test.db, test.bobId, ['unknown', 'half-known']);
    const words = wordsOf((await test.bob.get('/mood').expect(200)).text);
    expect(words).toContain('0 of 2 tracks have both energy and valence');
    expect(words).toContain('Tempo isn’t known');
  });
});
