import { beforeEach, describe, expect, it } from 'vitest';
import { recordBrought } from '../../src/catalogue/files-and-spotify.ts';
import { addTracks } from '../../src/catalogue/tracks.ts';
import { readTrack, type SpotifyTrack } from '../../src/spotify/schemas.ts';
import { deleteEverything, useDatabase } from '../support/database.ts';
import { insertListener, insertTrack } from '../support/factories.ts';
import { incompressible } from '../support/incompressible.ts';

const test = useDatabase();

let userId = 0;

beforeEach(async () => {
  await deleteEverything(test.db);
  userId = await insertListener(test.db, 'alice');
});

/** As Spotify sends it, read as the app reads it. */
function received(payload: Record<string, unknown> = {}): SpotifyTrack {
  const track = readTrack({
    id: 'track1',
    name: 'Numb',
    type: 'track',
    artists: [
      { id: 'ann', name: 'Ann' },
      { id: 'ben', name: 'Ben' },
    ],
    album: { id: 'alb', name: 'Blue', release_date: '1987-03', release_date_precision: 'month' },
    duration_ms: 1000,
    popularity: 60,
    external_urls: { spotify: 'https://open.spotify.com/track/track1' },
    ...payload,
  });
  if (track === null) throw new Error('not a track');
  return track;
}

const stored = (trackId = 'track1') =>
  test.db.one<Record<string, unknown>>(
    `SELECT name, artist_name, album_name, duration_ms, spotify_url, raw_json, audio_features,
       release_date, release_date_precision, popularity,
       (SELECT string_agg(artist_id || position, ' ' ORDER BY position)
        FROM track_artists WHERE track_id = tracks.track_id) AS artists
     FROM tracks WHERE track_id = $1`,
    [trackId],
  );

describe('a track that Spotify has renamed', () => {
  const names = () =>
    test.db.one(
      `SELECT name, newest_name, raw_json ->> 'name' AS first FROM tracks WHERE track_id = 'track1'`,
    );

  it('keeps its first name and payload, with the newest name beside it as long as it differs', async () => {
    await addTracks(test.db, userId, [received()]);
    expect(await names()).toEqual({ name: 'Numb', newest_name: null, first: 'Numb' });
    await addTracks(test.db, userId, [received({ name: 'Numb (2027 Remaster)' })]);
    expect(await names()).toEqual({ name: 'Numb', newest_name: 'Numb (2027 Remaster)', first: 'Numb' });
    // A withdrawn track has no name: that is no news.
    await addTracks(test.db, userId, [received({ name: '' })]);
    expect(await names()).toMatchObject({ newest_name: 'Numb (2027 Remaster)' });
    await addTracks(test.db, userId, [received()]);
    expect(await names()).toMatchObject({ name: 'Numb', newest_name: null });
  });
});

describe('adding tracks', () => {
  it('writes a track whole, with its artists in order', async () => {
    const track = received();
    await addTracks(test.db, userId, [track]);
    expect(await stored()).toEqual({
      name: 'Numb',
      artist_name: 'Ann, Ben',
      album_name: 'Blue',
      duration_ms: 1000,
      spotify_url: 'https://open.spotify.com/track/track1',
      raw_json: track.payload,
      audio_features: null,
      release_date: '1987-03-01',
      release_date_precision: 'month',
      popularity: 60,
      artists: 'ann1 ben2',
    });
    expect(await test.db.many('SELECT artist_id, name FROM artists ORDER BY 1')).toEqual([
      { artist_id: 'ann', name: 'Ann' },
      { artist_id: 'ben', name: 'Ben' },
    ]);
  });

  it('of none, or of one twice, is no trouble', async () => {
    await addTracks(test.db, userId, []);
    await addTracks(test.db, userId, [received(), received()]);
    expect(await test.db.many('SELECT FROM tracks')).toHaveLength(1);
  });

  it('completes what the listener’s own old archive left open and overwrites nothing it knew', async () => {
    await insertTrack(test.db, {
      trackId: 'track1',
      name: 'Numb (as it was)',
      payload: { kept: true },
      features: { energy: 0.4 },
      releaseDate: '1987-03-09',
    });
    await test.db.execute(recordBrought('file_tracks', String(userId), `SELECT 'track1'`));
    await addTracks(test.db, userId, [received()]);
    expect(await stored()).toEqual({
      name: 'Numb (as it was)',
      artist_name: 'Ann, Ben',
      album_name: 'Blue',
      duration_ms: 1000,
      spotify_url: 'https://open.spotify.com/track/track1',
      raw_json: { kept: true },
      audio_features: { energy: 0.4 },
      release_date: '1987-03-09',
      release_date_precision: 'day',
      popularity: 60,
      artists: 'ann1 ben2',
    });
  });

  it('touches no row that it has nothing to add to', async () => {
    await addTracks(test.db, userId, [received()]);
    const version = () => test.db.many('SELECT xmin::text, updated_at FROM tracks');
    const before = await version();
    await addTracks(test.db, userId, [received({ popularity: 99, duration_ms: 2000 })]);
    expect(await version()).toEqual(before);
  });

  it('learns an artist’s name later, and never forgets it', async () => {
    await addTracks(test.db, userId, [received({ artists: [{ id: 'ann', name: null }] })]);
    await addTracks(test.db, userId, [received({ id: 'track2' })]);
    await addTracks(test.db, userId, [
      received({ id: 'track3', artists: [{ id: 'ann', name: 'Somebody' }] }),
    ]);
    const names = await test.db.many('SELECT name FROM artists WHERE artist_id = $1', ['ann']);
    expect(names).toEqual([{ name: 'Ann' }]);
  });

  it('links an artist named twice once, and leaves out those without an id', async () => {
    const artists = [
      { id: 'ann', name: 'Ann' },
      { id: null, name: 'Cousin Ruth' },
      { id: '', name: 'Nobody' },
      { id: 'ann', name: 'Ann' },
    ];
    await addTracks(test.db, userId, [received({ artists })]);
    expect(await stored()).toMatchObject({ artist_name: 'Ann, Cousin Ruth, Nobody, Ann', artists: 'ann1' });
  });

  it('keeps a local file under its uri', async () => {
    const uri = 'spotify:local:Cousin+Ruth:Shoebox:Demo:187';
    await addTracks(test.db, userId, [
      received({ id: null, uri, artists: [{ id: null, name: 'Cousin Ruth' }] }),
    ]);
    expect(await stored(uri)).toMatchObject({ name: 'Numb', artist_name: 'Cousin Ruth', artists: null });
  });

  it.each([
    ['NUL', 'Nu\0mb', 'Nu\uFFFDmb'],
    ['a lone surrogate', 'Nu\uD800mb', 'Nu\uFFFDmb'],
    ['another lone surrogate', 'Numb\uDFFF', 'Numb\uFFFD'],
    ['a written-out escape', 'Nu\\u0000mb \\', 'Nu\\u0000mb \\'],
    ['an emoji', '🎺 Numb', '🎺 Numb'],
    ['quotes and lines', `"Nu'mb"\n\t\\n`, `"Nu'mb"\n\t\\n`],
  ])('stores a name with %s', async (_what, name, kept) => {
    await addTracks(test.db, userId, [received({ name, album: { name }, artists: [{ id: 'ann', name }] })]);
    expect(await stored()).toMatchObject({ name: kept, album_name: kept, artist_name: kept });
    expect((await stored()).raw_json).toMatchObject({ name: kept });
  });

  it('stores a payload whose field names no jsonb could hold', async () => {
    await addTracks(test.db, userId, [received({ ['fie\0ld']: 1, ['\uD800']: { ['\0']: 2 } })]);
    expect((await stored()).raw_json).toMatchObject({ 'fie\uFFFDld': 1, '\uFFFD': { '\uFFFD': 2 } });
  });

  const withdrawn = {
    name: '',
    artists: [{ id: 'ann', name: '' }],
    album: { id: 'alb', name: '' },
    duration_ms: 0,
    popularity: undefined,
  };
  const nothing = { name: null, artist_name: null, album_name: null, duration_ms: null };
  const known = { name: 'Numb', artist_name: 'Ann, Ben', album_name: 'Blue', duration_ms: 1000 };

  it('of a withdrawn track keeps what is not known as not known, and completes it later', async () => {
    await addTracks(test.db, userId, [received(withdrawn)]);
    expect(await stored()).toMatchObject({ ...nothing, raw_json: { name: '' } });
    await addTracks(test.db, userId, [received()]);
    expect(await stored()).toMatchObject({ ...known, artists: 'ann1 ben2' });
    expect(await test.db.one(`SELECT name FROM artists WHERE artist_id = 'ann'`)).toEqual({ name: 'Ann' });
    await addTracks(test.db, userId, [received(withdrawn)]);
    expect(await stored()).toMatchObject(known);
  });

  it('completes an old archive’s empty names, and leaves them where nothing is known', async () => {
    await test.db.execute(
      `INSERT INTO tracks (track_id, name, artist_name, album_name, duration_ms) VALUES ('track1', '', '', '', 0)`,
    );
    await test.db.execute(recordBrought('file_tracks', String(userId), `SELECT 'track1'`));
    await addTracks(test.db, userId, [received({ ...withdrawn, popularity: 7 })]);
    expect(await stored()).toMatchObject({ name: '', artist_name: '', duration_ms: 0, popularity: 7 });
    await addTracks(test.db, userId, [received()]);
    expect(await stored()).toMatchObject(known);
  });

  it.each([
    ['year', '1987-01-01'],
    ['month', '1987-03-01'],
    ['day', '1987-03-14'],
    ['decade', '1987-03-14'],
  ])('stores a full date with the precision %s by its precision', async (precision, date) => {
    const album = { release_date: '1987-03-14', release_date_precision: precision };
    await addTracks(test.db, userId, [received({ album })]);
    expect(await stored()).toMatchObject({
      release_date: date,
      release_date_precision: precision === 'decade' ? 'day' : precision,
    });
  });

  it.each([
    ['a length no integer holds', { duration_ms: 2 ** 40 }, { duration_ms: null }],
    ['the year 0000', { album: { release_date: '0000' } }, { release_date: null }],
    ['a day that never was', { album: { release_date: '2023-02-29' } }, { release_date: null }],
    ['a year far ahead', { album: { release_date: '9999' } }, { release_date: '9999-01-01' }],
    ['an artist’s id of 6 KB', { artists: [{ id: incompressible(6000), name: 'Ann' }] }, { artists: null }],
    ['a name of 6 KB', { name: 'ü'.repeat(6000) }, { name: 'ü'.repeat(6000) }],
  ])('makes %s known as far as the archive can say it', async (_what, payload, kept) => {
    await addTracks(test.db, userId, [received(payload)]);
    expect(await stored()).toMatchObject(kept);
  });

  it.each([1_000, 3_000, 6_000])('stores a payload %i levels deep, or it is no track', async (depth) => {
    const deep = JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) as object;
    const track = readTrack({ id: 'track1', name: 'Numb', deep });
    if (track !== null) await addTracks(test.db, userId, [track]);
    expect(await test.db.many('SELECT FROM tracks')).toHaveLength(track === null ? 0 : 1);
  });

  it('by five processes at once ends in one of each', async () => {
    const tracks = Array.from({ length: 40 }, (_, n) => received({ id: `t${n}` }));
    await Promise.all(
      [tracks, tracks.toReversed(), tracks, tracks.toReversed(), tracks].map((batch) =>
        test.db.withTransaction((tx) => addTracks(tx, userId, batch)),
      ),
    );
    expect(await test.db.many('SELECT FROM tracks')).toHaveLength(40);
    expect(await test.db.many('SELECT FROM track_artists')).toHaveLength(80);
  });
});
