import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../scripts/migrate-from-sqlite/report.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, PLAYLISTS_SCHEMA } from '../../support/old-archives.ts';
import { dumpTables } from '../../support/table-dump.ts';

const at = '2024-03-15 14:30:22';
const artist = { id: 1, spotify_id: 'artist', name: 'Artist', created_at: at };
const track = { id: 1, spotify_id: 't', name: 'Track', created_at: at };
const entry = { playlist_id: 'playlist_2020_december', track_id: 1, position: 1, created_at: at };

/** The layout without declared types and constraints: SQLite then keeps whatever it is given. */
const LOOSE = `
  CREATE TABLE artists (id, spotify_id, name, created_at);
  CREATE TABLE tracks (id, spotify_id, name, artist_id, album_name, release_date, duration_ms, popularity,
    audio_features, created_at);
  CREATE TABLE playlist_tracks (id, playlist_id, track_id, position, created_at);`;

const { test, archive, move, listRejects } = useMoves(LOOSE);
const instants = (table: string): Promise<{ instant: string }[]> =>
  test.db.many(
    `SELECT created_at::text AS instant FROM (SELECT created_at AT TIME ZONE 'UTC' AS created_at FROM ${table}) AS t`,
  );

it('tracks take the Spotify id, their artist and the artist’s name', async () => {
  const report = await move(
    archive((db) => {
      insert(db, 'artists', artist);
      insert(
        db,
        'tracks',
        { ...track, artist_id: 1 },
        { id: 2, spotify_id: 'alone', name: 'No artist', created_at: at },
      );
      insert(db, 'playlist_tracks', { id: 1, ...entry });
    }, PLAYLISTS_SCHEMA),
  );
  expect(exitCodeOf(report)).toBe(0);
  expect(await test.db.many('SELECT track_id, name, artist_name FROM tracks ORDER BY 1')).toEqual([
    { track_id: 'alone', name: 'No artist', artist_name: null },
    { track_id: 't', name: 'Track', artist_name: 'Artist' },
  ]);
  expect(await test.db.many('SELECT * FROM track_artists')).toEqual([
    { track_id: 't', artist_id: 'artist', position: 1 },
  ]);
  expect(await test.db.many('SELECT track_id FROM library_tracks')).toHaveLength(2);
});

describe('playlists', () => {
  it('are named readably and as old as their earliest entry', async () => {
    await move(
      archive((db) => {
        insert(db, 'tracks', track, { ...track, id: 2, spotify_id: 'u' });
        insert(
          db,
          'playlist_tracks',
          { id: 1, ...entry },
          { id: 2, ...entry, track_id: 2, created_at: '2020-12-01T00:00:00Z' },
        );
      }),
    );
    const playlists = await test.db.many(
      `SELECT playlist_id, name, origin, created_at = '2020-12-01Z' AS earliest FROM playlists`,
    );
    expect(playlists).toEqual([
      { playlist_id: 'playlist_2020_december', name: 'December 2020', origin: 'old-archive', earliest: true },
    ]);
  });

  it('hold a track once: the same again is counted, another is set aside whole', async () => {
    const report = await move(
      archive((db) => {
        insert(db, 'tracks', track, { ...track, id: 2, created_at: at });
        insert(
          db,
          'playlist_tracks',
          { id: 1, ...entry },
          { id: 2, ...entry },
          { id: 3, ...entry, position: 9 },
        );
        insert(db, 'playlist_tracks', { id: 4, ...entry, track_id: 2 });
      }),
    );
    expect(report.tables).toMatchObject([
      { table: 'artists', read: 0 },
      { table: 'tracks', read: 2, moved: 1, duplicates: 1 },
      { table: 'playlist_tracks', read: 4, moved: 1, duplicates: 2, rejected: 1 },
    ]);
    expect(await listRejects()).toMatchObject([
      {
        source_table: 'playlist_tracks',
        source_key: 'id=3, playlist_id=playlist_2020_december, track_id=1',
        source_column: null,
      },
    ]);
  });

  it('entries whose track is not there are set aside whole', async () => {
    const report = await move(
      archive((db) => {
        insert(db, 'tracks', track);
        insert(db, 'playlist_tracks', { id: 1, ...entry, track_id: 77 }, { id: 2, ...entry, track_id: null });
        insert(db, 'playlist_tracks', { id: 3, ...entry, playlist_id: null });
      }),
    );
    expect((await listRejects()).map((reject) => reject.reason)).toEqual([
      'there is no such track',
      'the key is missing',
      'the key is missing',
    ]);
    expect(report.tables.at(-1)).toMatchObject({ read: 3, rejected: 3 });
    expect(await test.db.many('SELECT 1 FROM playlists')).toEqual([]);
  });
});

describe('audio features', () => {
  const withFeatures = (features: string | null, name = 'Track') =>
    archive((db) => insert(db, 'tracks', { ...track, name, audio_features: features }));
  const kept = () =>
    test.db.one(
      `SELECT audio_features::text AS features, audio_features_source AS source, audio_features_at IS NOT NULL AS dated,
         a.energy FROM tracks JOIN library_tracks AS a USING (track_id)`,
    );
  /** As the worker would. */
  const enrich = (features: string) =>
    test.db.execute(
      `UPDATE tracks SET audio_features = $1, audio_features_source = 'reccobeats', audio_features_at = '2020-01-01Z'`,
      [features],
    );

  it('say that they come from an old archive, and since when', async () => {
    await move(withFeatures('{"energy": 0.5}'));
    const expected = { features: '{"energy": 0.5}', source: 'archive', dated: true, energy: 0.5 };
    expect(await kept()).toEqual(expected);
    // Nobody else has anything to say against them, another old file included.
    await move(withFeatures('{"energy": 0.6}'));
    expect(await kept()).toEqual(expected);
    expect(await listRejects()).toMatchObject([{ source_column: 'audio_features' }]);
  });

  it('of an old archive count before ReccoBeats’ for its own listener, and for nobody else', async () => {
    await move(withFeatures(null));
    expect(await kept()).toEqual({ features: null, source: null, dated: false, energy: null });
    await enrich('{"energy": 0.9}');
    // A file that does not know them leaves them alone.
    expect((await move(withFeatures(null))).tables[1]).toMatchObject({ read: 1, alreadyThere: 1 });
    expect(await kept()).toMatchObject({ source: 'reccobeats', energy: 0.9 });
    const file = withFeatures('{"energy": 0.5}');
    await move(file);
    expect(await kept()).toMatchObject({
      features: '{"energy": 0.9}',
      source: 'reccobeats',
      energy: 0.5,
    });
    expect(await listRejects()).toMatchObject([{ source_column: 'audio_features' }]);
    expect((await move(file)).tables[1]).toMatchObject({ read: 1, kept: 1 });
    expect(await listRejects()).toHaveLength(1);
  });

  it('of the listener’s own stand before both, whether they came before the move or after', async () => {
    const { user_id: userId } = await test.db.one<{ user_id: number }>(
      `INSERT INTO users (spotify_id) VALUES ('alice') RETURNING user_id`,
    );
    await test.db.execute(
      `INSERT INTO own_audio_features (user_id, track_id, audio_features) SELECT $1, $2, '{"energy": 0.25}'`,
      [userId, track.spotify_id],
    );
    await move(withFeatures(null));
    expect(await kept()).toMatchObject({ source: null, energy: 0.25 });
    await enrich('{"energy": 0.9}');
    expect(await kept()).toMatchObject({ source: 'reccobeats', energy: 0.25 });
    await move(withFeatures('{"energy": 0.5, "valence": 0.1}'));
    expect(await kept()).toMatchObject({ source: 'reccobeats', energy: 0.25 });
    await test.db.execute('DELETE FROM own_audio_features');
    expect(await kept()).toMatchObject({ energy: 0.9 });
  });
});

it('an artist that is not there costs the track nothing but the link', async () => {
  await move(archive((db) => insert(db, 'tracks', { ...track, artist_id: 9 })));
  expect(await test.db.many('SELECT name, artist_name FROM tracks')).toEqual([
    { name: 'Track', artist_name: null },
  ]);
  expect(await listRejects()).toMatchObject([
    {
      source_column: 'artist_id',
      reason: 'there is no such artist',
      original: { type: 'integer', text: '9' },
    },
  ]);
});

it('row numbers written as text or 1.0 still join', async () => {
  const report = await move(
    archive((db) => {
      insert(db, 'artists', { ...artist, id: '1' });
      insert(db, 'tracks', { ...track, artist_id: 1 });
      insert(db, 'playlist_tracks', { id: 1, ...entry, track_id: '1' });
    }),
  );
  expect(exitCodeOf(report)).toBe(0);
  expect(await test.db.many('SELECT 1 FROM track_artists')).toHaveLength(1);
});

describe('a release date', () => {
  it.each([
    ['1987', '1987-01-01', 'year'],
    [1987n, '1987-01-01', 'year'],
    ['1987-03', '1987-03-01', 'month'],
    ['1987-03-14', '1987-03-14', 'day'],
  ])('%s keeps its precision', async (release_date, date, precision) => {
    const report = await move(archive((db) => insert(db, 'tracks', { ...track, release_date })));
    expect(exitCodeOf(report)).toBe(0);
    expect(
      await test.db.many('SELECT release_date, release_date_precision AS precision FROM tracks'),
    ).toEqual([{ release_date: date, precision }]);
  });

  it.each(['2024-02-30', '0000', '0000-00-00', '', 'now', '03/02/2024', '24-02-03'])(
    '%j is set aside',
    async (release_date) => {
      await move(archive((db) => insert(db, 'tracks', { ...track, release_date })));
      expect(
        await test.db.many('SELECT release_date, release_date_precision AS precision FROM tracks'),
      ).toEqual([{ release_date: null, precision: null }]);
      expect(await listRejects()).toMatchObject([
        {
          source_column: 'release_date',
          reason: 'not a release date',
          original: { type: 'text', text: release_date },
        },
      ]);
    },
  );
});

describe('a creation time', () => {
  it.each([
    ['2024-03-15 14:30:22', 'UTC', '2024-03-15 14:30:22'],
    ['2024-03-15 14:30:22', 'Europe/Vienna', '2024-03-15 13:30:22'],
    ['2024-07-15 14:30:22.123456', 'Europe/Vienna', '2024-07-15 12:30:22.123456'],
    ['2024-03-15T14:30:22Z', 'Europe/Vienna', '2024-03-15 14:30:22'],
    ['2024-03-15T23:30:00-05:00', 'Europe/Vienna', '2024-03-16 04:30:00'],
    [1_710_513_022n, 'Europe/Vienna', '2024-03-15 14:30:22'],
    [1_710_513_022_000n, 'Europe/Vienna', '2024-03-15 14:30:22'],
  ])('%s in %s', async (created_at, assumedZone, expected) => {
    const report = await move(
      archive((db) => insert(db, 'tracks', { ...track, created_at })),
      { assumedZone },
    );
    expect(exitCodeOf(report)).toBe(0);
    expect(await instants('tracks')).toEqual([{ instant: expected }]);
  });

  it.each(['now', 'today', 'infinity', '2024-03-15', '', '02/03/2024 10:00', 5n])(
    '%s is set aside, the column says now, and a second run changes nothing',
    async (created_at) => {
      const file = archive((db) => insert(db, 'tracks', { ...track, created_at }));
      await move(file);
      const recent = await test.db.one<{ recent: boolean }>(
        `SELECT created_at > now() - interval '1 minute' AS recent FROM tracks`,
      );
      expect(recent.recent).toBe(true);
      expect(await listRejects()).toMatchObject([
        { source_column: 'created_at', reason: 'not a point in time' },
      ]);
      const before = await dumpTables(test.db, true);
      await move(file);
      expect(await dumpTables(test.db, true)).toEqual(before);
    },
  );

  it('the earliest one known wins; a later one is kept among the rejects', async () => {
    await test.db.execute(
      `INSERT INTO tracks (track_id, created_at) VALUES ('t', '2020-01-01Z'), ('u', now())`,
    );
    const report = await move(
      archive((db) => insert(db, 'tracks', { ...track }, { id: 2, spotify_id: 'u', created_at: at })),
    );
    expect((await instants('tracks ORDER BY track_id')).map((row) => row.instant)).toEqual([
      '2020-01-01 00:00:00',
      '2024-03-15 14:30:22',
    ]);
    expect(await listRejects()).toMatchObject([{ reason: 'the archive already has an earlier time' }]);
    expect(report.tables[1]).toMatchObject({ read: 2, moved: 2 });
  });

  it('an unknown zone is refused before anything is written', async () => {
    const file = archive((db) => insert(db, 'tracks', track));
    for (const assumedZone of ['Mars/Olympus', 'FOO+3', '+02:00', '']) {
      await expect(move(file, { assumedZone })).rejects.toThrow('There is no time zone');
    }
  });
});

it.each([101n, -1n, 3.5, 'high'])('a popularity of %s is set aside', async (popularity) => {
  await move(archive((db) => insert(db, 'tracks', { ...track, popularity })));
  expect(await test.db.many('SELECT popularity FROM tracks')).toEqual([{ popularity: null }]);
  expect(await listRejects()).toMatchObject([{ source_column: 'popularity' }]);
});

it('audio features follow the rules of JSON', async () => {
  const features = ['{"energy": 0.10}', '"{\\"energy\\": 1}"', '[]', 'x'];
  await move(
    archive((db) =>
      insert(
        db,
        'tracks',
        ...features.map((audio_features, id) => ({
          id,
          spotify_id: `t${id}`,
          created_at: at,
          audio_features,
        })),
      ),
    ),
  );
  const stored = await test.db.many('SELECT audio_features::text AS features FROM tracks ORDER BY track_id');
  expect(stored).toEqual([
    { features: '{"energy": 0.10}' },
    { features: '{"energy": 1}' },
    { features: null },
    { features: null },
  ]);
  expect((await listRejects()).map((reject) => reject.reason)).toEqual([
    'JSON, but not an object',
    'not valid JSON',
  ]);
});

it('a file without artists and lists is an archive too', async () => {
  const report = await move(
    archive((db) => insert(db, 'tracks', { id: 1, spotify_id: 't' }), 'CREATE TABLE tracks (id, spotify_id)'),
  );
  expect(report.tables).toMatchObject([{ table: 'tracks', moved: 1 }]);
  expect(report.missingColumns).toContain('tracks.audio_features');
});

it('a second run changes nothing at all', async () => {
  const file = archive((db) => {
    insert(db, 'artists', artist, { ...artist, id: 2, name: 'Other' });
    insert(
      db,
      'tracks',
      track,
      { ...track, id: 2, name: 'Other' },
      { ...track, id: 3, spotify_id: 'u', audio_features: '[' },
    );
    insert(
      db,
      'playlist_tracks',
      { id: 1, ...entry },
      { id: 2, ...entry, track_id: 3, created_at: 'x' },
      { id: 3, ...entry, track_id: 4 },
    );
  });
  await move(file);
  const before = await dumpTables(test.db, true);
  expect(await move(file)).toMatchObject({ changed: false, newRejects: 0 });
  expect(await dumpTables(test.db, true)).toEqual(before);
});

it('a release or a time outside of 1900 to 2199 goes to the rejects, its row moves without it', async () => {
  const far = { release_date: '9999-12-31', created_at: '1899-12-31T23:59:59Z' };
  await move(archive((db) => insert(db, 'tracks', { ...track, ...far })));
  expect(await test.db.many('SELECT release_date FROM tracks')).toEqual([{ release_date: null }]);
  const rejects = await listRejects();
  expect(Object.fromEntries(rejects.map((reject) => [reject.source_column, reject.original]))).toEqual({
    release_date: { type: 'text', text: far.release_date },
    created_at: { type: 'text', text: far.created_at },
  });
});
