import { chmodSync, statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { useMoves } from '../../support/moves.ts';
import { insert, SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';
import { dumpTables, emptyTables } from '../../support/table-dump.ts';

const { test, archive, move, track } = useMoves(SNAPSHOTS_SCHEMA);
const day = { snapshot_date: '2024-01-01', time_range: 'short_term', rank: 1 };

const hostile = (): string =>
  archive((db) => {
    insert(db, 'tracks', { track_id: 't', name: 'A', raw_json: '[' }, { track_id: 'u', duration_ms: 'x' });
    insert(db, 'tracks', { track_id: 'v', raw_json: '{"artists": [{"id": "a", "name": "N"}]}' });
    insert(db, 'snapshots', { track_id: 't', ...day }, { track_id: 'nobody', ...day });
  });

const small = (id: string): string =>
  archive((db) => {
    insert(db, 'tracks', { track_id: id });
    insert(db, 'snapshots', { track_id: id, ...day });
  });

const listUsers = (): Promise<{ user_id: number; spotify_id: string | null }[]> =>
  test.db.many('SELECT user_id, spotify_id FROM users ORDER BY user_id');

describe('a second run', () => {
  it('changes nothing at all and says so', async () => {
    const file = hostile();
    const first = await move(file);
    const before = await dumpTables(test.db, true);
    const second = await move(file);
    expect(await dumpTables(test.db, true)).toEqual(before);
    expect(first.changed).toBe(true);
    expect(second).toMatchObject({ changed: false, newRejects: 0, rejects: first.rejects });
    expect(second.tables.map((table) => table.moved)).toEqual([0, 0]);
  });

  it('brings what the file has gained since, and nothing else', async () => {
    const file = hostile();
    await move(file, { owner: null });
    const db = new Sqlite(file);
    insert(db, 'tracks', { track_id: 'new' });
    insert(db, 'snapshots', { track_id: 'new', ...day, snapshot_date: '2024-02-01' });
    db.prepare(`UPDATE tracks SET duration_ms = 5 WHERE track_id = 'u'`).run();
    db.close();
    const report = await move(file, { owner: null });
    expect(report.tables.map((table) => table.moved)).toEqual([2, 1]);
    expect((await track('u')).duration_ms).toBe(5);
    expect(await test.db.many('SELECT user_id FROM users')).toHaveLength(1);
    expect(await test.db.many('SELECT import_id FROM imports')).toHaveLength(2);
  });

  it('two at once do not harm each other', async () => {
    const file = hostile();
    const reports = await Promise.all([move(file, { owner: null }), move(file, { owner: null })]);
    expect(reports.filter((report) => report.changed)).toHaveLength(1);
    expect(await test.db.many('SELECT user_id FROM users')).toHaveLength(1);
  });

  it('a dry run says the same and writes nothing', async () => {
    const file = hostile();
    const before = await dumpTables(test.db, true);
    const dry = await move(file, { mode: 'dry-run' });
    expect(await dumpTables(test.db, true)).toEqual(before);
    const real = await move(file);
    expect(dry.tables).toEqual(real.tables);
    expect(dry.rejects).toEqual(real.rejects);
  });

  it('a value that did not arrive as it was takes the whole run back', async () => {
    const file = hostile();
    await test.db.execute(
      `CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'meddled'; RETURN NEW; END $$`,
    );
    await test.db.execute(
      `CREATE TRIGGER meddle BEFORE INSERT ON tracks FOR EACH ROW WHEN (NEW.track_id = 't') EXECUTE FUNCTION meddle()`,
    );
    await expect(move(file)).rejects.toThrow(/^tracks: 0 rows .*\b1\b/);
    expect(await test.db.many('SELECT 1 FROM tracks')).toEqual([]);
    await test.db.execute('DROP FUNCTION meddle CASCADE');
  });
});

describe('whose archive it is', () => {
  it('is the named listener, whether they are known already or not', async () => {
    await move(small('t'), { owner: 'bob' });
    await move(small('u'), { owner: 'bob' });
    expect(await listUsers()).toMatchObject([{ spotify_id: 'bob' }]);
  });

  it('two files without an owner are two archives', async () => {
    await move(small('t'), { owner: null });
    await move(small('u'), { owner: null });
    expect(await listUsers()).toMatchObject([{ spotify_id: null }, { spotify_id: null }]);
  });

  it('one that was claimed since is found again', async () => {
    const file = small('t');
    await move(file, { owner: null });
    await test.db.execute(`UPDATE users SET spotify_id = 'carol'`);
    expect((await move(file, { owner: null })).archive.spotifyId).toBe('carol');
    expect(await listUsers()).toHaveLength(1);
  });

  it('one that waits becomes the owner’s when it is moved again with a name', async () => {
    const file = small('t');
    await move(file, { owner: null });
    await move(file, { owner: 'dora' });
    expect(await listUsers()).toMatchObject([{ spotify_id: 'dora' }]);
  });

  it('one listener’s ranks do not meet another’s', async () => {
    await move(small('t'), { owner: 'bob' });
    const report = await move(small('t'), { owner: 'eve' });
    expect(report.tables[1]).toMatchObject({ moved: 1 });
    expect(await test.db.many('SELECT 1 FROM library_tracks')).toHaveLength(2);
  });
});

it('a target that the server takes for empty costs no more than any other', async () => {
  const file = archive((db) => {
    const add = db.prepare('INSERT INTO tracks (track_id, raw_json) VALUES (?, ?)');
    for (let n = 1; n <= 10_000; n += 1) add.run(`t${n}`, JSON.stringify({ n, text: 'x'.repeat(1000) }));
  });
  const usual = await move(file);
  await emptyTables(test.db);
  await test.db.execute('VACUUM ANALYZE tracks');
  // Were every row looked for among all those just added, it would take a hundred times as long, not three.
  expect((await move(file)).seconds).toBeLessThan(usual.seconds * 3 + 5);
}, 120_000);

it.each([0o600, 0o640, 0o444])('nobody may read the backup who may not read the file: %o', async (mode) => {
  const file = small('t');
  chmodSync(file, mode);
  const { backup } = await move(file, { backup: true });
  expect((statSync(String(backup)).mode & 0o777).toString(8)).toBe(mode.toString(8));
});
