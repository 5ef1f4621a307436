import { describe, expect, it } from 'vitest';
import * as helpers from '../../src/web/page/helpers.ts';
import type { Figures } from '../../src/figures/figures.ts';

it('a picture of Spotify’s is taken from a stand-in where there is one, and no other address is', () => {
  const drawn = helpers.artUrlAt('http://127.0.0.1:4000');
  expect(drawn('https://i.scdn.co/image/abc')).toBe('http://127.0.0.1:4000/image/abc');
  expect(drawn('https://evil.example/image/abc')).toBeNull();
  expect(helpers.artUrlAt(null)('https://i.scdn.co/image/abc')).toBe('https://i.scdn.co/image/abc');
});

describe('numbers', () => {
  it('are grouped, counted and shared as in a text', () => {
    expect(helpers.formatNumber(1872)).toBe('1,872');
    expect(helpers.plural(1, 'track')).toBe('1 track');
    expect(helpers.plural(0, 'track')).toBe('0 tracks');
    expect(helpers.plural(1872, 'entry', 'entries')).toBe('1,872 entries');
    expect(helpers.formatFeature(0.6510476)).toBe('0.65');
    expect(helpers.formatFeature(null)).toBe('not known');
  });

  it.each([
    [675, 1872, '36%'],
    [0, 0, '0%'],
    [1, 1872, 'under 1%'],
    [1871, 1872, 'over 99%'],
    [5, 5, '100%'],
  ])('%d of %d is %s', (part, whole, expected) => {
    expect(helpers.formatPercent(part, whole)).toBe(expected);
  });

  it('say from how many tracks they speak', () => {
    expect(helpers.coverage(1664, 1872, 'audio features')).toBe('1,664 of 1,872 tracks have audio features');
    expect(helpers.coverage(1, 1, 'a release date')).toBe('1 of 1 track has a release date');
  });

  it.each([
    [0, '0:00'],
    [185_000, '3:05'],
    [3_729_000, '1:02:09'],
    [59_600, '1:00'],
  ])('%d ms is %s', (milliseconds, expected) => {
    expect(helpers.formatDuration(milliseconds)).toBe(expected);
  });
});

describe('dates', () => {
  it('of the database stay the day they are', () => {
    expect(helpers.formatDate('2024-03-14')).toBe('14 March 2024');
    expect(helpers.formatDate('2024-03-14', 'America/Los_Angeles')).toBe('14 March 2024');
    expect(helpers.formatMonth('2024-03-01')).toBe('March 2024');
  });

  it('of an instant are read where the listener is', () => {
    const instant = new Date('2024-03-14T23:30:00Z');
    expect(helpers.formatDate(instant)).toBe('14 March 2024');
    expect(helpers.formatDate(instant, 'Asia/Tokyo')).toBe('15 March 2024');
  });

  it('that are none say so', () => {
    expect(helpers.formatDate('0000-13-99')).toBe('unknown date');
  });
});

describe('JSON in a page', () => {
  it('cannot end its element and reads back as it was', () => {
    const data = { name: '</script><!--<script>\u2028\u2029', list: [1, null] };
    const json = helpers.jsonForScript(data);
    expect(json).not.toMatch(/[<\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual(data);
  });

  it('is null for what has no JSON', () => {
    expect(helpers.jsonForScript(undefined)).toBe('null');
  });
});

describe('addresses', () => {
  it('lead to Spotify or nowhere', () => {
    const good = 'https://open.spotify.com/track/5ZEWc4J0LPqIiJJy00d4AI';
    expect(helpers.spotifyLink(good)).toBe(good);
  });

  it.each([
    'http://open.spotify.com/track/1',
    'https://open.spotify.com.evil.example/',
    'https://open.spotify.com:8443/',
    'https://me@open.spotify.com/',
    'https://evil.example/?https://open.spotify.com/',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)//https://open.spotify.com/',
    '//open.spotify.com/',
    '',
    null,
    undefined,
    7,
  ])('%j is not followed', (url) => {
    expect(helpers.spotifyLink(url)).toBeNull();
  });

  it.each([
    'https://i.scdn.co/image/a',
    'https://mosaic.scdn.co/640/b',
    'https://image-cdn-ak.spotifycdn.com/c',
  ])('%s may be shown', (url) => {
    expect(helpers.artUrl(url)).toBe(url);
  });

  it.each([
    'http://i.scdn.co/image/a',
    'https://evil.scdn.co/',
    'https://spotifycdn.com/',
    'https://notspotifycdn.com/',
    'data:image/png;base64,',
    'https://i.scdn.co.evil.example/',
  ])('%s may not be shown', (url) => {
    expect(helpers.artUrl(url)).toBeNull();
  });

  it.each(['2d9BCZeAAhiZWPpbX9aPCW', 'AC/DC', '..', '?', '%', '\uD800 alone', 'ä'.repeat(300), '', null])(
    'a cover can be asked for by %j',
    (seed) => {
      const address = helpers.coverUrl(seed);
      expect(address).toMatch(/^\/covers\/[^/?#]+\.svg$/);
      expect(decodeURIComponent(address).length).toBeLessThanOrEqual('/covers/.svg'.length + 200);
    },
  );
});

describe('a title', () => {
  it.each([
    ['Church (feat. Teddy Verseti) - Remix', 'Church', ' (feat. Teddy Verseti) - Remix'],
    ['Get Up Stand Up - Live', 'Get Up Stand Up', ' - Live'],
    ['ア・ソング・フォー・ユー (Live) [Remastered]', 'ア・ソング・フォー・ユー', ' (Live) [Remastered]'],
    ['(I Can’t Get No) Satisfaction', '(I Can’t Get No) Satisfaction', ''],
    ['Jay-Z', 'Jay-Z', ''],
    ['Love (Sic) Pt. 3', 'Love', ' (Sic) Pt. 3'],
    [null, 'Untitled', ''],
    ['  ', 'Untitled', ''],
  ])('%j is set as a headline and what follows', (name, main, rest) => {
    expect(helpers.splitTitle(name)).toEqual({ main, rest });
  });

  it('is set smaller the longer it is, and wide letters count twice', () => {
    expect(helpers.headlineSize('Numb')).toBe('short');
    expect(helpers.headlineSize('Strangers In The Night')).toBe('medium');
    expect(helpers.headlineSize('戦場のメリークリスマス')).toBe('medium');
    expect(helpers.headlineSize('Songs About Me, Songs About You, Songs')).toBe('long');
  });
});

describe('movement', () => {
  it.each([
    [{ kind: 'up', places: 3 }, '3', 'up 3 places'],
    [{ kind: 'down', places: 1 }, '1', 'down 1 place'],
    [{ kind: 'back', months: 5 }, 'back after 5 months', 'back after 5 months'],
    [{ kind: 'back', months: 1 }, 'back after 1 month', 'back after 1 month'],
    [{ kind: 'back', months: 0 }, 'back', 'back'],
    [{ kind: 'back', months: 33 }, 'back after 2 years', 'back after 2 years'],
    [{ kind: 'new' }, 'new', 'new'],
    [{ kind: 'same' }, '–', 'unchanged'],
    [{ kind: 'unknown' }, '', ''],
  ] as const)('%j is seen and said', (movement, short, words) => {
    expect(helpers.movementLabel(movement)).toMatchObject({ kind: movement.kind, short, words });
  });

  it('is summed up, leaving out what did not happen', () => {
    expect(helpers.movementTally([{ kind: 'new' }, { kind: 'up', places: 2 }, { kind: 'new' }])).toEqual([
      { words: 'new', count: 2 },
      { words: 'up', count: 1 },
    ]);
  });
});

const NOTHING: Figures = {
  tracks: 120,
  hidden: 0,
  artists: 0,
  with_features: 0,
  energy: { average: null, known: 0 },
  valence: { average: null, known: 0 },
  danceability: { average: null, known: 0 },
  energy_distribution: { high: 0, medium: 0, low: 0 },
  decades: [],
  release_dates_known: 0,
  explicit: { tracks: 0, known: 0 },
  popularity_known: 0,
  most_popular: [],
  top_artists: [],
};

const ARCHIVE: Figures = {
  ...NOTHING,
  tracks: 1872,
  with_features: 1664,
  energy: { average: 0.63, known: 1664 },
  valence: { average: 0.47, known: 1664 },
  danceability: { average: 0.6, known: 1664 },
  energy_distribution: { high: 403, medium: 819, low: 442 },
  decades: [
    { decade: 1960, tracks: 3 },
    { decade: 2010, tracks: 1175 },
  ],
  release_dates_known: 1872,
  explicit: { tracks: 675, known: 1872 },
  top_artists: [
    { artist_id: 'a', name: 'Pink Floyd', tracks: 18, appearances: 108, best_rank: 14 },
    { artist_id: 'b', name: null, tracks: 1, appearances: 3, best_rank: null },
  ],
};

const LIST: Figures = {
  ...ARCHIVE,
  energy: { average: 0.7, known: 42 },
  valence: { average: 0.3, known: 42 },
  danceability: { average: 0.61, known: 42 },
  explicit: { tracks: 15, known: 50 },
};

describe('findings', () => {
  it('compare the list with the archive', () => {
    expect(helpers.profileFinding(LIST, ARCHIVE)).toMatch(
      /archive.* higher in energy, lower in valence and about the same in danceability\.$/,
    );
    expect(helpers.profileFinding(null, ARCHIVE)).toBe(
      'On average: energy 0.63, valence 0.47 and danceability 0.60.',
    );
  });

  it('say what leads and from how many tracks', () => {
    expect(helpers.energyFinding(ARCHIVE)).toBe('Mostly medium energy: 819 of 1,664 tracks (49%).');
    expect(helpers.decadesFinding(ARCHIVE)).toMatch(
      /2010s lead with 1,175 of 1,872 tracks \(63%\)\..* oldest .*1960s\.$/,
    );
    expect(helpers.explicitFinding(LIST, ARCHIVE)).toBe(
      '36% explicit: 675 of 1,872 tracks in the archive; in this list 30%.',
    );
    expect(helpers.artistsFinding(ARCHIVE)).toContain('leads with 108 places from 18 tracks');
  });

  it('say so where nothing is known', () => {
    expect(helpers.profileFinding(NOTHING, NOTHING)).toBe('No track has audio features yet.');
    expect(helpers.energyFinding(NOTHING)).toMatch(/energy.* known/i);
    expect(helpers.decadesFinding(NOTHING)).toMatch(/release date.* known/i);
    expect(helpers.explicitFinding(NOTHING, NOTHING)).toMatch(/explicit.* known/i);
    expect(helpers.artistsFinding(NOTHING)).toMatch(/artist.* known/i);
  });
});

describe('a chart’s table', () => {
  it('has a line per label and a column per series, whichever labels each has', () => {
    const series = helpers.chartSeries(
      { labels: ['2010s'], data: [4] },
      { labels: ['1960s', '2010s'], data: [3, 1175] },
    );
    expect(helpers.chartTable(series, 'Decade')).toEqual({
      head: ['Decade', 'This list', 'Whole archive'],
      rows: [
        ['1960s', '0', '3'],
        ['2010s', '4', '1,175'],
      ],
    });
  });

  it('shows what is not known as not known', () => {
    const series = helpers.chartSeries(null, { labels: ['Energy'], data: [null] });
    expect(helpers.chartTable(series, 'Average').rows).toEqual([['Energy', 'not known']]);
  });
});

describe('permissions', () => {
  it('are said in words', () => {
    expect(helpers.permissionWords('user-top-read brand-new-scope')).toBe(
      'reading your top tracks, brand-new-scope',
    );
  });
});

describe('when a move ended and how long it took', () => {
  it('is said in the listener’s own time', () => {
    const instant = new Date('2026-11-20T23:30:00Z');
    expect(helpers.formatInstant(instant)).toBe('20 November 2026 at 23:30');
    expect(helpers.formatInstant(instant, 'Asia/Tokyo')).toBe('21 November 2026 at 08:30');
    expect(helpers.formatDays('2026-11-20', instant)).toBe('20 November 2026');
    expect(helpers.formatDays('2026-11-20', instant, 'Asia/Tokyo')).toBe(
      '20 November 2026 to 21 November 2026',
    );
  });

  it.each([
    [0.4, 'under a second'],
    [1.2, '1 second'],
    [59.4, '59 seconds'],
    [60, '1 minute'],
    [125, '2 minutes 5 seconds'],
  ])('reads %f seconds as %s', (seconds, words) => expect(helpers.formatSeconds(seconds)).toBe(words));
});
