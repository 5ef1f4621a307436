import { beforeEach, expect, it } from 'vitest';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { listStrayDerived } from '../support/derived.ts';
import { insertListener, insertPlays, insertTrack } from '../support/factories.ts';

const test = useDatabase();
let alice = 0;

const payload = (id: string, artist = 'Ann') => ({ album: { id, artists: [{ name: artist }] } });
const HARBOUR = { albumName: 'Harbour', artistName: 'Ann' };

/** Of an imported history only names are known. */
beforeEach(async () => {
  await deleteEverything(test.db);
  alice = await insertListener(test.db, 'alice');
  await insertTrack(test.db, { trackId: 'first', ...HARBOUR });
  await insertTrack(test.db, { trackId: 'second', ...HARBOUR, albumName: 'HARBOUR' });
  await insertTrack(test.db, { trackId: 'of another', ...HARBOUR, artistName: 'Ben' });
  await insertTrack(test.db, { trackId: 'of none', artistName: 'Ann' });
  await insertPlays(test.db, alice, [
    ['2026-11-01T12:00:00Z', 'first'],
    ['2026-11-01T13:00:00Z', 'second'],
    ['2026-11-01T14:00:00Z', 'of another'],
    ['2026-11-01T15:00:00Z', 'of none'],
  ]);
});

const complete = (trackId: string, told: object): Promise<number> =>
  test.db.execute('UPDATE tracks SET raw_json = $2 WHERE track_id = $1', [trackId, JSON.stringify(told)]);

const listAlbums = async (): Promise<Record<string, number>> => {
  expect(await listStrayDerived(test.patient)).toEqual([]);
  const albums = await test.db.many<{ id: string; plays: number }>(
    `SELECT CASE WHEN album_id LIKE 'mtm:%' THEN 'by name' ELSE album_id END AS id, sum(plays)::int AS plays
     FROM played_albums GROUP BY 1`,
  );
  return Object.fromEntries(albums.map(({ id, plays }) => [id, plays]));
};

it('an album takes the id that one of its tracks is known to have', async () => {
  expect(await listAlbums()).toEqual({ 'by name': 3 });
  await complete('first', payload('h'));
  expect(await listAlbums()).toEqual({ h: 2, 'by name': 1 });
});

it('a track that nobody plays tells it too, by the artist of the album', async () => {
  await insertTrack(test.db, { ...HARBOUR, artistName: 'Ann, Guest', payload: payload('h') });
  expect(await listAlbums()).toEqual({ h: 2, 'by name': 1 });
});

it('a track that is played later is of that album at once', async () => {
  await complete('first', payload('h'));
  await insertTrack(test.db, { trackId: 'late', ...HARBOUR });
  await insertPlays(test.db, alice, [['2026-11-02T12:00:00Z', 'late']]);
  expect(await listAlbums()).toEqual({ h: 3, 'by name': 1 });
});

it('of two editions with one name, tracks without an id are of the first, and each keeps its own', async () => {
  await complete('first', payload('h2'));
  await insertTrack(test.db, { trackId: 'other edition', ...HARBOUR, payload: payload('h1') });
  expect(await listAlbums()).toEqual({ h1: 1, h2: 1, 'by name': 1 });
});

it('what Spotify has told comes before what a file says', async () => {
  await insertTrack(test.db, { trackId: 'told', ...HARBOUR, payload: payload('h2') });
  await test.db.execute(`UPDATE tracks SET from_spotify = true WHERE track_id = 'told'`);
  await insertTrack(test.db, { trackId: 'of a file', ...HARBOUR, payload: payload('h1') });
  expect(await listAlbums()).toEqual({ h2: 2, 'by name': 1 });
});
