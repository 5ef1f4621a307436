import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { moveArchive } from '../../../scripts/migrate-from-sqlite/move-archive.ts';
import { printVerification } from '../../../scripts/migrate-from-sqlite/verify/print-verification.ts';
import {
  verifyArchive,
  type Verification,
} from '../../../scripts/migrate-from-sqlite/verify/verify-archive.ts';
import { useDatabase } from '../../support/database.ts';
import {
  insert,
  PLAYLISTS_SCHEMA,
  SNAPSHOTS_SCHEMA,
  useDirectory,
  writeArchive,
} from '../../support/old-archives.ts';
import { copyReference, hasReferenceArchives } from '../../support/reference-archives.ts';
import { dumpTables, emptyTables } from '../../support/table-dump.ts';

const test = useDatabase();
const directory = useDirectory();
let files = 0;
beforeEach(() => emptyTables(test.db));

function archive(schema: string, fill: (db: Sqlite.Database) => void): string {
  files += 1;
  return writeArchive(directory, `old${files}`, schema, fill);
}

const move = (file: string, owner: string | null = 'alice'): Promise<unknown> =>
  moveArchive({ db: test.db, file, owner, backup: false });
const verify = (file: string, owner: string | null = 'alice'): Promise<Verification> =>
  verifyArchive({ db: test.db, file, owner });
const named = (found: Verification): string[] => [
  ...found.tables.flatMap((table) => table.named.map((line) => `${table.table} ${line}`)),
  ...found.faults,
];

const day = { snapshot_date: '2024-01-01', time_range: 'short_term', rank: 1 };
const payload = '{"album": {"release_date": "2026-03-01"}, "external_ids": {"isrc": "X"}, "n": 1.10}';
const snapshots = (): string =>
  archive(SNAPSHOTS_SCHEMA, (db) => {
    insert(db, 'tracks', { track_id: 't', name: 'One', duration_ms: 5, raw_json: payload });
    insert(db, 'tracks', { track_id: 'u', name: 'Two', duration_ms: 'x', raw_json: '{"a": 1, "a": 2}' });
    insert(db, 'snapshots', { track_id: 't', ...day }, { track_id: 'nobody', ...day });
  });
const at = '2024-03-15 14:30:22';
const playlists = (): string =>
  archive(PLAYLISTS_SCHEMA, (db) => {
    insert(db, 'artists', { id: 1, spotify_id: 'a', name: 'Artist', created_at: at });
    insert(db, 'tracks', {
      id: 1,
      spotify_id: 't',
      name: 'One',
      artist_id: 1,
      release_date: '2026-03',
      popularity: 7,
      audio_features: '{"energy": 0.9}',
      created_at: at,
    });
    insert(db, 'playlist_tracks', { playlist_id: 'p', track_id: 1, position: 1, created_at: at });
  });

describe('verification', () => {
  it('finds a whole archive whole, counts what is set aside, and writes nothing', async () => {
    const file = snapshots();
    await move(file);
    const before = await dumpTables(test.db, true);
    const found = await verify(file);
    expect(found).toMatchObject({ ok: true, faults: [] });
    expect(found.tables).toMatchObject([
      { table: 'tracks', checked: 2, equal: 1, setAside: 1, missing: 0, different: 0 },
      { table: 'snapshots', checked: 2, equal: 1, setAside: 1, missing: 0, different: 0 },
    ]);
    expect(await dumpTables(test.db, true)).toEqual(before);
    expect(printVerification(found)).toContain('Verified: every value of the file');
  });

  it('knows an unclaimed archive by its content, and a file that was never moved', async () => {
    const file = snapshots();
    await expect(verify(file, null)).rejects.toThrow('not moved');
    await move(file, null);
    expect((await verify(file, null)).ok).toBe(true);
    await expect(verify(playlists(), null)).rejects.toThrow('not moved');
    await test.db.execute(`INSERT INTO users (spotify_id) VALUES ('bob')`);
    expect(named(await verify(file, 'bob'))).toContain(
      'snapshots missing track_id=t, snapshot_date=2024-01-01, time_range=short_term',
    );
  });

  it('counts what the archive holds otherwise and the rejects keep', async () => {
    await test.db.execute(`INSERT INTO tracks (track_id, name) VALUES ('t', 'Live')`);
    const file = snapshots();
    await move(file);
    expect((await verify(file)).tables[0]).toMatchObject({ kept: 1, setAside: 1 });
  });

  it.each([
    ['a text', `UPDATE tracks SET name = 'one' WHERE track_id = 't'`, 'tracks different track_id=t: name'],
    [
      'a number',
      `UPDATE tracks SET duration_ms = 6 WHERE track_id = 't'`,
      'tracks different track_id=t: duration_ms',
    ],
    [
      'a value that is gone',
      `UPDATE tracks SET name = NULL WHERE track_id = 't'`,
      'tracks different track_id=t: name',
    ],
    [
      'a number in JSON that equals the file’s but is written otherwise',
      `UPDATE tracks SET raw_json = jsonb_set(raw_json, '{n}', '1.1') WHERE track_id = 't'`,
      'tracks different track_id=t: raw_json',
    ],
    [
      'a row that is gone',
      'DELETE FROM snapshots',
      'snapshots missing track_id=t, snapshot_date=2024-01-01, time_range=short_term',
    ],
    [
      'a rank',
      'UPDATE snapshots SET rank = 2',
      'snapshots different track_id=t, snapshot_date=2024-01-01, time_range=short_term: rank',
    ],
    [
      'a track that left the archive',
      `DELETE FROM library_tracks WHERE track_id = 't'`,
      'tracks missing track_id=t',
    ],
    [
      'a reject that is gone',
      `DELETE FROM import_rejects WHERE source_column = 'duration_ms'`,
      'tracks different track_id=u: duration_ms',
    ],
    [
      'a rejected value that was changed',
      `UPDATE import_rejects SET original = jsonb_set(original, '{text}', '"y"') WHERE source_column = 'duration_ms'`,
      'tracks different track_id=u: duration_ms',
    ],
    [
      'a reject that was changed',
      `UPDATE import_rejects SET original = jsonb_set(original, '{rank,text}', '"2"') WHERE source_column IS NULL`,
      'snapshots missing track_id=nobody, snapshot_date=2024-01-01, time_range=short_term',
    ],
    [
      'a number that a sequence would give again',
      `SELECT setval(pg_get_serial_sequence('imports', 'import_id'), 1, false)`,
      expect.stringMatching(/^imports\.import_id: .*sequence/),
    ],
  ])('names %s', async (_, change, line) => {
    const file = snapshots();
    await move(file);
    await test.db.execute(change);
    const found = await verify(file);
    expect(found.ok).toBe(false);
    expect(named(found)).toEqual([line]);
    expect(printVerification(found)).toContain(named(found)[0]);
  });

  it.each([
    [
      'a release date',
      `UPDATE tracks SET release_date_precision = 'year'`,
      'tracks different id=1, spotify_id=t: release_date',
    ],
    [
      'a time',
      `UPDATE tracks SET created_at = created_at + interval '1 ms'`,
      'tracks different id=1, spotify_id=t: created_at',
    ],
    ['an artist', 'DELETE FROM track_artists', 'tracks different id=1, spotify_id=t: artist_id'],
    [
      'a place',
      'UPDATE playlist_tracks SET position = 2',
      'playlist_tracks different id=1, playlist_id=p, track_id=1: position',
    ],
    [
      'features',
      `UPDATE tracks SET audio_features = '{}'`,
      'tracks different id=1, spotify_id=t: audio_features',
    ],
  ])('names %s of the playlists layout', async (_, change, line) => {
    const file = playlists();
    await move(file);
    expect(named(await verify(file))).toEqual([]);
    await test.db.execute(change);
    expect(named(await verify(file))).toEqual([line]);
  });

  it('names a foreign key that was switched off', async () => {
    const file = snapshots();
    await move(file);
    await test.db.execute('ALTER TABLE library_tracks DISABLE TRIGGER ALL');
    await test.db.execute(
      `INSERT INTO library_tracks (user_id, track_id, artist_names) SELECT user_id, 'ghost', '' FROM users`,
    );
    await test.db.execute('ALTER TABLE library_tracks ENABLE TRIGGER ALL');
    expect(named(await verify(file))).toEqual(['library_tracks: 1 row without a row in tracks']);
  });

  it('puts the same questions to the JSON on both sides', async () => {
    await move(snapshots());
    const found = await verify(snapshots());
    expect(found.tables[0]?.questions).toEqual([
      { name: 'released in 2026', source: 1, target: 1 },
      { name: 'has an ISRC', source: 1, target: 1 },
    ]);
    await emptyTables(test.db);
    const other = playlists();
    await move(other);
    expect((await verify(other)).tables[1]?.questions).toEqual([
      { name: 'released in 2026', source: 1, target: 1 },
      { name: 'energy over 0.8', source: 1, target: 1 },
    ]);
  });

  it('sees JSON that is stored but cannot be asked', async () => {
    const file = playlists();
    await move(file);
    await test.db.execute('ALTER FUNCTION audio_feature RENAME TO kept_audio_feature');
    await test.db.execute(
      `CREATE FUNCTION audio_feature(jsonb, text) RETURNS numeric LANGUAGE sql AS 'SELECT 0.1'`,
    );
    expect(named(await verify(file))).toEqual(['tracks different id=1, spotify_id=t: "energy over 0.8"']);
    await test.db.execute('DROP FUNCTION audio_feature');
    await test.db.execute('ALTER FUNCTION kept_audio_feature RENAME TO audio_feature');
  });
});

describe.skipIf(!hasReferenceArchives)('the reference archives', () => {
  it.each(['snapshots', 'playlists'] as const)(
    '%s: verified, and a single changed row of thousands is named',
    async (layout) => {
      const file = copyReference(layout, directory);
      await move(file);
      const found = await verify(file);
      expect(found).toMatchObject({ ok: true });
      expect(found.tables.every((table) => table.equal === table.checked)).toBe(true);
      const db = new Sqlite(file, { readonly: true });
      const column = layout === 'snapshots' ? 'raw_json' : 'audio_features';
      const count = db
        .prepare(
          layout === 'snapshots'
            ? `SELECT count(*) FROM tracks WHERE json_extract(raw_json, '$.album.release_date') LIKE '2026%'`
            : `SELECT count(*) FROM tracks WHERE json_extract(audio_features, '$.energy') > 0.8`,
        )
        .pluck()
        .get() as number;
      db.close();
      const asked = found.tables.flatMap((table) => table.questions);
      const question = asked.find(
        ({ name }) => name === (layout === 'snapshots' ? 'released in 2026' : 'energy over 0.8'),
      );
      expect(question).toMatchObject({ source: count, target: count });
      await test.db.execute(
        `UPDATE tracks SET ${column} = ${column} || '{"more": 1}'
       WHERE track_id = (SELECT max(track_id) FROM tracks WHERE ${column} IS NOT NULL)`,
      );
      expect(named(await verify(file))).toEqual([expect.stringContaining(`: ${column}`)]);
    },
  );
});
