import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { auditFile } from '../../../scripts/migrate-from-sqlite/audit/audit-file.ts';
import { exitCodeOf as genericExitCode } from '../../../scripts/migrate-from-sqlite/generic/report.ts';
import { moveArchive } from '../../../scripts/migrate-from-sqlite/move-archive.ts';
import { openReadOnly } from '../../../scripts/migrate-from-sqlite/read/open-file.ts';
import { listCollations } from '../../../scripts/migrate-from-sqlite/read/sql-text.ts';
import { verifyArchive } from '../../../scripts/migrate-from-sqlite/verify/verify-archive.ts';
import { rewriteSchema } from '../../support/foreign-schema.ts';
import { change, useGenericMoves } from '../../support/generic-moves.ts';
import { mountSmallDisk, seal, unmount } from '../../support/mounts.ts';
import { insert, SNAPSHOTS_SCHEMA, writeArchive } from '../../support/old-archives.ts';
import { emptyTables } from '../../support/table-dump.ts';

const { test, directory, file, move, rows, rejects } = useGenericMoves();

/** Moves and verifies any file, and answers what did not come along. */
async function moveAndVerify(source: string): Promise<{ left: string[]; exitCode: number }> {
  const before = readFileSync(source);
  const report = await move(source);
  expect((await move(source, { mode: 'verify' })).changed).toBe(false);
  expect(readFileSync(source).equals(before)).toBe(true);
  return {
    left: report.leftBehind.map(({ kind, name, why }) => `${kind} ${name}: ${why}`),
    exitCode: genericExitCode(report),
  };
}

/** Moves an archive for Alice, with a backup copy, and verifies it. */
async function moveOld(source: string): Promise<Awaited<ReturnType<typeof moveArchive>>> {
  await emptyTables(test.db);
  const report = await moveArchive({ db: test.patient, file: source, owner: 'alice' });
  const found = await verifyArchive({ db: test.patient, file: source, owner: 'alice' });
  expect(found.ok ? [] : found).toEqual([]);
  return report;
}

const songs = "(1, 'Ä', 'x'), (2, 'b', 'y')";
const SONGS = 'CREATE TABLE songs (id INTEGER PRIMARY KEY, title TEXT, more TEXT)';

describe('a collation that only its own program has', () => {
  it.each<[string, string, RegExp?]>([
    ['a column', SONGS.replace('title TEXT', 'title TEXT COLLATE NOCASE')],
    ['an index', `${SONGS}; CREATE INDEX i ON songs (title COLLATE NOCASE)`],
    ['a unique set', SONGS.replace('title TEXT', 'title TEXT UNIQUE COLLATE NOCASE')],
    [
      'a unique partial index',
      `${SONGS}; CREATE UNIQUE INDEX i ON songs (title COLLATE NOCASE) WHERE id > 0`,
      /^index i: /,
    ],
    [
      'the key of a table without row numbers',
      'CREATE TABLE songs (id INTEGER, title TEXT COLLATE NOCASE, more TEXT, PRIMARY KEY (title, id)) WITHOUT ROWID',
    ],
  ])(
    'in %s: every row moves, and it is named',
    async (_, schema, named = /^collation songs\.title: icu_root: /) => {
      const source = file(schema, (db) => db.exec(`INSERT INTO songs VALUES ${songs}`));
      rewriteSchema(source, 'NOCASE', '"icu_root"');
      const { left, exitCode } = await moveAndVerify(source);
      expect(exitCode).toBe(0);
      expect(await rows('SELECT title FROM s.songs ORDER BY id')).toEqual([{ title: 'Ä' }, { title: 'b' }]);
      expect(left).toMatchObject([expect.stringMatching(named)]);
      expect((await auditFile(source)).tables).toMatchObject([{ name: 'songs', rows: 2 }]);
    },
  );

  it('beside or in an old archive: its own tables move, with their backup copy', async () => {
    const source = file(
      SNAPSHOTS_SCHEMA.replace('name TEXT', 'name TEXT COLLATE NOCASE').replace(
        'snapshot_date TEXT',
        'snapshot_date TEXT COLLATE NOCASE',
      ) +
        'CREATE INDEX by_name ON tracks (name); CREATE TABLE notes (n TEXT PRIMARY KEY COLLATE NOCASE) WITHOUT ROWID',
      (db) => {
        insert(db, 'tracks', { track_id: 't', name: 'x' });
        insert(db, 'snapshots', {
          track_id: 't',
          snapshot_date: '2024-01-01',
          time_range: 'short_term',
          rank: 1,
        });
        insert(db, 'notes', { n: 'a' });
      },
    );
    rewriteSchema(source, 'NOCASE', 'IUNICODE');
    const report = await moveOld(source);
    expect(report.tables.map(({ moved }) => moved)).toEqual([1, 1]);
    expect(report.unmoved).toEqual([{ kind: 'table', name: 'notes', rows: 1 }]);
    expect(report.backup).not.toBeNull();
  });

  it('does not hide that the file is damaged', async () => {
    const source = file(SONGS.replace('title TEXT', 'title TEXT UNIQUE COLLATE NOCASE'), (db) => {
      for (let id = 1; id < 3_000; id += 1)
        insert(db, 'songs', { id, title: `title ${id}`, more: 'x'.repeat(40) });
    });
    rewriteSchema(source, 'NOCASE', 'icu_root');
    const bytes = readFileSync(source);
    writeFileSync(source, bytes.fill(7, 5 * 4096, 6 * 4096));
    await expect(move(source)).rejects.toThrow(/is damaged/);
  });

  it('is found wherever a table declares it, and nowhere else', () => {
    expect(
      listCollations(
        `CREATE TABLE t (a TEXT COLLATE nocase, "b c" TEXT DEFAULT 'x, COLLATE y' COLLATE [my one], -- COLLATE no
         d TEXT CHECK (d COLLATE inner_one = 'x'), e DECIMAL(10, 2), PRIMARY KEY (a COLLATE rtrim))`,
      ),
    ).toEqual([
      { column: 'a', collation: 'nocase' },
      { column: 'b c', collation: 'my one' },
    ]);
  });
});

describe('a function that only its own program has', () => {
  it('in a check or an index: every row moves, and they are named', async () => {
    const source = file(
      `${SONGS}; CREATE INDEX i ON songs (lower(title)); CREATE INDEX p ON songs (id) WHERE lower(title) = 'b'`.replace(
        'more TEXT',
        "more TEXT CHECK (lower(more) <> '')",
      ),
      (db) => db.exec(`INSERT INTO songs VALUES ${songs}`),
    );
    rewriteSchema(source, 'lower(', 'MYLOWER(');
    const { left, exitCode } = await moveAndVerify(source);
    expect([exitCode, left.length]).toEqual([0, 3]);
    expect(await rows('SELECT count(*)::int AS count FROM s.songs')).toEqual([{ count: 2 }]);
  });

  it('in a generated column: what is stored moves, what would have to be worked out is named', async () => {
    const source = file(
      `CREATE TABLE songs (id INTEGER PRIMARY KEY, title TEXT, kept TEXT AS (upper(title)) STORED, made TEXT AS (upper(title)) VIRTUAL)`,
      (db) => db.exec(`INSERT INTO songs (id, title) VALUES (1, 'a')`),
    );
    rewriteSchema(source, 'upper(', 'MYUPPER(');
    const { left, exitCode } = await moveAndVerify(source);
    expect(exitCode).toBe(1);
    expect(await rows('SELECT * FROM s.songs')).toEqual([{ id: 1, title: 'a', kept: 'A' }]);
    expect(left[0]).toBe('column songs.made: it cannot be read: unknown function: MYUPPER()');
    expect((await auditFile(source)).tables[0]).toMatchObject({ rows: 1, unreadable: [{ name: 'made' }] });
  });
});

describe('virtual tables', () => {
  /** A full-text index of each kind and an R-tree, out of date, of an unknown tokenizer or of a missing module. */
  const VIRTUAL = `CREATE VIRTUAL TABLE five USING fts5(words); INSERT INTO five VALUES ('hello');
    CREATE VIRTUAL TABLE four USING fts4(words, tokenize=simple); INSERT INTO four VALUES ('hello');
    CREATE VIRTUAL TABLE three USING fts3(words); CREATE VIRTUAL TABLE box USING rtree(id, a, b);
    INSERT INTO box VALUES (1, 1, 2); CREATE VIRTUAL TABLE shape USING geopoly(label);`;
  const ODD: Readonly<Record<string, (source: string) => void>> = {
    'out of date': (source) => {
      change(source, (db) => {
        db.unsafeMode();
        db.exec(
          `UPDATE five_content SET c0 = 'bye'; UPDATE four_content SET c0words = 'bye'; DELETE FROM box_rowid`,
        );
      });
    },
    'of an unknown tokenizer': (source) => {
      rewriteSchema(source, 'tokenize=simple', 'tokenize=icu de');
      rewriteSchema(source, 'fts5(words)', "fts5(words, tokenize='mozporter')");
    },
    'of a missing module': (source) => rewriteSchema(source, 'USING rtree(', 'USING spellfix1('),
  };
  it.each(Object.entries(ODD))('%s: the archive beside them moves', async (_, spoil) => {
    const source = file(SNAPSHOTS_SCHEMA, (db) => {
      insert(db, 'tracks', { track_id: 't', name: 'x' });
      db.exec(VIRTUAL);
    });
    spoil(source);
    const report = await moveOld(source);
    expect(report.tables[0]).toMatchObject({ read: 1, moved: 1 });
    expect(report.unmoved.map(({ name }) => name)).toEqual(expect.arrayContaining(['five', 'four', 'box']));
  });

  it.each(Object.entries(ODD))('%s: any other table moves, and they are named', async (_, spoil) => {
    const source = file(`${SONGS}; ${VIRTUAL}`, (db) => db.exec(`INSERT INTO songs VALUES ${songs}`));
    spoil(source);
    const { left, exitCode } = await moveAndVerify(source);
    expect(exitCode).toBe(1);
    expect(left.filter((line) => line.startsWith('virtual table'))).toHaveLength(5);
    expect(await rows('SELECT count(*)::int AS count FROM s.songs')).toEqual([{ count: 2 }]);
    expect((await auditFile(source)).tables.map(({ name }) => name)).toContain('five');
  });

  it('a table of the user’s own that is named like the inside of an index moves; the inside does not', async () => {
    const source = file(
      `CREATE TABLE notes_content (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO notes_content VALUES (1, 'kept nowhere else');
       CREATE VIRTUAL TABLE notes USING fts5(title, content = 'notes_content', content_rowid = 'id');
       CREATE TABLE free_content (anything TEXT);
       CREATE VIRTUAL TABLE own USING fts5(words); CREATE VIRTUAL TABLE free USING fts5(words, content='');
       CREATE TABLE own_extra (n INTEGER); CREATE TABLE box_data (n INTEGER);
       CREATE VIRTUAL TABLE box USING rtree(id, a, b); CREATE VIRTUAL TABLE old USING fts4(words)`,
    );
    await moveAndVerify(source);
    const moved = await rows<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 's'::regnamespace AND relkind = 'r' ORDER BY 1`,
    );
    expect(moved.map(({ name }) => name)).toEqual([
      'box_data',
      'free_content',
      'import_rejects',
      'notes_content',
      'own_extra',
    ]);
    expect(await rows('SELECT title FROM s.notes_content')).toEqual([{ title: 'kept nowhere else' }]);
  });
});

describe('rows older than a rule of their table', () => {
  it('NULL in NOT NULL, text in a retyped column: an archive moves by its own rules', async () => {
    const source = file(SNAPSHOTS_SCHEMA.replace('duration_ms INTEGER', 'duration_ms TEXT'), (db) =>
      insert(db, 'tracks', { track_id: 't', name: null, duration_ms: '200000' }),
    );
    rewriteSchema(source, ' name TEXT', ' name TEXT NOT NULL');
    rewriteSchema(source, 'duration_ms TEXT', 'duration_ms INTEGER CHECK (duration_ms < 1)');
    expect((await moveOld(source)).tables[0]).toMatchObject({ moved: 1, rejected: 0 });
  });

  it('in any other file a row that breaks NOT NULL is set aside, the others move', async () => {
    const source = file('CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)', (db) =>
      insert(db, 't', { id: 1, a: 'x', b: '7' }, { id: 2, a: null, b: '8' }),
    );
    rewriteSchema(source, 'a TEXT, b TEXT', 'a TEXT NOT NULL, b INTEGER');
    expect((await moveAndVerify(source)).exitCode).toBe(1);
    expect(await rows('SELECT id, b FROM s.t')).toEqual([{ id: 1, b: 7 }]);
    expect(await rejects()).toMatchObject([{ source_key: 'id=2', source_column: null }]);
  });
});

describe('a key that minds no case', () => {
  const FAMILY = `CREATE TABLE artist (name TEXT PRIMARY KEY COLLATE NOCASE, born INTEGER);
    CREATE TABLE song (id INTEGER PRIMARY KEY, artist TEXT REFERENCES artist (name))`;
  const abba = { name: 'ABBA', born: 1972 };

  it('is named; children that spell it otherwise stay as they are, without the foreign key', async () => {
    const source = file(FAMILY, (db) => {
      insert(db, 'artist', abba);
      insert(db, 'song', { id: 1, artist: 'abba' }, { id: 2, artist: 'ABBA' });
    });
    const { left, exitCode } = await moveAndVerify(source);
    expect(exitCode).toBe(0);
    expect(left).toEqual([
      expect.stringMatching(/^collation artist\.name: NOCASE: .*index/),
      expect.stringMatching(/^foreign key song \(artist\) → artist: 1 row\b.*NOCASE/),
    ]);
    expect(await rows('SELECT artist FROM s.song ORDER BY id')).toEqual([
      { artist: 'abba' },
      { artist: 'ABBA' },
    ]);
    expect(await move(source)).toMatchObject({ changed: false });
  });

  it('keeps its foreign key where every child spells it alike, and real orphans are set aside', async () => {
    const source = file(FAMILY, (db) => {
      insert(db, 'artist', abba);
      insert(db, 'song', { id: 1, artist: 'ABBA' }, { id: 2, artist: 'nobody' });
    });
    const { left } = await moveAndVerify(source);
    expect(left).toHaveLength(1);
    expect(await rejects()).toMatchObject([
      { source_key: 'id=2', reason: 'the row it refers to does not exist' },
    ]);
  });
});

it('a row beyond a page of PostgreSQL is said, with its table; nothing was written', async () => {
  const names = Array.from({ length: 1_200 }, (_, at) => `c${at}`);
  const source = file(`CREATE TABLE wide (${names.map((name) => `${name} REAL`).join(', ')})`, (db) =>
    db.exec(`INSERT INTO wide VALUES (${names.map((_, at) => `${at}.5`).join(', ')})`),
  );
  await expect(move(source)).rejects.toThrow(
    expect.objectContaining({
      name: 'NothingWritten',
      message: expect.stringMatching(/table wide .*too big/),
    }),
  );
});

it('a file with a closed write-ahead log is read in a read-only directory, one with an open log is explained', async ({
  skip,
}) => {
  const home = path.join(directory, 'read only?#');
  skip(!mountSmallDisk(home, 4), 'a read-only disk cannot be mounted');
  onTestFinished(() => unmount(home));
  const closed = writeArchive(home, 'closed', `PRAGMA journal_mode = WAL; ${SONGS}`);
  writeFileSync(path.join(home, 'open.db'), readFileSync(closed));
  writeFileSync(path.join(home, 'open.db-wal'), 'frames');
  seal(home);
  const opened = await openReadOnly(closed);
  expect(opened.db.prepare('SELECT count(*) FROM songs').pluck().get()).toBe(0);
  opened.close();
  await expect(openReadOnly(path.join(home, 'open.db'))).rejects.toThrow(/-wal file/);
  expect(readdirSync(home)).toEqual(['closed.db', 'open.db', 'open.db-wal']);
});
