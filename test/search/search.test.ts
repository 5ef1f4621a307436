import { beforeAll, describe, expect, it } from 'vitest';
import { listFoundTrackIds, TRACKS_PER_PAGE } from '../../src/search/find-tracks.ts';
import { searchArchive } from '../../src/search/search.ts';
import { listSuggestions } from '../../src/search/suggest.ts';
import { useDatabase } from '../support/database.ts';
import {
  insertArchiveTracks,
  insertArtistSnapshot,
  insertListener,
  insertSnapshot,
  insertTrack,
  type TrackFields,
} from '../support/factories.ts';

const test = useDatabase();
let alice: number;
let bob: number;

beforeAll(async () => {
  alice = await insertListener(test.db, 'alice');
  bob = await insertListener(test.db, 'bob');
});

/** Puts tracks, each with the id of its name unless it says otherwise, on a listener’s library. */
async function addToLibrary(userId: number, ...tracks: readonly TrackFields[]): Promise<void> {
  for (const track of tracks) {
    const trackId = await insertTrack(test.db, { trackId: track.name ?? 'untitled', ...track });
    await insertArchiveTracks(test.db, userId, [trackId]);
  }
}

const found = (text: string, userId = alice): Promise<string[]> =>
  listFoundTrackIds(test.db, userId, text, 100);

const near = async (text: string): Promise<string[]> => {
  const result = await searchArchive(test.db, alice, text, 1);
  return result.near ? result.tracks.map(({ track_id: trackId }) => trackId) : [];
};

const hits = async (text: string): Promise<string[]> => {
  const { tracks, mark } = await searchArchive(test.db, alice, text, 1);
  const marked = tracks.flatMap((track) => [
    mark(track.name ?? '', 'track'),
    mark(track.artist_name ?? '', 'artist'),
    mark(track.album_name ?? '', 'album'),
  ]);
  return marked.flat().flatMap(({ text: words, hit }) => (hit ? [words] : []));
};

describe('what is found', () => {
  beforeAll(async () => {
    await addToLibrary(
      alice,
      { trackId: 'in-track', name: 'Zanzibar Nights' },
      { trackId: 'in-artist', name: 'One', artistName: 'Zanzibar', popularity: 90 },
      { trackId: 'in-album', name: 'Two', albumName: 'Zanzibar', popularity: 95 },
      { trackId: 'title', name: 'Zanzibar', popularity: 1 },
      { trackId: 'stem', name: 'Zanzibars', popularity: 100 },
      {
        trackId: 'beyonce',
        name: 'Halo',
        artistName: 'Beyoncé',
        albumName: 'I Am… Sasha Fierce',
        releaseDate: '2008-11-18',
      },
      { trackId: 'halo-other', name: 'Halo Halo', artistName: 'Somebody', releaseDate: '2019-06-01' },
      {
        trackId: 'running',
        name: 'Running Up That Hill',
        artistName: 'Kate Bush',
        releaseDate: '1985-08-05',
      },
      { trackId: 'run', name: 'Run', artistName: 'Snow Patrol', albumName: 'Final Straw' },
      { trackId: 'acdc', name: 'Back in Black', artistName: 'AC/DC' },
      { trackId: 'dont', name: 'Don’t Stop Me Now', artistName: 'Queen', albumName: 'Jazz' },
      { trackId: 'yoasobi', name: '夜に駆ける', artistName: 'YOASOBI' },
      { trackId: 'korean', name: '사랑은 늘 도망가', artistName: '임영웅' },
      { trackId: 'cyrillic', name: 'Ещё раз про любовь', artistName: 'Земфира' },
      { trackId: 'arabic', name: 'حبيبي', artistName: 'عمرو دياب' },
      { trackId: 'thai', name: 'ความรักสีดำ' },
      { trackId: 'with-vowels', name: 'أَنْتَ عُمْرِي', artistName: 'أُمّ كُلْثُوم' },
      { trackId: 'niqqud', name: 'יְרוּשָׁלַיִם שֶׁל זָהָב' },
      { trackId: 'what', name: 'What About Us', artistName: 'P!nk', popularity: 99 },
      { trackId: 'pink-artist', name: 'Lights', artistName: 'Pink' },
      { trackId: 'tik-tok', name: 'TiK ToK', artists: ['ke$ha'] },
      { trackId: 'asap', name: 'Praise the Lord', artistName: 'A$AP Rocky' },
      { trackId: 'hindi', name: 'नमस्ते इंग्लैंड' },
      { trackId: 'divide', name: '÷', artistName: 'Ed' },
      { trackId: 'questions', name: '???' },
      { trackId: 'percent', name: '100% _pure_ \\o/' },
      { trackId: 'untitled', name: null, artistName: 'Nameless Ones' },
    );
  });

  it('in the track’s name comes first, then in the artists’, then in the album’s, stems last', async () => {
    expect(await found('zanzibar')).toEqual(['title', 'in-track', 'in-artist', 'in-album', 'stem']);
  });

  it.each(['Beyonce', 'BEYONCÉ', 'beyoncé', 'beyonce\u0301'])(
    'does not ask for accents or capitals: %s',
    async (text) => {
      expect(await found(text)).toEqual(['beyonce']);
    },
  );

  it.each([
    ['أنت عمري', 'with-vowels'],
    ['أَنْتَ عُمْرِي', 'with-vowels'],
    ['أم كلثوم', 'with-vowels'],
    ['أنـــت', 'with-vowels'],
    ['ירושלים של זהב', 'niqqud'],
    ['יְרוּשָׁלַיִם', 'niqqud'],
  ])('does not ask for vowel signs: %s', async (text, trackId) => {
    expect(await found(text)).toEqual([trackId]);
  });

  it('takes signs of names for the letters they stand for, after what is written in letters', async () => {
    expect(await found('pink')).toEqual(['pink-artist', 'what']);
    expect(await found('artist:pink about')).toEqual(['what']);
    expect(await found('track:pink')).toEqual([]);
    expect(await found('p!nk')).toEqual(['what']);
    expect(await found('kesha')).toEqual(['tik-tok']);
    expect(await found('asap rocky')).toEqual(['asap']);
    expect(await hits('asap')).toEqual(['A$AP']);
    const { artists } = await searchArchive(test.db, alice, 'kesha', 1);
    expect(artists.map(({ name }) => name)).toEqual(['KE$HA']);
    expect(await listSuggestions(test.db, alice, 'kes')).toContainEqual(
      expect.objectContaining({ kind: 'artist', name: 'KE$HA' }),
    );
  });

  it('needs every word, wherever it stands', async () => {
    expect(await found('halo beyonce')).toEqual(['beyonce']);
    expect(await found('halo sasha')).toEqual(['beyonce']);
    expect(await found('halo queen')).toEqual([]);
  });

  it('has the words’ stems where they help, after the exact words', async () => {
    expect(await found('run')).toEqual(['run', 'running']);
    expect(await found('running')).toEqual(['running', 'run']);
  });

  it('keeps a phrase together, without stems', async () => {
    expect(await found('"up that hill"')).toEqual(['running']);
    expect(await found('"that up hill"')).toEqual([]);
    expect(await found('"run up"')).toEqual([]);
  });

  it('leaves out what a minus takes away', async () => {
    expect(await found('halo')).toEqual(['beyonce', 'halo-other']);
    expect(await found('halo -beyonce')).toEqual(['halo-other']);
    expect(await found('halo -"halo halo"')).toEqual(['beyonce']);
    expect(await found('-halo')).toEqual([]);
  });

  it('takes either side of an or', async () => {
    expect(new Set(await found('beyonce or queen'))).toEqual(new Set(['beyonce', 'dont']));
    expect(await found('halo beyonce or queen')).toEqual(['beyonce']);
  });

  it('looks in one field where one is named', async () => {
    expect(await found('artist:zanzibar')).toEqual(['in-artist']);
    expect(await found('album:zanzibar')).toEqual(['in-album']);
    expect(await found('track:zanzibar')).toEqual(['title', 'in-track']);
    expect(await found('artist:"kate bush"')).toEqual(['running']);
    expect(await found('artist:kate hill')).toEqual(['running']);
    expect(await found('-artist:beyonce halo')).toEqual(['halo-other']);
  });

  it('keeps to the years asked for, also without a word', async () => {
    expect(await found('halo year:2019')).toEqual(['halo-other']);
    expect(await found('halo year:2008-2019')).toEqual(['beyonce', 'halo-other']);
    expect(await found('year:1985')).toEqual(['running']);
    expect(await found('year:1985-2008')).toHaveLength(2);
    expect(await found('year:1000')).toEqual([]);
  });

  it.each([
    ['acdc', 'acdc'],
    ['ac/dc', 'acdc'],
    ['ac dc', 'acdc'],
    ['artist:acdc', 'acdc'],
    ['dont stop', 'dont'],
    ["don't stop", 'dont'],
    ['don’t', 'dont'],
    ['夜に駆ける', 'yoasobi'],
    ['駆け', 'yoasobi'],
    ['駆', 'yoasobi'],
    ['yoasobi 夜', 'yoasobi'],
    ['사랑', 'korean'],
    ['еще', 'cyrillic'],
    ['ЛЮБОВЬ', 'cyrillic'],
    ['حبيبي', 'arabic'],
    ['รัก', 'thai'],
    ['नमस्ते', 'hindi'],
    ['÷', 'divide'],
    ['"???"', 'questions'],
    ['???', 'questions'],
    ['100%', 'percent'],
    ['\\o/', 'percent'],
    ['nameless', 'untitled'],
  ])('%s finds it, whatever its letters', async (text, trackId) => {
    expect(await found(text)).toContain(trackId);
  });

  it('takes signs for what they are: none is a pattern or an operator', async () => {
    for (const sign of ['%', '_', '%%%', '\\', '!', ':*', '&', '|', '<->', '(', "'", '"', '*'])
      expect(
        (await found(sign)).filter(
          (id) => !['percent', 'questions', 'acdc', 'divide', 'dont', 'what'].includes(id),
        ),
      ).toEqual([]);
    expect(await found('駆る')).toEqual([]);
    expect(await found('simon & halo')).toEqual([]);
    expect(await found('halo & beyonce')).toEqual(['beyonce']);
  });

  it('is the listener’s own alone', async () => {
    await addToLibrary(bob, { trackId: 'bobs', name: 'Zanzibar of Bob', artistName: 'Zanzibar' });
    expect(await found('zanzibar', bob)).toEqual(['bobs']);
    expect(await found('bob')).toEqual([]);
    expect(await listSuggestions(test.db, alice, 'bo')).toEqual([]);
    expect(await near('zanzibar bobb')).not.toContain('bobs');
  });

  it('forgives a typo, and says so', async () => {
    expect(await near('beyonse')).toEqual(['beyonce']);
    expect(await near('zemfira')).toEqual([]);
    expect((await near('runing hill'))[0]).toBe('running');
    expect((await near('zanzibr'))[0]).toBe('title');
    expect(await near('halo')).toEqual([]);
    expect(await near('beyonse -halo')).toEqual([]);
    expect(await near('beyonse year:1999')).toEqual([]);
    expect(await near('xqzwv')).toEqual([]);
  });

  it('marks the words that were found, as the name writes them', async () => {
    expect(await hits('beyonce halo year:2008')).toEqual(['Halo', 'Beyoncé']);
    expect(await hits('running artist:kate')).toEqual(['Running', 'Kate']);
    expect(await hits('runs artist:"kate bush"')).toEqual(['Running', 'Kate Bush']);
    expect(await hits('acdc')).toEqual(['AC/DC']);
    expect(await hits('駆け')).toEqual(['駆け']);
    expect(await hits('dont stop')).toEqual(['Don’t Stop']);
    expect(await hits('artist:zanzibar')).toEqual(['Zanzibar']);
    expect(await hits('beyonse')).toEqual(['Beyoncé']);
    expect(await hits('"that hill"')).toEqual(['That Hill']);
  });
});

describe('an order without ties', () => {
  it('is by popularity, then by what was listed last', async () => {
    const carol = await insertListener(test.db, 'carol');
    const tracks = [];
    for (const popularity of [10, null, 80, 10, null])
      tracks.push(
        await insertTrack(test.db, { name: 'Same Song', popularity, trackId: `same-${tracks.length}` }),
      );
    await insertArchiveTracks(test.db, carol, tracks);
    await insertSnapshot(test.db, carol, { date: '2024-01-01' }, ['same-0', 'same-1']);
    await insertSnapshot(test.db, carol, { date: '2025-01-01' }, ['same-3']);
    expect(await found('same song', carol)).toEqual(['same-2', 'same-3', 'same-0', 'same-1', 'same-4']);
    expect(await listFoundTrackIds(test.db, carol, 'same song', 2)).toEqual(['same-2', 'same-3']);
    const { tracks: shown } = await searchArchive(test.db, carol, 'same song', 1);
    expect(shown.map(({ track_id: id }) => id)).toEqual(await found('same song', carol));
    expect(shown[2]).toMatchObject({ best_rank: 1, last_listed_date: '2024-01-01' });
  });

  it('is the same over all pages, none twice and none left out', async () => {
    const dave = await insertListener(test.db, 'dave');
    const total = TRACKS_PER_PAGE * 2 + 5;
    const names = Array.from({ length: total }, (_, n) => ({ trackId: `paged-${n}`, name: `Paged ${n}` }));
    await addToLibrary(dave, ...names);
    const ids: string[] = [];
    for (const page of [1, 2, 3]) {
      const result = await searchArchive(test.db, dave, 'paged', page);
      expect(result.found).toBe(total);
      ids.push(...result.tracks.map(({ track_id: id }) => id));
    }
    expect(new Set(ids).size).toBe(total);
    expect(ids).toEqual(await found('paged', dave));
  });
});

describe('artists', () => {
  it('are found by their own names, those with most tracks first', async () => {
    const erin = await insertListener(test.db, 'erin');
    await addToLibrary(
      erin,
      { trackId: 'm1', name: 'A', artists: ['miles davis', 'gil evans'] },
      { trackId: 'm2', name: 'B', artists: ['miles davis'] },
      { trackId: 'm3', name: 'C', artists: ['miles kane'] },
      { trackId: 'm4', name: 'Miles Away', artists: ['kate'] },
    );
    const artists = async (text: string) =>
      (await searchArchive(test.db, erin, text, 1)).artists.map(({ name, tracks }) => `${name} ${tracks}`);
    expect(await artists('miles')).toEqual(['MILES DAVIS 2', 'MILES KANE 1']);
    expect(await artists('artist:"miles davis"')).toEqual(['MILES DAVIS 2']);
    expect(await artists('gil')).toEqual(['GIL EVANS 1']);
    expect(await artists('track:miles')).toEqual([]);
    expect(await artists('miles year:2019')).toEqual([]);
    expect((await searchArchive(test.db, erin, 'miles', 1)).artists[0]?.found).toBe(2);
  });

  it('are found where only Spotify’s lists of artists name them, as long as these do', async () => {
    const frank = await insertListener(test.db, 'frank');
    await insertArtistSnapshot(test.db, frank, { date: '2026-11-01' }, ['nina simone', 'nina hagen']);
    const listed = async (userId = frank) => {
      const { artists } = await searchArchive(test.db, userId, 'nina', 1);
      return artists.map(({ name, tracks }) => `${name} ${tracks}`);
    };
    expect(await listed()).toEqual(['NINA HAGEN 0', 'NINA SIMONE 0']);
    expect(await listed(bob)).toEqual([]);
    expect(await listSuggestions(test.db, frank, 'nin')).toHaveLength(2);
    await test.db.execute(`UPDATE artists SET name = 'Eunice Waymon' WHERE artist_id = 'nina simone'`);
    expect(await listed()).toEqual(['NINA HAGEN 0']);
    await test.db.execute(`INSERT INTO hidden_artists (user_id, artist_id) VALUES ($1, 'nina hagen')`, [
      frank,
    ]);
    expect(await listed()).toEqual([]);
    await test.db.execute('DELETE FROM hidden_artists WHERE user_id = $1', [frank]);
    await test.db.execute(
      `UPDATE artist_snapshots SET artist_id = 'gil evans' WHERE artist_id = 'nina hagen'`,
    );
    expect(await listed()).toEqual([]);
    await test.db.execute(`UPDATE artists SET name = 'Nina Simone' WHERE artist_id = 'nina simone'`);
    expect(await listed()).toEqual(['Nina Simone 0']);
    await test.db.execute(`DELETE FROM artist_snapshots WHERE artist_id = 'nina simone'`);
    expect(await listed()).toEqual([]);
  });
});

describe('suggestions', () => {
  const offered = async (text: string) =>
    (await listSuggestions(test.db, alice, text)).map(({ kind, name }) => `${kind} ${name}`);

  it('are what begins with the words typed so far', async () => {
    expect(await offered('zanz')).toEqual([
      'track Zanzibars',
      'track Zanzibar',
      'track Zanzibar Nights',
      'track Two',
      'track One',
      'album Zanzibar',
    ]);
    expect(await offered('halo bey')).toEqual(['track Halo']);
    expect(await offered('bey')).toEqual(['track Halo']);
    expect(await offered('駆')).toEqual(['track 夜に駆ける']);
    expect(await offered('acd')).toEqual(['track Back in Black']);
  });

  it.each(['', ' ', 'z', '-zan', '!', 'year:2019', ':*'])('are none for %j', async (text) => {
    expect(await offered(text)).toEqual([]);
  });
});
