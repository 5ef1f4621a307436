import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { auditFile, type Audit } from '../../../scripts/migrate-from-sqlite/audit/audit-file.ts';
import { printAudit } from '../../../scripts/migrate-from-sqlite/audit/print-audit.ts';
import { judgeSigns, lookAround, type Verdict } from '../../../scripts/migrate-from-sqlite/audit/signs.ts';
import { WEATHER } from '../../support/generic-moves.ts';
import {
  PLAYLISTS_SCHEMA,
  SNAPSHOTS_SCHEMA,
  useDirectory,
  writeArchive,
} from '../../support/old-archives.ts';

const directory = useDirectory();
const write = (name: string, ...rest: [string, Parameters<typeof writeArchive>[3]?]): string =>
  writeArchive(directory, name, ...rest);
const old = { snapshots: SNAPSHOTS_SCHEMA, playlists: PLAYLISTS_SCHEMA };

const tableOf = (audit: Audit, name: string) => audit.tables.find((table) => table.name === name);
const columnOf = (audit: Audit, table: string, name: string) =>
  tableOf(audit, table)?.columns.find((column) => column.name === name);
const verdictOf = (audit: Audit, sign: string): Verdict | undefined =>
  audit.signs.find((found) => found.sign === sign)?.verdict;

describe('an audit', () => {
  it('shows a weather cache column by column, with what each becomes and why', async () => {
    const file = write('weather', WEATHER, (db) => {
      const add = db.prepare('INSERT INTO weather_history VALUES (?, ?, ?, ?, ?)');
      add.run(null, 'Vienna', 21.5, '{"sky":"clear"}', '2024-03-15T14:30:22Z');
      add.run(null, 'Linz', null, '{}', '2024-03-16T14:30:22Z');
    });
    const audit = await auditFile(file);
    expect(audit).toMatchObject({
      file: 'weather.db',
      layout: null,
      encoding: 'UTF-8',
      journalMode: 'delete',
    });
    expect(tableOf(audit, 'weather_history')).toMatchObject({
      rows: 2,
      autoincrement: true,
      primaryKey: ['id'],
    });
    expect(columnOf(audit, 'weather_history', 'id')).toMatchObject({
      declaredType: 'INTEGER',
      constraints: ['PRIMARY KEY', 'AUTOINCREMENT'],
      type: 'bigint',
      identity: true,
      range: { least: '1', greatest: '2' },
    });
    expect(columnOf(audit, 'weather_history', 'temperature')).toMatchObject({
      holds: { real: 1, null: 1 },
      nulls: 1,
      samples: ['21.5'],
      type: 'double precision',
    });
    expect(columnOf(audit, 'weather_history', 'conditions')?.type).toBe('jsonb');
    expect(columnOf(audit, 'weather_history', 'timestamp')).toMatchObject({
      forms: { 'time with a zone': 2 },
      type: 'timestamptz',
      distinct: { count: 2, exact: true },
    });
  });

  it('lists every kind of constraint, index, view and trigger', async () => {
    const file = write(
      'everything',
      `CREATE TABLE p (a TEXT, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID;
       CREATE TABLE c (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'x' UNIQUE, b INTEGER NOT NULL CHECK (b > 0),
         d INTEGER GENERATED ALWAYS AS (b * 2) STORED, e ANY,
         FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE CASCADE) STRICT;
       CREATE INDEX plain ON c (b DESC); CREATE UNIQUE INDEX half ON c (b) WHERE b > 1; CREATE INDEX expr ON c (abs(b));
       CREATE VIEW v AS SELECT 1; CREATE TRIGGER t AFTER INSERT ON c BEGIN SELECT 1; END;
       CREATE VIRTUAL TABLE f USING fts5(words);`,
    );
    const audit = await auditFile(file);
    expect(tableOf(audit, 'p')).toMatchObject({ withoutRowid: true, primaryKey: ['a', 'b'] });
    expect(tableOf(audit, 'c')).toMatchObject({
      strict: true,
      checks: ['b > 0'],
      foreignKeys: [{ columns: ['a', 'b'], parent: 'p', parentColumns: ['a', 'b'], onDelete: 'CASCADE' }],
      indexes: [
        { name: 'expr', columns: [{ name: null }] },
        { name: 'half', unique: true, partial: true },
        { name: 'plain', columns: [{ name: 'b', descending: true }] },
      ],
      uniques: [{ columns: [{ name: 'a' }] }],
    });
    expect(columnOf(audit, 'c', 'a')?.constraints).toEqual(['UNIQUE', "DEFAULT 'x'", 'REFERENCES p']);
    expect(columnOf(audit, 'c', 'd')?.constraints).toEqual(['GENERATED STORED']);
    expect(tableOf(audit, 'f')).toMatchObject({ kind: 'virtual table' });
    expect(audit.tables.map((table) => table.name)).toEqual(['c', 'f', 'p']);
    expect(audit.others).toMatchObject([
      { kind: 'view', name: 'v' },
      { kind: 'trigger', name: 't', table: 'c' },
    ]);
    const text = printAudit(audit);
    for (const line of [
      'index plain (b desc)',
      'unique index half (b), partial',
      'check (b > 0)',
      'WITHOUT ROWID',
    ])
      expect(text).toContain(line);
  });

  it.each([
    ['snapshots', 'tracks', 'raw_json', 'tracks.raw_json', 'jsonb'],
    ['snapshots', 'snapshots', 'snapshot_date', 'snapshots.snapshot_date', 'date'],
    ['playlists', 'tracks', 'spotify_id', 'tracks.track_id', 'text'],
    ['playlists', 'artists', 'id', null, 'nothing'],
  ] as const)(
    'names the archive’s own column for the %s layout: %s.%s',
    async (layout, table, column, target, type) => {
      const audit = await auditFile(write(`${layout}-${column}`, old[layout]));
      expect(audit.layout).toBe(layout);
      expect(columnOf(audit, table, column)).toMatchObject({ target, type });
    },
  );

  it('keeps what the archive has no column for, and what it has no table for', async () => {
    const schema = `${SNAPSHOTS_SCHEMA} ALTER TABLE tracks ADD COLUMN mood TEXT; CREATE TABLE notes (n INTEGER)`;
    const audit = await auditFile(write('extra', schema));
    expect(columnOf(audit, 'tracks', 'mood')?.target).toBe('import_rejects.original');
    expect(columnOf(audit, 'notes', 'n')).not.toHaveProperty('target');
  });

  it('gives a referring column the type of the one it refers to', async () => {
    const file = write(
      'refer',
      'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p TEXT REFERENCES p)',
    );
    expect(columnOf(await auditFile(file), 'c', 'p')).toMatchObject({ type: 'bigint' });
  });

  it('fits 100 columns, and no name leads the terminal', async () => {
    const odd = `CREATE TABLE "a\u001b[31m" ("col\numn" TEXT, "${'word '.repeat(40)}" TEXT, "__proto__" TEXT, "" TEXT, "1" TEXT)`;
    const file = write('odd', odd, (db) =>
      db.exec(`INSERT INTO "a\u001b[31m" VALUES ('\u001b[2J', 'x', 'p', 'e', 'one')`),
    );
    for (const audited of [await auditFile(file), await auditFile(write('narrow', PLAYLISTS_SCHEMA))]) {
      const text = printAudit(audited);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
      expect(text).not.toContain('\u001b');
    }
    const audit = await auditFile(file);
    expect(printAudit(audit)).toMatch(/^a\\u\{1b\}\[31m: 1 rows$/m);
    expect(audit.tables[0]?.columns.map(({ name, samples }) => [name.length, samples.length])).toEqual([
      [7, 1],
      [200, 1],
      [9, 1],
      [0, 1],
      [1, 1],
    ]);
  });

  it('changes nothing, and reads the newest of a file in WAL mode that is being written', async () => {
    const file = write('wal', WEATHER);
    const writer = new Sqlite(file);
    writer.pragma('journal_mode = WAL');
    writer.exec(`INSERT INTO weather_history VALUES (1, 'Vienna', 1, '{}', '2024-03-15')`);
    const before = readFileSync(file);
    const audit = await auditFile(file);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(tableOf(audit, 'weather_history')?.rows).toBe(1);
    expect(verdictOf(audit, 'concurrent writers')).toBe('yes');
    writer.close();
    expect(readdirSync(directory).some((name) => name.includes('backup'))).toBe(false);
  });

  it.each(['PRAGMA user_version = 1', 'CREATE TABLE t (a)'])(
    'reads a file with nothing in it: %s',
    async (schema) => {
      const audit = await auditFile(write(`bare${schema.length}`, schema));
      expect(audit.signs).toHaveLength(5);
      expect(printAudit(audit)).toContain('SQLite?');
    },
  );

  it('reads UTF-16 and other page sizes', async () => {
    const file = write(
      'utf16',
      `PRAGMA encoding = 'UTF-16be'; PRAGMA page_size = 512; CREATE TABLE t (a TEXT)`,
      (db) => db.exec(`INSERT INTO t VALUES ('é🎵'), (CAST(x'd800' AS TEXT))`),
    );
    const audit = await auditFile(file);
    expect(audit).toMatchObject({ encoding: 'UTF-16be', pageSize: 512 });
    expect(columnOf(audit, 't', 'a')?.holds).toEqual({ text: 1, 'broken text': 1 });
  });

  it.each([
    ['nowhere.db', 'There is no file'],
    ['', 'is a directory'],
  ])('refuses %j', async (name, message) => {
    await expect(auditFile(path.join(directory, name))).rejects.toThrow(message);
  });
});

describe('the five signs', () => {
  it('are quiet for a small plain file', async () => {
    const audit = await auditFile(write('small', 'CREATE TABLE t (a INTEGER)'));
    expect(audit.signs.map(({ sign, verdict }) => [sign, verdict])).toEqual([
      ['concurrent writers', 'no'],
      ['network access', 'no'],
      ['several tools', 'no'],
      ['features', 'no'],
      ['size', 'no'],
    ]);
  });

  it('see JSON, other tools and values that break their type', async () => {
    const schema = `PRAGMA user_version = 3; ${PLAYLISTS_SCHEMA}
      CREATE TABLE django_migrations (id INTEGER); CREATE TABLE alembic_version (n INTEGER);`;
    const file = write('signs', schema, (db) =>
      db.exec("INSERT INTO django_migrations VALUES (1), (2), (3), ('x')"),
    );
    const audit = await auditFile(file);
    expect(verdictOf(audit, 'several tools')).toBe('yes');
    expect(audit.signs.find(({ sign }) => sign === 'features')).toMatchObject({
      verdict: 'yes',
      seen: expect.stringContaining('django_migrations.id') as string,
    });
  });

  it('tell WAL mode, a network file system and a large file', () => {
    const figures = {
      bytes: 2 * 1024 ** 3,
      freeBytes: 1024 ** 3,
      journalMode: 'wal',
      applicationId: 0,
      userVersion: 0,
    };
    const around = { walBytes: null, journalBytes: null, network: 'NFS' };
    const signs = judgeSigns(figures, around, [], []);
    expect(signs.map(({ verdict }) => verdict)).toEqual(['not yet', 'yes', 'no', 'no', 'not yet']);
    expect(signs[4]?.seen).toBe('0 rows in 2 GB, 50 % of it unused');
    expect(lookAround(path.join(directory, 'small.db'))).toMatchObject({ walBytes: null });
  });
});
