import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../scripts/migrate-from-sqlite/report.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';

const { test, archive, move, listRejects, track } = useMoves(SNAPSHOTS_SCHEMA);
const day = { snapshot_date: '2024-01-01', time_range: 'short_term', rank: 1 };

describe('what the archive already knows', () => {
  it('is completed and never overwritten; what differs is kept among the rejects', async () => {
    await test.db.execute(
      `INSERT INTO tracks (track_id, name, raw_json, updated_at) VALUES ('t', 'live', '{"live": true}', '2020-01-01Z'),
       ('same', 'S', NULL, '2020-01-01Z')`,
    );
    const file = archive((db) => {
      insert(db, 'tracks', { track_id: 't', name: 'old', album_name: 'Album', raw_json: '{"live": false}' });
      insert(db, 'tracks', { track_id: 'same', name: 'S' });
    });
    const report = await move(file);
    expect(await track('t')).toMatchObject({ name: 'live', album_name: 'Album', raw_json: { live: true } });
    const updated = await test.db.many(`SELECT track_id FROM tracks WHERE updated_at > '2020-01-02'`);
    expect(updated).toEqual([{ track_id: 't' }]);
    expect(report.tables[0]).toMatchObject({ read: 2, moved: 1, alreadyThere: 1 });
    expect(
      (await listRejects()).map(({ source_column, reason, original }) => [source_column, reason, original]),
    ).toEqual([
      ['name', 'the archive already has a different value', { type: 'text', text: 'old' }],
      ['raw_json', 'the archive already has a different value', { type: 'text', text: '{"live": false}' }],
    ]);
  });

  it('a rank the app captured stays, the old one is kept among the rejects, a missing one is filled in', async () => {
    const file = archive((db) => {
      insert(db, 'tracks', { track_id: 't' }, { track_id: 'u' });
      insert(db, 'snapshots', { track_id: 't', ...day, rank: 7 }, { track_id: 'u', ...day, rank: 8 });
    });
    await test.db.execute(`INSERT INTO users (spotify_id) VALUES ('alice')`);
    await test.db.execute(`INSERT INTO tracks (track_id) VALUES ('t'), ('u')`);
    await test.db.execute(
      `INSERT INTO snapshots SELECT user_id, '2024-01-01', 'short_term', track_id, rank FROM users, (VALUES ('t', 2), ('u', NULL)) AS v (track_id, rank)`,
    );
    const report = await move(file);
    expect(await test.db.many('SELECT track_id, rank FROM snapshots ORDER BY 1')).toEqual([
      { track_id: 't', rank: 2 },
      { track_id: 'u', rank: 8 },
    ]);
    expect(report.tables[1]).toMatchObject({ read: 2, moved: 1, kept: 1 });
    expect(await listRejects()).toMatchObject([
      {
        source_column: 'rank',
        reason: 'the archive already has a different rank',
        original: { type: 'integer', text: '7' },
      },
    ]);
  });

  it('a snapshot of a track that only the archive knows moves', async () => {
    await test.db.execute(`INSERT INTO tracks (track_id) VALUES ('elsewhere')`);
    const report = await move(archive((db) => insert(db, 'snapshots', { track_id: 'elsewhere', ...day })));
    expect(report.tables[1]).toMatchObject({ moved: 1, rejected: 0 });
  });
});

describe('the shape of the file', () => {
  it('columns the archive does not know are kept among the rejects, missing ones are named', async () => {
    const file = archive(
      (db) => insert(db, 'tracks', { Track_ID: 't', mood: 'blue' }, { Track_ID: 'u', mood: null }),
      `CREATE TABLE Tracks (Track_ID TEXT PRIMARY KEY, mood TEXT, loud TEXT AS (mood || '!')) WITHOUT ROWID`,
    );
    const report = await move(file);
    expect((await listRejects()).map(({ source_column, original }) => [source_column, original])).toEqual([
      ['loud', { type: 'text', text: 'blue!' }],
      ['mood', { type: 'text', text: 'blue' }],
    ]);
    expect(report.missingColumns).toContain('Tracks.raw_json');
    expect(exitCodeOf(report)).toBe(1);
  });

  it('tables with rows, views and triggers that are not moved are named', async () => {
    const file = archive((db) => {
      insert(db, 'tracks', { track_id: 't' });
      db.exec(`CREATE TABLE notes (text); INSERT INTO notes VALUES ('a'), ('b'); CREATE VIEW v AS SELECT 1;
        CREATE TRIGGER g AFTER INSERT ON notes BEGIN SELECT 1; END`);
    });
    const report = await move(file);
    expect(report.unmoved).toEqual([
      { kind: 'table', name: 'notes', rows: 2 },
      { kind: 'view', name: 'v', rows: null },
      { kind: 'trigger', name: 'g', rows: null },
    ]);
    expect(exitCodeOf(report)).toBe(1);
  });

  it.each([
    ['UTF-16', 'PRAGMA encoding = "UTF-16";'],
    ['pages of 512 bytes', 'PRAGMA page_size = 512;'],
    ['a write-ahead log', 'PRAGMA journal_mode = WAL;'],
  ])('%s makes no difference', async (_, pragma) => {
    const file = archive(
      (db) => insert(db, 'tracks', { track_id: 't', name: 'é🎵\uFFFD', raw_json: '{"a": "é"}' }),
      `${pragma} ${SNAPSHOTS_SCHEMA}`,
    );
    expect(exitCodeOf(await move(file))).toBe(0);
    expect(await track('t')).toMatchObject({ name: 'é🎵\uFFFD', raw_json: { a: 'é' } });
  });

  it('every track is in the archive, in a list or not', async () => {
    await move(archive((db) => insert(db, 'tracks', { track_id: 'lonely' })));
    expect(await test.db.many('SELECT track_id FROM library_tracks')).toEqual([{ track_id: 'lonely' }]);
  });
});
