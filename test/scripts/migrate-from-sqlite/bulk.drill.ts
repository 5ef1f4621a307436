import { describe, expect, it } from 'vitest';
import { createDb, type Transaction } from '../../../src/db.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';
import { describeSchema } from '../../support/schema-description.ts';
import { listUncounted } from '../../support/uncounted.ts';

const { test, archive, move, listRejects } = useMoves(SNAPSHOTS_SCHEMA);

const catalogue = (): Promise<unknown[]> => describeSchema(test.db);

const oidOf = async (name: string): Promise<number> =>
  (await test.db.one<{ oid: number }>(`SELECT $1::regclass::oid::int AS oid`, [name])).oid;

const small = (): string =>
  archive((db) => {
    insert(db, 'tracks', { track_id: 't', raw_json: '{"artists": [{"id": "a"}]}' }, { track_id: 'u' });
    insert(db, 'snapshots', {
      track_id: 't',
      snapshot_date: '2024-01-01',
      time_range: 'short_term',
      rank: 1,
    });
  });

describe('a move into an empty archive', () => {
  it('takes keys and indexes away and brings every one back, valid', async () => {
    const before = await catalogue();
    const [index, key] = [await oidOf('tracks_raw_json'), await oidOf('snapshots_pkey')];
    await move(small());
    expect(await catalogue()).toEqual(before);
    expect(await oidOf('tracks_raw_json')).not.toBe(index);
    expect(await oidOf('snapshots_pkey')).not.toBe(key);
    expect(before.filter((part) => (part as { kind: string }).kind === 'trigger')).not.toEqual([]);
  });

  it('leaves the planner knowing what came', async () => {
    const tracks = Array.from({ length: 1_100 }, (_, n) => ({
      track_id: `t${n}`,
      raw_json: JSON.stringify({ artists: [{ id: `a${n}` }] }),
    }));
    await move(archive((db) => insert(db, 'tracks', ...tracks)));
    expect(await test.db.one('SELECT count(*)::int AS artists FROM artists')).toEqual({ artists: 1_100 });
    expect(await listUncounted(test.db)).toEqual([]);
  });

  it('leaves them where they are once the archive holds something', async () => {
    await move(small());
    const index = await oidOf('tracks_raw_json');
    await move(
      archive((db) => insert(db, 'tracks', { track_id: 'other' })),
      { owner: 'bob' },
    );
    expect(await oidOf('tracks_raw_json')).toBe(index);
  });

  it('brings back what a later migration or a person added, and does not touch what it could not describe', async () => {
    await test.db.execute(
      `CREATE INDEX later ON tracks (lower(name)) WITH (fillfactor = 70) WHERE popularity > 5`,
    );
    await test.db.execute(`CREATE INDEX noted ON tracks (album_name)`);
    await test.db.execute(`COMMENT ON INDEX noted IS 'for the report'`);
    await test.db.execute(
      `CREATE TABLE liked (track_id text REFERENCES tracks, artist_id text REFERENCES artists ON DELETE CASCADE)`,
    );
    const [later, noted, key] = [await oidOf('later'), await oidOf('noted'), await oidOf('tracks_pkey')];
    const before = await catalogue();
    await move(small());
    expect(await catalogue()).toEqual(before);
    expect(await oidOf('later')).not.toBe(later);
    expect([await oidOf('noted'), await oidOf('tracks_pkey')]).toEqual([noted, key]);
    await test.db.execute('DROP TABLE liked; DROP INDEX later; DROP INDEX noted');
  });

  it('goes on with them in place while somebody uses the tables', async () => {
    const index = await oidOf('tracks_raw_json');
    const report = await test.db.withTransaction(async (reader) => {
      await reader.many('SELECT 1 FROM snapshots');
      return move(small());
    });
    expect(report.changed).toBe(true);
    expect(await oidOf('tracks_raw_json')).toBe(index);
  });

  it('goes on with them in place for a role that owns none of the tables', async () => {
    const role = `mover_${process.pid}`;
    await test.db.execute(`CREATE ROLE ${role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role};
      GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${role}`);
    const index = await oidOf('tracks_raw_json');
    const asRole = (tx: Transaction): Promise<number> => tx.execute(`SET LOCAL ROLE ${role}`);
    const own = createDb({ url: test.url, poolMin: 0, poolMax: 1, applicationName: 'test-role' });
    await move(small(), {
      db: { ...own, withTransaction: (work) => own.withTransaction((tx) => asRole(tx).then(() => work(tx))) },
    });
    await own.close();
    expect(await test.db.many('SELECT 1 FROM tracks')).toHaveLength(2);
    expect(await oidOf('tracks_raw_json')).toBe(index);
    await test.db.execute(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it('dry or taken back, it leaves every key and index untouched', async () => {
    const before = [await catalogue(), await oidOf('tracks_raw_json')];
    await move(small(), { mode: 'dry-run' });
    await test.db.execute(
      `CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'x'; RETURN NEW; END $$`,
    );
    await test.db.execute(
      'CREATE TRIGGER meddle BEFORE INSERT ON tracks FOR EACH ROW EXECUTE FUNCTION meddle()',
    );
    const named = archive((db) => insert(db, 'tracks', { track_id: 't', name: 'One' }));
    await expect(move(named)).rejects.toThrow('different from the file');
    await test.db.execute('DROP FUNCTION meddle CASCADE');
    expect([await catalogue(), await oidOf('tracks_raw_json')]).toEqual(before);
  });
});

describe('JSON that the server refuses', () => {
  it('in the middle of a large file costs its own rows nothing but that value', async () => {
    const file = archive((db) => {
      const add = db.prepare('INSERT INTO tracks (track_id, raw_json) VALUES (?, ?)');
      for (let n = 1; n <= 3_000; n += 1) add.run(`t${n}`, JSON.stringify({ n, text: 'x'.repeat(1_500) }));
      db.exec(`UPDATE tracks SET raw_json = '{"broken"' WHERE track_id IN ('t1', 't1500', 't3000')`);
      db.exec(`UPDATE tracks SET raw_json = '"{\\"inner\\": 1}"' WHERE track_id IN ('t2', 't2000')`);
    });
    const report = await move(file);
    expect(report.tables[0]).toMatchObject({ read: 3_000, moved: 3_000, rejected: 0 });
    expect((await listRejects()).map((reject) => reject.source_key)).toEqual([
      'track_id=t1',
      'track_id=t1500',
      'track_id=t3000',
    ]);
    const inner = await test.db.many(
      `SELECT track_id FROM tracks WHERE raw_json = '{"inner": 1}' ORDER BY 1`,
    );
    expect(inner).toEqual([{ track_id: 't2' }, { track_id: 't2000' }]);
    expect(report.conversions).toMatchObject({ 'JSON written as a JSON string to an object': 2 });
  });
});
