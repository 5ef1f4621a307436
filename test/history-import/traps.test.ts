import { describe, expect, it } from 'vitest';
import { extendedList, extendedRow, readFiles, readOne, TRACK_ID, zipOf } from '../support/given-history.ts';

const TS = Date.UTC(2025, 2, 2, 19, 4, 11);
const STAMP = TS / 1000;
const HOUR = 3600;
const NAMELESS = {
  master_metadata_track_name: null,
  master_metadata_album_artist_name: null,
  master_metadata_album_album_name: null,
  spotify_track_uri: null,
};
const offline = (changes: object = {}) => ({
  offline: true,
  offline_timestamp: STAMP - 2 * HOUR,
  ...changes,
});
const keysOf = async (...rows: object[]): Promise<string[]> =>
  (await readOne(extendedList(...(rows as Record<string, unknown>[])))).plays.map(({ key }) => key);

describe('offline_timestamp', () => {
  it.each([
    ['in seconds', STAMP - 2 * HOUR],
    ['in milliseconds', (STAMP - 2 * HOUR) * 1000 + 113],
  ])('%s says when a play offline ended, which ts does not', async (_what, stamp) => {
    const { plays } = await readOne(extendedList(offline({ offline_timestamp: stamp })));
    expect(plays[0]).toMatchObject({
      startedAt: TS - 2 * HOUR * 1000,
      endedAt: TS - 2 * HOUR * 1000 + 201_340,
      statedAt: TS,
    });
  });

  it.each([
    ['0', 0],
    ['nothing', null],
    ['a year before', STAMP - 365 * 24 * HOUR],
    ['a day behind', STAMP + 24 * HOUR],
    ['text', 'yesterday'],
  ])('of %s is not believed', async (_what, stamp) => {
    const { plays } = await readOne(extendedList(offline({ offline_timestamp: stamp })));
    expect(plays[0]).toMatchObject({ startedAt: null, endedAt: TS });
  });

  it('never puts an end behind ts, and leaves a play online where it was', async () => {
    const { plays } = await readOne(
      extendedList(offline({ offline_timestamp: STAMP + 60 }), { offline_timestamp: STAMP - 2 * HOUR }),
    );
    expect(plays.map(({ endedAt }) => endedAt)).toEqual([TS, TS]);
  });
});

describe('the key of a row', () => {
  it('parts plays of one track in one sync, and meets where two packages use two units', async () => {
    const [first, second, again] = await keysOf(
      offline(),
      offline({ offline_timestamp: STAMP - HOUR }),
      offline({ offline_timestamp: (STAMP - HOUR) * 1000 + 999 }),
    );
    expect(first).not.toBe(second);
    expect(second).toBe(again);
  });

  it('parts two rows of one second by length and by track', async () => {
    const keys = await keysOf(
      {},
      { ms_played: 0 },
      { spotify_track_uri: 'spotify:track:9aB1cD2eF3gH4iJ5kL6mN7' },
    );
    expect(new Set(keys).size).toBe(3);
  });

  it('is the same in the keys of 2023, 2024 and today', async () => {
    const today = extendedRow({ audiobook_title: null, audiobook_uri: null });
    const { ip_addr, platform, ...rest } = today;
    const before = { ...rest, username: 'x', platform: 'OS X 10.11.6 [x86 8]', ip_addr_decrypted: ip_addr };
    const { plays } = await readOne(JSON.stringify([today, rest, before]));
    expect(new Set(plays.map(({ key }) => key)).size).toBe(1);
    expect(platform).toBeDefined();
  });
});

describe('kinds of rows', () => {
  it.each([
    ['an episode', { ...NAMELESS, episode_name: 'x', spotify_episode_uri: 'spotify:episode:1' }, 'podcast'],
    ['a chapter', { ...NAMELESS, audiobook_chapter_uri: 'spotify:episode:1' }, 'audiobook'],
    ['nothing named', NAMELESS, 'no track'],
    [
      'an empty name',
      { ...NAMELESS, master_metadata_track_name: ' ', master_metadata_album_artist_name: 'x' },
      'no track',
    ],
    ['an id without names', { ...NAMELESS, spotify_track_uri: `spotify:track:${TRACK_ID}` }, 'play'],
    ['names without an id', { spotify_track_uri: null }, 'play'],
    ['a local file', { spotify_track_uri: 'spotify:local:a:b:c:1' }, 'play'],
    [
      'nulls everywhere',
      Object.fromEntries(Object.keys(extendedRow()).map((key) => [key, null])),
      'no track',
    ],
    [
      'nulls but for the track',
      { reason_end: null, skipped: null, shuffle: null, offline: null, ms_played: null, platform: null },
      'play',
    ],
    ['a private session', { incognito_mode: true }, 'play'],
    ['nothing listened to', { ms_played: 0 }, 'play'],
  ])('%s', async (_what, changes, fate) => {
    expect((await readOne(extendedList(changes))).fates).toEqual([fate]);
  });

  it('a video without a track’s id is known by its file alone; a music video is a play of its track', async () => {
    const rows = extendedList({ spotify_track_uri: null }, {});
    const { fates } = await readFiles({
      'Streaming_History_Video_2021.json': rows,
      'endvideo.json': rows,
      'Streaming_History_Audio_2021.json': rows,
    });
    expect(fates).toEqual(['video', 'play', 'video', 'play', 'play', 'play']);
  });

  it('a private session is said, and left to the listener', async () => {
    const { plays } = await readOne(extendedList({ incognito_mode: true }, { incognito_mode: null }));
    expect(plays.map(({ incognito }) => incognito)).toEqual([true, null]);
  });

  it('a lost track of the account data, and its podcasts and audiobooks, are no plays', async () => {
    const at = { endTime: '2026-01-07 21:15', msPlayed: 1 };
    const { fates } = await readOne(
      JSON.stringify([
        { ...at, artistName: 'Unknown Artist', trackName: 'Unknown Track' },
        { ...at, podcastName: 'x', episodeName: 'y' },
        { ...at, audiobookName: 'x', chapterName: 'y', authorName: 'z' },
        { ...at, artistName: 'x', trackName: 'y' },
      ]),
    );
    expect(fates).toEqual(['no track', 'podcast', 'audiobook', 'play']);
  });
});

describe('times and numbers that cannot be', () => {
  it.each([
    ['1970', { ts: '1970-01-01T00:00:00Z' }],
    ['the future', { ts: '2031-01-01T00:00:00Z' }],
    ['30 February', { ts: '2025-02-30T00:00:00Z' }],
    ['25 o’clock', { ts: '2025-02-20T25:00:00Z' }],
    ['no time', { ts: null }],
    ['a number for a time', { ts: 1_740_941_848 }],
    ['a negative length', { ms_played: -1 }],
    ['a length of weeks', { ms_played: 2 ** 53 }],
    ['a length in words', { ms_played: 'long' }],
    ['a length of many parts', { ms_played: { a: 1 } }],
  ])('%s is set aside with its reason, and costs no other row', async (_what, changes) => {
    const { fates, rows } = await readOne(extendedList({}, changes, {}));
    expect(fates).toEqual(['play', 'unreadable', 'play']);
    expect(rows[1]).toMatchObject({ reason: expect.stringMatching(/time|ms_played/) as string });
  });
});

describe('a ZIP as it comes', () => {
  const list = extendedList({}, {});

  it('is read whatever its folder and the ends of names, and twins and private files stay closed', async () => {
    const { files, fates } = await readOne(
      await zipOf({
        'MyData/': '',
        'MyData/endsong_0.json': list,
        'Spotify Account Data/StreamingHistory_music_0.json.json': list,
        'Spotify Account Data/Userdata.json': '{"email":"x@example.org"}',
        'Spotify Account Data/SearchQueries.json.json': list,
        'Spotify Account Data/Read_Me_First.pdf': '%PDF',
        '__MACOSX/MyData/._endsong_0.json': list,
        '__MACOSX/MyData/endsong_0.json': list,
        'MyData/._endsong_0.json': list,
        'renamed.txt': list,
      }),
      'my_spotify_data (1).zip',
    );
    expect(fates).toEqual(Array.from({ length: 6 }, () => 'play'));
    expect(files.map(({ file, rows, isOpened }) => [file.split('/').at(-1), rows, isOpened])).toEqual([
      ['endsong_0.json', 2, true],
      ['StreamingHistory_music_0.json.json', 2, true],
      ['Userdata.json', 0, false],
      ['SearchQueries.json.json', 0, false],
      ['Read_Me_First.pdf', 0, false],
      ['renamed.txt', 2, true],
    ]);
  });

  it('may be a ZIP in a ZIP, and one of several', async () => {
    const inner = await zipOf({ 'a.json': list });
    const { files, fates } = await readFiles({
      'outer.zip': await zipOf({ 'b/inner.zip': inner, 'c.json': list }),
      'deeper.zip': await zipOf({ 'outer.zip': await zipOf({ 'inner.zip': inner }) }),
      'other.zip': inner,
    });
    expect(fates).toHaveLength(8);
    expect(files.map(({ file }) => file)).toEqual([
      'outer.zip/b/inner.zip/a.json',
      'outer.zip/c.json',
      'deeper.zip/outer.zip/inner.zip/a.json',
      'other.zip/a.json',
    ]);
  });

  it('may give a folder content', async () => {
    const zip = await zipOf({ 'Folder/x': 'placeholder', 'a.json': list });
    const folder = Buffer.from(zip.toString('latin1').replaceAll('Folder/x', 'FolderX/'), 'latin1');
    const { fates, files } = await readOne(folder);
    expect([fates.length, files.map(({ faults }) => faults)]).toEqual([2, [[]]]);
  });
});
