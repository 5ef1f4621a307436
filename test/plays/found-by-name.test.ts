import { beforeAll, expect, it } from 'vitest';
import { listPlays } from '../../src/plays/history.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertPlays, insertTrack } from '../support/factories.ts';

const test = useDatabase();
const NAMES = [
  'Café Society',
  'CAFE\u0301S of İstanbul',
  'naïve, x',
  '100% the_r / Rock’n’Roll',
  'the r',
  '珈琲abc と',
  'ſtone ½ Kelvin',
  'o',
];
let userId: number;

beforeAll(async () => {
  userId = await insertListener(test.db, 'alice');
  const bob = await insertListener(test.db, 'bob');
  for (const [at, name] of NAMES.entries()) {
    await insertTrack(test.db, { trackId: `t${at}`, name, artistName: 'Éva & the Näive', artists: ['eva'] });
    for (const whose of [userId, bob])
      await insertPlays(test.db, whose, [[`2026-01-01T10:0${at}:00Z`, `t${at}`]]);
  }
});

const WORDS = [
  'cafe',
  'Café',
  'CAFE\u0301',
  'cafe\u0301s',
  'afe',
  'é',
  'İst',
  'stan',
  'of istanbul',
  'naïv',
  'nai',
  've, x',
  '100%',
  'the_r',
  'the r',
  'e r',
  '’n’roll',
  '珈琲',
  '珈琲abc',
  'abc と',
  'ſtone',
  'stone',
  'elvin',
  'Kelvin',
  '1/2',
  'o',
  'zzz',
  '%',
  'n & the',
];

it.each(WORDS)(
  'finds every track whose names hold the words, through the index or without it: %s',
  async (words) => {
    const found = await listPlays(
      test.db,
      { user_id: userId, timezone: 'UTC' },
      { from: null, to: null, words, after: null },
      50,
    );
    const expected = await test.db.many<{ id: string }>(
      `SELECT track_id AS id FROM library_tracks WHERE user_id = $1 AND strpos(search_text, search_form($2)) > 0`,
      [userId, words],
    );
    expect(found.map(({ track_id: id }) => id).toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
  },
);
