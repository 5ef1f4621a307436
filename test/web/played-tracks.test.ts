import { dayIn } from '../../src/calendar.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { useCast } from '../support/app.ts';
import {
  insertEmptyHistoryImport,
  insertListens,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';

const test = useCast();

const listens = (track: string, days: readonly string[], ms: number | null = 120_000) =>
  days.map((day) => ({ at: `${day}T22:30:00Z`, track, ms }));

beforeAll(async () => {
  const sound = { energy: 0.9, valence: 0.9, danceability: 0.5 };
  await insertTrack(test.db, { trackId: 'listed', name: 'Song listed', artists: ['ann'], features: sound });
  await insertTrack(test.db, { trackId: 'played', name: 'Song played', artists: ['ann'], features: sound });
  await insertTrack(test.db, { trackId: 'hardly', name: 'Song hardly', artists: ['ann', 'ben'] });
  await insertTrack(test.db, { trackId: 'bobs', name: 'Song of Bob', artists: ['ann'], features: sound });
  await insertSnapshot(test.db, test.aliceId, { date: '2024-03-14' }, ['listed']);
  const imported = await insertEmptyHistoryImport(test.db, test.aliceId);
  await insertListens(
    test.db,
    test.aliceId,
    [
      ...listens('played', ['2015-01-31', '2016-05-01', '2017-12-31']),
      ...listens('hardly', ['2016-01-01'], 5_000),
    ],
    imported,
  );
  await insertListens(test.db, test.bobId, listens('bobs', ['2015-01-31', '2016-05-01'], null));
});

const textOf = async (path: string, visitor = test.alice): Promise<string> =>
  (await visitor.get(path).expect(200)).text;
const wordsOf = async (path: string, visitor = test.alice): Promise<string> =>
  (await textOf(path, visitor)).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const tracksOn = async (path: string, visitor = test.alice): Promise<string[]> => [
  ...new Set(
    [...(await textOf(path, visitor)).matchAll(/href="\/tracks\/(\w+)"/g)].map(([, id]) => String(id)),
  ),
];

describe('a track that was only played', () => {
  it('has a page that tells how often and how long, when first and when last', async () => {
    const words = await wordsOf('/tracks/played');
    expect(words).toMatch(/never been in your top lists.* played it 3 times/);
    expect(words).toMatch(/Plays 3 .*6 minutes .*31 January 2015 .*31 December 2017/);
    expect(await wordsOf('/tracks/listed')).toContain('no plays of this track');
  });

  it('counts by the rule of its listener, which is said', async () => {
    expect(await wordsOf('/tracks/hardly')).toContain('no plays of this track');
    await test.db.execute(`UPDATE users SET counted_plays = 'any' WHERE user_id = $1`, [test.aliceId]);
    expect(await wordsOf('/tracks/hardly')).toMatch(/Every play counts.*Plays 1 .*0 minutes/);
    await test.db.execute(`UPDATE users SET counted_plays = '30 seconds' WHERE user_id = $1`, [test.aliceId]);
  });

  it('is on its artist’s page, after those in lists', async () => {
    expect((await tracksOn('/artists/ann')).filter((id) => id !== 'bobs')).toEqual([
      'listed',
      'played',
      'hardly',
    ]);
    expect(await wordsOf('/artists/ann')).toMatch(/Plays 3 .*6 minutes .*31 January 2015/);
    expect(await wordsOf('/artists/ann', test.bob)).toMatch(/Played 2 times, never listed/);
  });

  it('is found by name, by mood, by sound and by how often and when it was played', async () => {
    for (const path of [
      '/search?q=played',
      '/mood/happy',
      '/tracks/listed',
      '/explore?plays_from=1',
      '/explore?minutes_from=6&minutes_to=6',
      '/explore?first_played_from=2015-01&first_played_to=2015-01',
    ])
      expect([path, (await tracksOn(path)).includes('played')]).toEqual([path, true]);
    expect(await tracksOn('/explore?sort=-plays')).toEqual(['played', 'listed', 'hardly']);
    expect(await tracksOn('/explore?plays_to=0')).toEqual(['listed', 'hardly']);
    expect(await tracksOn('/explore?plays_from=1', test.bob)).toEqual(['bobs']);
    expect(await wordsOf('/explore?sort=-minutes', test.bob)).toMatch(/Song of Bob.*not known/);
  });

  it('is shown by a search with what its plays come to, the most played first where none was in a list', async () => {
    expect(await wordsOf('/search?q=song')).toMatch(
      /Song listed.*Song played.*3 plays · 6 minutes Never listed.*Song hardly/,
    );
  });

  it('is in the file of Explore and in playlists made of it, with what its plays come to', async () => {
    const csv = (await test.alice.get('/explore.csv?plays_from=1').expect(200)).text;
    expect(csv).toMatch(/played.*,3,360000,0,2015-01-31T22:30:00.000Z,2017-12-31T22:30:00.000Z/);
    expect(await tracksOn('/playlists/new?from=explore&plays_from=1')).toEqual(['played']);
  });

  it('stands in the history with its time and the file it came from', async () => {
    const words = await wordsOf('/history?from=2016-01-01&to=2016-12-31');
    expect(words).toMatch(/1 track · 6 minutes · since 31 January 2015/);
    expect(words).toMatch(/In this time: 1 play · 2 minutes\. A play counts [^.]*30 seconds/);
    expect(words).toMatch(/2:00 listened.* Spotify’s extended history/);
  });

  it('is on the dashboard some years after, though no list is kept', async () => {
    const then = dayIn('UTC').replace(/^\d+/, (year) => String(Number(year) - 10));
    await insertListens(test.db, test.bobId, [{ at: `${then}T12:00:00Z`, track: 'bobs' }]);
    expect(await wordsOf('/dashboard', test.bob)).toMatch(
      /Played on this day.*10 years ago.*Song of Bob.*1 of 1 play on/,
    );
    expect(await wordsOf('/dashboard')).not.toContain('Played on this day');
  });

  it('at least so often, where the history has a gap', async () => {
    await test.db.execute(
      `INSERT INTO play_gaps (user_id, after_played_at, before_played_at) VALUES ($1, '2016-05-20', '2016-05-22')`,
      [test.aliceId],
    );
    expect(await wordsOf('/tracks/played')).toMatch(/at least 3 .*at least 6 minutes/);
    await test.db.execute('DELETE FROM play_gaps');
  });
});

describe('where a track was played from', () => {
  const playFrom = (day: string, uri: string | null) =>
    test.db.execute(
      `INSERT INTO plays (user_id, played_at, track_id, context, raw_json) VALUES ($1, $2, 'listed', $3, '{}')`,
      [test.aliceId, `${day}T10:00:00Z`, uri === null ? null : JSON.stringify({ type: 'any', uri })],
    );
  const PLACES = [
    ['spotify:playlist:ownLIST', 3, 'Kept <list>', '/playlists/kept'],
    ['spotify:artist:ann', 2, 'ANN', '/artists/ann'],
    [
      'spotify:playlist:unknownLIST',
      2,
      'A playlist on Spotify',
      'https://open.spotify.com/playlist/unknownLIST',
    ],
    ['spotify:user:alice:collection', 1, 'Liked Songs', 'https://open.spotify.com/collection/tracks'],
    [
      'spotify:user:ann:playlist:annsLIST',
      1,
      'A playlist on Spotify',
      'https://open.spotify.com/playlist/annsLIST',
    ],
    ['spotify:artist:stranger', 1, 'An artist on Spotify', 'https://open.spotify.com/artist/stranger'],
    ['javascript:alert(1)', 1, 'Somewhere else', null],
  ] as const;

  it('is told by names where they are known, and of how many plays', async () => {
    await test.db.execute(
      `INSERT INTO playlists (user_id, playlist_id, name, origin, spotify_playlist_id) VALUES ($1, 'kept', 'Kept <list>', 'old-archive', 'ownLIST')`,
      [test.aliceId],
    );
    let day = 10;
    for (const [uri, times] of PLACES)
      for (let n = 0; n < times; n += 1) await playFrom(`2018-03-${(day += 1)}`, uri);
    await playFrom('2018-04-01', null);
    for (const path of ['/tracks/listed', '/artists/ann']) {
      const page = await textOf(path);
      for (const [, times, words, href] of PLACES) {
        expect(page).toMatch(
          new RegExp(
            `>${words.replace('<', '&lt;').replace('>', '&gt;')}(</a>)?( <span class="note">\\w+</span>)?</span> <span>${times} play`,
          ),
        );
        expect(page).toContain(href === null ? words : `href="${href}"`);
      }
      expect(page).not.toContain('javascript:alert');
    }
    const known = PLACES.reduce((sum, [, times]) => sum + times, 0);
    expect(await wordsOf('/tracks/listed')).toContain(`${known} of ${known + 1} plays`);
    expect(await wordsOf('/tracks/played')).toMatch(/Not known for any play/);
  });
});
