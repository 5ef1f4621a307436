import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { writeDemoArchive } from '../../scripts/demo/archive/write.ts';
import { ALICE, signIn, submit, useApp } from '../support/app.ts';
import { HANGS_MS } from '../support/drill.ts';
import { useDirectory } from '../support/old-archives.ts';
import { copyReference, hasReferenceArchives } from '../support/reference-archives.ts';
import { nodeArguments, ROOT } from '../support/run-script.ts';
import { dumpTables } from '../support/table-dump.ts';

const inFile = (file: string) => {
  const db = new Sqlite(file, { readonly: true });
  const counts = db
    .prepare('SELECT (SELECT count(*) FROM tracks) AS tracks, (SELECT count(*) FROM snapshots) AS snapshots')
    .get() as { tracks: number; snapshots: number };
  db.close();
  return counts;
};

const tablesOf = (stdout: string) =>
  (JSON.parse(stdout) as { tables: { table: string; moved: number; alreadyThere: number; read: number }[] })
    .tables;

/** docs/cutover.md, walked step by step. One test builds on the one before. */
describe.sequential('the cutover of docs/cutover.md', () => {
  const test = useApp();
  const directory = useDirectory();
  const old = hasReferenceArchives
    ? copyReference('snapshots', directory, 'old.db')
    : writeDemoArchive({ directory, endDate: '2026-11-21' }).snapshotsFile;
  const copy = path.join(directory, 'rehearsal.db');
  const back = path.join(directory, 'back.db');
  const running = new Set<ChildProcess>();
  afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

  async function run(script: string, ...args: string[]): Promise<{ code: number | null; stdout: string }> {
    const child = spawn(process.execPath, [...nodeArguments(`scripts/${script}.ts`), ...args], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: test.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout };
  }
  const migrate = (file: string, ...args: string[]) =>
    run('migrate-from-sqlite', file, '--owner', ALICE, '--no-backup', ...args);

  interface OldApp {
    readonly days: string[];
    stop(): Promise<number | null>;
  }
  /** Runs until it is stopped; answers once it has kept its first day. (A slow machine keeps years of days: begin far apart.) */
  async function startOldApp(file: string, firstDate: string): Promise<OldApp> {
    const child = spawn(process.execPath, [...nodeArguments('test/support/old-app.ts'), file, firstDate], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.add(child);
    const days: string[] = [];
    const ended = once(child, 'close');
    child.stdout.on('data', (chunk: Buffer) => days.push(...chunk.toString().trim().split('\n')));
    while (days.length === 0 && child.exitCode === null) await sleep(10);
    return {
      days,
      stop: async () => {
        child.kill('SIGTERM');
        running.delete(child);
        return ((await ended) as [number | null])[0];
      },
    };
  }

  const inPostgres = () =>
    test.db.one<{ tracks: number; snapshots: number }>(
      `SELECT (SELECT count(*)::int FROM library_tracks) AS tracks, (SELECT count(*)::int FROM snapshots) AS snapshots`,
    );

  let app: OldApp;
  let copied: { tracks: number; snapshots: number };
  let left: Buffer;

  it('1: rehearses on a copy made while the old app writes, and changes nothing', async () => {
    app = await startOldApp(old, '2027-01-01');
    const source = new Sqlite(old, { readonly: true });
    await source.backup(copy);
    source.close();
    copied = inFile(copy);
    const before = await dumpTables(test.patient, true);
    const audit = await run('migrate-from-sqlite', copy, '--audit');
    expect(audit.code).toBe(0);
    expect(audit.stdout).toContain('snapshots layout');
    expect(audit.stdout).toContain(`tracks: ${copied.tracks.toLocaleString('en')} rows`);
    expect(audit.stdout).not.toContain('nothing:');
    expect((await migrate(copy, '--dry-run')).code).toBe(0);
    expect(await dumpTables(test.patient, true)).toEqual(before);
  });

  it('2: moves the copy and verifies it; the old app never stops writing', async () => {
    const days = app.days.length;
    expect((await migrate(copy)).code).toBe(0);
    expect((await migrate(copy, '--verify-only')).code).toBe(0);
    expect(app.days.length).toBeGreaterThan(days);
    expect(await inPostgres()).toEqual(copied);
  });

  it('3: the new app shows what the copy holds', async () => {
    const alice = await signIn(test, ALICE);
    expect((await alice.get('/dashboard').expect(200)).text).toContain(copied.tracks.toLocaleString('en'));
    const imports = await alice.get('/settings/imports').expect(200);
    expect(imports.text).toContain('rehearsal.db');
    expect(imports.text).not.toContain('could not be moved</a>');
  });

  it('4: after the old app has stopped, the rest follows, and only the rest', async () => {
    expect(await app.stop()).toBe(0);
    left = readFileSync(old);
    const wanted = inFile(old);
    expect(wanted.snapshots).toBeGreaterThan(copied.snapshots);
    const moved = await migrate(old, '--json');
    expect(moved.code).toBe(0);
    const expected = (['tracks', 'snapshots'] as const).map((table) =>
      expect.objectContaining({
        table,
        read: wanted[table],
        alreadyThere: copied[table],
        moved: wanted[table] - copied[table],
      }),
    );
    expect(tablesOf(moved.stdout)).toEqual(expected);
    expect((await migrate(old, '--verify-only')).code).toBe(0);
    expect(await inPostgres()).toEqual(wanted);
    const days = await test.db.many<{ date: string }>(
      `SELECT DISTINCT snapshot_date AS date FROM snapshots WHERE snapshot_date >= '2027-01-01' ORDER BY 1`,
    );
    expect(days.map(({ date }) => date)).toEqual(app.days);
  });

  it('5: the new app takes over and keeps today', async () => {
    const alice = await signIn(test, ALICE);
    await alice.get('/readyz').expect(200);
    const keepToday = async (): Promise<number> => {
      await submit(alice, '/snapshots');
      return (await inPostgres()).snapshots;
    };
    // A busy machine may give up on Spotify or the database and say so: the button is there again.
    await expect.poll(keepToday, { timeout: HANGS_MS }).toBe(inFile(old).snapshots + 225);
  });

  it('back, with nothing captured: the old file is byte for byte what the old app left, and the app runs on it', async () => {
    expect(readFileSync(old).equals(left)).toBe(true);
    const again = path.join(directory, 'again.db');
    const source = new Sqlite(old, { readonly: true });
    await source.backup(again);
    source.close();
    const restarted = await startOldApp(again, '2127-01-01');
    expect(await restarted.stop()).toBe(0);
  });

  it('back, with captures: the exported file holds them too, and the old app goes on writing into it', async () => {
    const before = await dumpTables(test.patient, true);
    expect((await run('export-to-sqlite', back)).code).toBe(0);
    expect(await dumpTables(test.patient, true)).toEqual(before);
    expect(inFile(back)).toEqual(await inPostgres());
    const db = new Sqlite(back, { readonly: true });
    db.prepare('ATTACH ? AS old').run(old);
    const lost = db.prepare('SELECT * FROM old.snapshots EXCEPT SELECT * FROM snapshots').all();
    expect(lost).toEqual([]);
    db.close();
    const restarted = await startOldApp(back, '2128-01-01');
    expect(await restarted.stop()).toBe(0);
    expect(restarted.days[0]).toBe('2128-01-01');
  });

  it('forward again: what the old app wrote since is moved, and all else is recognised', async () => {
    const before = await inPostgres();
    const wanted = inFile(back);
    const moved = await migrate(back, '--json');
    expect(moved.code).toBe(0);
    for (const { table, read, moved: added, alreadyThere } of tablesOf(moved.stdout)) {
      const known = before[table as 'tracks' | 'snapshots'];
      expect([table, alreadyThere, added]).toEqual([table, known, read - known]);
    }
    expect(await inPostgres()).toEqual(wanted);
    expect((await migrate(back, '--verify-only')).code).toBe(0);
    expect(
      (await test.db.one<{ rejects: number }>('SELECT count(*)::int AS rejects FROM import_rejects')).rejects,
    ).toBe(0);
  });

  it('a track the old app wrote again between two moves keeps what came first; the later is among the rejects', async () => {
    const db = new Sqlite(back);
    db.prepare(
      `UPDATE tracks SET album_name = 'Another edition' WHERE track_id = 'old-app-2027-01-01-1'`,
    ).run();
    db.close();
    const moved = await migrate(back, '--json');
    expect(moved.code).toBe(1);
    expect(tablesOf(moved.stdout)[0]).toMatchObject({ table: 'tracks', moved: 0, kept: 1 });
    const kept = await test.db.one(
      `SELECT album_name, source_column, original ->> 'text' AS original
       FROM tracks JOIN import_rejects ON source_key = 'track_id=' || track_id`,
    );
    expect(kept).toEqual({
      album_name: 'Meanwhile',
      source_column: 'album_name',
      original: 'Another edition',
    });
    expect((await migrate(back, '--verify-only')).code).toBe(0);
  });
});
