import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeLargeArchive } from '../../scripts/large-archive/write.ts';
import { createDb, type Transaction } from '../../src/db.ts';
import { listStrayDerived } from '../support/derived.ts';
import { useMoves } from '../support/moves.ts';
import { insert, SNAPSHOTS_SCHEMA, useDirectory } from '../support/old-archives.ts';
import { dumpTables } from '../support/table-dump.ts';

const { test, archive, move, listRejects } = useMoves(SNAPSHOTS_SCHEMA);
const directory = useDirectory();
const root = path.resolve(import.meta.dirname, '../..');
const SLOW = 300_000;

/** Everything the catalogue says of constraints, indexes, triggers and columns. */
const catalogue = (): Promise<unknown[]> =>
  test.db.many(
    `SELECT 'constraint' AS kind, conrelid::regclass::text AS relation, conname AS name, pg_get_constraintdef(oid) AS definition,
            ARRAY[convalidated, condeferrable, condeferred, conislocal, connoinherit]::text AS state
     FROM pg_constraint WHERE connamespace = 'public'::regnamespace
     UNION ALL
     SELECT 'index', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid),
            ARRAY[indisvalid, indisready, indislive, indisunique, indisprimary, indimmediate, indisclustered, indisreplident]::text
     FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
     UNION ALL
     SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text
     FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL
     SELECT 'foreign-key trigger', tgrelid::regclass::text, tgfoid::regproc::text, count(*)::text, min(tgenabled::text)
     FROM pg_trigger WHERE tgisinternal GROUP BY 2, 3
     UNION ALL
     SELECT 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod), ARRAY[attnotnull, atthasdef]::text
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
     ORDER BY 1, 2, 3, 4`,
  );

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
    const known = (): Promise<unknown[]> =>
      test.db.many(
        `SELECT relname FROM pg_stat_user_tables WHERE last_analyze IS NOT NULL AND relname IN
           ('tracks', 'artists', 'track_artists', 'snapshots', 'archive_tracks', 'snapshot_lists', 'snapshot_periods')`,
      );
    await test.db.many('SELECT pg_stat_reset()');
    expect(await known()).toEqual([]);
    await move(small());
    expect(await known()).toHaveLength(7);
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
    await expect(move(named)).rejects.toThrow('differ from the file');
    await test.db.execute('DROP FUNCTION meddle CASCADE');
    expect([await catalogue(), await oidOf('tracks_raw_json')]).toEqual(before);
  });
});

describe('JSON that the server refuses', () => {
  it('in the middle of a large file costs its own rows nothing but that value', async () => {
    const file = archive((db) => {
      const add = db.prepare('INSERT INTO tracks (track_id, raw_json) VALUES (?, ?)');
      for (let n = 1; n <= 6_000; n += 1) add.run(`t${n}`, JSON.stringify({ n, text: 'x'.repeat(1_500) }));
      db.exec(`UPDATE tracks SET raw_json = '{"broken"' WHERE track_id IN ('t1', 't3000', 't6000')`);
      db.exec(`UPDATE tracks SET raw_json = '"{\\"inner\\": 1}"' WHERE track_id IN ('t2', 't4000')`);
    });
    const report = await move(file);
    expect(report.tables[0]).toMatchObject({ read: 6_000, moved: 6_000, rejected: 0 });
    expect((await listRejects()).map((reject) => reject.source_key)).toEqual([
      'track_id=t1',
      'track_id=t3000',
      'track_id=t6000',
    ]);
    const inner = await test.db.many(
      `SELECT track_id FROM tracks WHERE raw_json = '{"inner": 1}' ORDER BY 1`,
    );
    expect(inner).toEqual([{ track_id: 't2' }, { track_id: 't4000' }]);
    expect(report.conversions).toMatchObject({ 'JSON written as a JSON string to an object': 2 });
  });
});

interface Ended {
  readonly code: number | null;
  readonly peakMegabytes: number;
}

function run(file: string): { ended: Promise<Ended>; kill: () => void; isOver: () => boolean } {
  const preload = ['--import', 'tsx', '--import', './scripts/bench/peak-memory.ts'];
  const child = spawn(
    process.execPath,
    [...preload, 'scripts/migrate-from-sqlite.ts', file, '--owner', 'alice', '--no-backup', '--json'],
    {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: test.url },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  const ended = Promise.all([
    new Promise<number | null>((resolve) => child.on('close', resolve)),
    text(child.stdio[3] as Readable),
  ]).then(([code, peak]) => ({ code, peakMegabytes: Number(peak) / 1024 }));
  return {
    ended,
    kill: () => void child.kill('SIGKILL'),
    isOver: () => child.exitCode !== null || child.signalCode !== null,
  };
}

async function until(condition: string, isOver: () => boolean = () => false): Promise<void> {
  // On tables that another holds for itself, only the list of who does what can be asked.
  const watcher = createDb({ url: test.url, poolMin: 0, poolMax: 1, applicationName: 'test-watcher' });
  try {
    for (;;) {
      const { met } = await watcher.one<{ met: boolean }>(`SELECT ${condition} AS met`);
      if (met) return;
      if (isOver()) throw new Error(`it was over before this was met: ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    await watcher.close();
  }
}

const BUSY = `application_name = 'migrate-sqlite' AND datname = current_database()`;

const STAGES = ['COPY snapshots', 'ALTER TABLE snapshots ADD CONSTRAINT', 'CREATE INDEX', 'ANALYZE'];

it(
  `killed at ${STAGES.join(', ')}: every key and index is in place, nothing is visible, and the next run succeeds`,
  async () => {
    const file = path.join(directory, 'kill.db');
    writeLargeArchive({ file, tracks: 2_000, snapshots: 40_000 });
    const before = await catalogue();
    for (const statement of STAGES) {
      const running = run(file);
      onTestFinished(running.kill);
      const met = `EXISTS (SELECT FROM pg_stat_activity WHERE ${BUSY} AND ltrim(query) LIKE '${statement}%')`;
      await until(met, running.isOver);
      running.kill();
      await running.ended;
      await until(`NOT EXISTS (SELECT FROM pg_stat_activity WHERE ${BUSY})`);
      expect(await catalogue()).toEqual(before);
      expect(await test.db.many('SELECT 1 FROM users UNION ALL SELECT 1 FROM tracks')).toEqual([]);
    }
    const whole = await run(file).ended;
    expect(whole.code).toBe(0);
    expect(whole.peakMegabytes).toBeLessThan(200);
    expect(await catalogue()).toEqual(before);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  },
  SLOW,
);

it(
  'the same data again: no table or index a byte larger, no row written',
  async () => {
    const file = path.join(directory, 'again.db');
    writeLargeArchive({ file, tracks: 1_000, snapshots: 10_000 });
    const sizes = (): Promise<unknown[]> =>
      test.db.many(
        `SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
      );
    await move(file);
    await test.patient.execute('VACUUM');
    const before = [await sizes(), await dumpTables(test.db, true)];
    expect((await move(file)).changed).toBe(false);
    expect([await sizes(), await dumpTables(test.db, true)]).toEqual(before);
  },
  SLOW,
);

const heavy = (rows: number): string =>
  archive((db) => {
    const add = db.prepare('INSERT INTO tracks (track_id, raw_json) VALUES (?, ?)');
    for (let n = 1; n <= rows; n += 1)
      add.run(`t${n}`, JSON.stringify({ n, text: 'abcdefgh'.repeat(655_000) }));
  });

it(
  'memory follows the largest row, not their number: 28 rows of 5 MB take what 4 of them take',
  async () => {
    const few = await run(heavy(4)).ended;
    expect(few.code).toBe(0);
    await test.db.execute('TRUNCATE tracks CASCADE');
    const many = await run(heavy(28)).ended;
    expect(many.code).toBe(0);
    expect(many.peakMegabytes).toBeLessThan(few.peakMegabytes + 100);
  },
  SLOW,
);
