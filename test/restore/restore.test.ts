import { spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import { fillLargeDatabase } from '../../scripts/measure/large-database/fill.ts';
import { openLarge } from '../../scripts/measure/large-database/open.ts';
import { ExportZip } from '../../src/restore/open-zip.ts';
import { deleteListener } from '../../src/archives/delete-listener.ts';
import { EXPORT_VERSION } from '../../src/exports/manifest.ts';
import { restoreArchive } from '../../src/restore/restore.ts';
import {
  makePrivateDirectory,
  removePrivateDirectory,
  sweepPrivateDirectories,
} from '../../src/process/private-directory.ts';
import { streamArchive } from '../../src/exports/stream-archive.ts';
import { EXPORTED, listColumns, NOT_EXPORTED, PERSONAL } from '../../src/exports/tables.ts';
import type { Db } from '../../src/db.ts';
import { useDatabase } from '../support/database.ts';
import {
  insertArchiveTracks,
  insertArtistSnapshot,
  insertImport,
  insertListener,
  insertPlaylist,
  insertReject,
  insertSnapshot,
  insertTrack,
  insertHistoryImport,
} from '../support/factories.ts';
import {
  countListenerRows,
  listListenerRows,
  listPersonalTables,
  listRows,
} from '../support/listener-rows.ts';
import { listUncounted } from '../support/uncounted.ts';

const here = useDatabase();
const there = useDatabase();
const directory = mkdtempSync(path.join(tmpdir(), 'exports-test-'));
const file = path.join(directory, 'alice.zip');
let aliceId = 0;
let backId = 0;

const save = (db: Db, userId: number, to: string): Promise<void> =>
  pipeline(streamArchive(db, userId), createWriteStream(to));

beforeAll(async () => {
  const db = openLarge(here.url);
  const size = { seed: 3, listeners: 2, tracks: 300, snapshots: 3_000, observed: { tracks: 150, days: 15 } };
  aliceId = await fillLargeDatabase(db, size);
  await db.close();
  await here.db.execute(
    `UPDATE users SET spotify_id = 'alice', timezone = 'Europe/Berlin', theme = 'dark', paused_at = now() WHERE user_id = $1`,
    [aliceId],
  );
  await addOddThings(here.db, aliceId);
  await save(here.db, aliceId, file);
  await insertListener(there.db, 'somebody-else');
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a careless export would change on the way. */
async function addOddThings(db: Db, userId: number): Promise<void> {
  const odd = await insertTrack(db, {
    trackId: 'spotify:local:A:B:"c",\\N\t:1',
    name: '=1+1\n\t\\N "quoted", \u2028 字 \u{1F600}',
    artists: ['ann', 'ben'],
    features: '{"tempo": 120.10000000000000000001, "energy": 0.50, "big": 123456789012345678901234567890}',
    payload: { name: '</script>\u0001', nested: [null, { '': -0 }], e: 1e-7 },
  });
  const bare = await insertTrack(db, { trackId: 'bare', name: null });
  await insertArchiveTracks(db, userId, [bare]);
  await insertSnapshot(db, userId, { date: '1944-03-15' }, [[odd, null]]);
  await insertArtistSnapshot(db, userId, { date: '2026-01-01' }, ['listed by Spotify alone', ['ann', null]]);
  await db.execute(
    `UPDATE artists SET raw_json = '{"followers": {"total": 1.10}, "images": []}' WHERE artist_id = 'ann'`,
  );
  await insertPlaylist(db, userId, { playlistId: 'p/%/1', name: '@SUM(A1)' }, [odd, bare]);
  await db.execute(
    `INSERT INTO playlist_sendings (user_id, playlist_id, state, track_ids, lease, leased_until, again_at)
     VALUES ($1, 'p/%/1', 'stopped', ARRAY['bare', 'a"b,c', NULL, ''], gen_random_uuid(), now(), now())`,
    [userId],
  );
  await db.execute(
    `INSERT INTO plays (user_id, played_at, track_id, context, raw_json)
     VALUES ($1, '2026-01-01T00:00:00.123456Z', $2, NULL, '{"n": 1.10}'), ($1, '2026-03-29T01:30:00Z', 'bare', '{}', '{}')`,
    [userId, odd],
  );
  await insertHistoryImport(db, userId, odd);
  await db.execute(`INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, 'bare')`, [userId]);
  await db.execute(`INSERT INTO artists (artist_id, name) VALUES ('of nothing kept', 'x')`);
  await db.execute(
    `INSERT INTO hidden_artists (user_id, artist_id) SELECT $1, unnest(ARRAY['ben', 'of nothing kept'])`,
    [userId],
  );
  await db.execute(
    `INSERT INTO play_gaps (user_id, after_played_at, before_played_at) VALUES ($1, '2026-01-01', '2026-01-02')`,
    [userId],
  );
  await db.execute(
    `INSERT INTO capture_runs (user_id, snapshot_date, outcome, started_at, finished_at, time_ranges, failure)
     VALUES ($1, '2026-01-01', 'failed', now(), now(), '{long_term}', 'It "failed", so \\N.')`,
    [userId],
  );
  await db.execute(
    `INSERT INTO own_audio_features (user_id, track_id, audio_features, loaded_at)
     VALUES ($1, 'bare', '{"energy": 0.250}', '2026-01-01'), ($1, 'in no library', '{"tempo": 99}', '2026-01-02')`,
    [userId],
  );
  await db.execute(
    `INSERT INTO file_tracks (user_id, track_id, brought, name, artist_ids, gave_way_at)
     VALUES ($1, 'bare', true, 'As the file had it', ARRAY['ann', NULL], now())`,
    [userId],
  );
  await db.execute(
    `INSERT INTO file_artists (user_id, artist_id, brought, name, gave_way_at) VALUES ($1, 'ann', true, 'An', now())`,
    [userId],
  );
  const importId = await insertImport(db, userId, 'C:\\old.db', { tables: [], seconds: 1.5 });
  await insertReject(db, userId, importId, { key: 'track_id=\u{1F600}', text: '' });
  await db.execute(
    `INSERT INTO spotify_connections (user_id, access_token, refresh_token, scope) VALUES ($1, 'SECRET-A', 'SECRET-R', '')`,
    [userId],
  );
}

/** Directories of exports under a temporary directory. */
const exportsIn = (temporary: string): string[] =>
  readdirSync(temporary).flatMap((root) => readdirSync(path.join(temporary, root)));

/** Files of the exports that a process has under way. */
const filesOf = (pid: number): string[] => {
  const root = path.join(tmpdir(), `music-time-machine-${userInfo().uid}`);
  const own = readdirSync(root).filter((name) => name.includes(`.${pid}.`));
  return own.flatMap((name) => readdirSync(path.join(root, name)));
};

describe('an export', () => {
  it('holds every table with rows of a listener, or says why not', async () => {
    const known = [...PERSONAL.map(({ name }) => name), ...Object.keys(NOT_EXPORTED)];
    expect(known.toSorted()).toEqual(await listPersonalTables(here.db));
  });

  it('holds every column that is no derivation, or says why not', async () => {
    const columns = await listColumns(here.db, EXPORTED);
    for (const { name, only, without = {} } of EXPORTED) {
      if (only) continue;
      const all = await here.db.many<{ name: string }>(
        `SELECT column_name AS name FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = $1 AND column_name <> 'user_id' AND is_generated = 'NEVER'`,
        [name],
      );
      expect([...(columns.get(name) ?? []), ...Object.keys(without)].toSorted()).toEqual(
        all.map((column) => column.name).toSorted(),
      );
    }
  });

  it('has something in each of its tables here, so that the comparison below means something', async () => {
    const zip = await ExportZip.open(file);
    expect(zip.manifest.tables.filter(({ rows }) => rows === 0)).toEqual([]);
    zip.close();
  });

  it('never holds a token', async () => {
    const zip = await ExportZip.open(file);
    for (const table of zip.manifest.tables)
      for await (const lines of zip.lines(table)) expect(lines.join('\n')).not.toContain('SECRET');
    expect(zip.manifest.tables.map(({ table }) => table)).not.toContain('spotify_connections');
    zip.close();
  });

  it('leaves nothing on the disk, also where its reader leaves', async () => {
    const kept = process.env.TMPDIR;
    const own = mkdtempSync(path.join(directory, 'tmp-'));
    process.env.TMPDIR = own;
    try {
      const stream = streamArchive(here.db, aliceId);
      await stream.next();
      expect(exportsIn(own)).toHaveLength(1);
      expect(statSync(path.join(own, String(readdirSync(own)[0]))).mode & 0o777).toBe(0o700);
      await stream.return(undefined);
      expect(exportsIn(own)).toEqual([]);
    } finally {
      if (kept === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = kept;
    }
  });

  it('that fails half-way ends with the failure, not as if it were whole', async () => {
    const failing: Db = {
      ...here.db,
      withTransaction: (work) =>
        here.db.withTransaction((tx) => {
          const many = <Row>(sql: string): Promise<Row[]> =>
            sql.startsWith('FETCH') && (fetches += 1) > 5
              ? Promise.reject(new Error('lost'))
              : tx.many<Row>(sql);
          let fetches = 0;
          return work({ ...tx, many: (sql, values) => (values ? tx.many(sql, values) : many(sql)) });
        }),
    };
    await expect(save(failing, aliceId, path.join(directory, 'half.zip'))).rejects.toThrow('lost');
    expect(await here.db.one('SELECT 1 AS one')).toEqual({ one: 1 });
  });

  it('leaves the SQLite file no longer on the disk than it takes to pack it', async () => {
    const stream = streamArchive(here.db, aliceId);
    let largest = 0;
    for await (const _ of stream) largest = Math.max(largest, filesOf(process.pid).length);
    expect(largest).toBeGreaterThan(0);
    const again = streamArchive(here.db, aliceId);
    await again.next();
    // Packed to the end by now, and read by nobody.
    await expect.poll(() => filesOf(process.pid), { timeout: 30_000 }).toEqual(['archive.zip']);
    await again.return(undefined);
  });

  it('is gone with the process that made it', () => {
    const module = path.resolve(import.meta.dirname, '../../src/process/private-directory.ts');
    const script = `const { makePrivateDirectory } = await import(${JSON.stringify(module)});
      process.stdout.write(makePrivateDirectory());`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const made = spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout;
    expect(made).toContain('music-time-machine-');
    expect(existsSync(made)).toBe(false);
  });

  it('that a killed process left behind is swept, and none of a running one', () => {
    const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
    const left = makePrivateDirectory();
    const abandoned = left.replace(`.${process.pid}.`, `.${gone}.`);
    const others = left.replace(`.${process.pid}.`, `.${process.ppid}.`);
    for (const other of [abandoned, others]) {
      mkdirSync(other);
      writeFileSync(path.join(other, 'archive.zip'), 'x');
    }
    sweepPrivateDirectories();
    expect([left, abandoned, others].map((one) => existsSync(one))).toEqual([true, false, true]);
    for (const one of [left, others]) removePrivateDirectory(one);
  });

  it('of one listener is made once at a time, from the first byte to the last, and that of another meanwhile', async () => {
    const bob = await insertListener(here.db, 'bob');
    const [first, second, other] = [aliceId, aliceId, bob].map((id) => streamArchive(here.db, id));
    await first?.next();
    await expect(second?.next()).rejects.toMatchObject({
      status: 429,
      message: expect.stringMatching(/began just now.*try again in \d+ seconds/) as string,
    });
    expect((await other?.next())?.done).toBe(false);
    for (const stream of [first, other]) await stream?.return(undefined);
    const next = streamArchive(here.db, aliceId);
    expect((await next.next()).done).toBe(false);
    await next.return(undefined);
    expect(await here.db.many('SELECT FROM downloads')).toEqual([]);
  });

  it('of a process that was killed can be had again once its lease is over', async () => {
    await here.db.execute(
      `INSERT INTO downloads (user_id, kind, lease, leased_until) VALUES ($1, 'archive', gen_random_uuid(), now())`,
      [aliceId],
    );
    const stream = streamArchive(here.db, aliceId);
    expect((await stream.next()).done).toBe(false);
    await stream.return(undefined);
  });
});

/** (What a file brought is marked there too, with nothing to say as yet.) */
const saysSomething = (line: string): boolean =>
  Object.entries(JSON.parse(line) as object).some(([name, value]) => value !== null && !name.endsWith('_id'));

describe('restoring it into an empty instance', () => {
  it('says what it did', { timeout: 60_000 }, async () => {
    const restored = await restoreArchive(there.db, file);
    expect(restored.spotifyId).toBe('alice');
    for (const { rows, added } of restored.tables) expect(added).toBe(rows);
    backId = (
      await there.db.one<{ id: number }>(`SELECT user_id AS id FROM users WHERE spotify_id = 'alice'`)
    ).id;
    expect(backId).not.toBe(aliceId);
    expect(await listUncounted(there.db)).toEqual([]);
  });

  it.each([
    ...PERSONAL.map(({ name }) => name),
    'library_measures',
    'snapshot_lists',
    'snapshot_periods',
    'artist_snapshot_lists',
    'artist_snapshot_periods',
    'played_tracks',
    'played_artists',
    'played_albums',
    'play_endings',
    'play_days',
    'played_from',
    'discoveries',
    'play_sessions',
  ])('gives the same %s, row for row', async (table) => {
    const without = Object.keys(PERSONAL.find(({ name }) => name === table)?.without ?? {});
    // The words of a library's document begin with the number of its listener, which is another one there.
    if (table === 'library_tracks') without.push('document');
    // A number is given again.
    without.push('run_id', 'import_id', 'reject_id', 'history_import_id');
    const all = await listListenerRows(there.db, backId, table, without);
    const rows = table.startsWith('file_') ? all.filter(saysSomething) : all;
    expect(rows.length).toBeGreaterThan(0);
    const before = await listListenerRows(here.db, aliceId, table, without);
    expect(rows).toHaveLength(before.length);
    expect(rows).toEqual(before);
  });

  it.each(['tracks', 'artists', 'track_artists'])(
    'gives the same %s that the archive refers to',
    async (table) => {
      const all = await listRows(here.db, table);
      const back = await listRows(there.db, table);
      expect(back.length).toBeGreaterThan(0);
      expect(all).toEqual(expect.arrayContaining(back));
    },
  );

  it('gives an export that is the same, table by table', async () => {
    const again = path.join(directory, 'again.zip');
    await save(there.db, backId, again);
    const [zip, second] = [await ExportZip.open(file), await ExportZip.open(again)];
    const numbered = new Set(['capture_runs', 'imports', 'import_rejects']);
    const others = ({ manifest: { tables } }: ExportZip) =>
      tables.filter(({ table }) => !numbered.has(table));
    expect(others(second)).toEqual(others(zip));
    zip.close();
    second.close();
  });

  it('lets nothing be sent, fetched or numbered twice by itself', async () => {
    expect((await countListenerRows(there.db, backId)).spotify_connections).toBeUndefined();
    const sending = await there.db.one(
      'SELECT lease, again_at FROM playlist_sendings WHERE user_id = $1 AND playlist_id = $2',
      [backId, 'p/%/1'],
    );
    expect(sending).toEqual({ lease: null, again_at: null });
    await insertImport(there.db, backId);
  });

  it('is refused where the listener has an archive already', async () => {
    const before = await countListenerRows(there.db, backId);
    await expect(restoreArchive(there.db, file)).rejects.toMatchObject({ status: 409 });
    expect(await countListenerRows(there.db, backId)).toEqual(before);
  });

  it('lets audio features of an old archive count for its listener, and changes nothing that is known', async () => {
    const features = () =>
      there.db.many<{ source: string | null; features: string; name: string }>(
        `SELECT audio_features_source AS source, audio_features::text AS features, name
         FROM tracks WHERE audio_features IS NOT NULL ORDER BY track_id COLLATE "C"`,
      );
    const before = await features();
    expect(before.length).toBeGreaterThan(0);
    await deleteListener(there.db, backId);
    await there.db.execute(
      `UPDATE tracks SET name = 'x', audio_features = '{"energy": 1}', audio_features_source = 'reccobeats'
       WHERE audio_features IS NOT NULL`,
    );
    const lesser = await features();
    await restoreArchive(there.db, file);
    expect(await features()).toEqual(lesser);
    const own = await there.db.many<{ features: string }>(
      `SELECT o.audio_features::text AS features FROM own_audio_features AS o JOIN tracks USING (track_id)
       WHERE track_id <> 'bare' ORDER BY track_id COLLATE "C"`,
    );
    expect(own).toEqual(before.map((track) => ({ features: track.features })));
    const said = await there.db.many(`SELECT FROM file_tracks WHERE name IS NOT NULL AND NOT brought`);
    expect(said.length).toBeGreaterThan(0);
  });
});

it('an export that a Mac has unpacked and packed again restores', async () => {
  const packed = await fromBufferPromise(readFileSync(file));
  const again = new ZipFile();
  again.addEmptyDirectory('archive');
  for await (const entry of packed.eachEntry()) {
    again.addBuffer(await buffer(await packed.openReadStreamPromise(entry)), `archive/${entry.fileName}`);
    again.addBuffer(
      Buffer.from('Mac'),
      `__MACOSX/archive/${path.dirname(entry.fileName)}/._${path.basename(entry.fileName)}`,
    );
    again.addBuffer(
      Buffer.from('Mac'),
      `archive/${path.dirname(entry.fileName)}/._${path.basename(entry.fileName)}`,
    );
  }
  again.end();
  const to = path.join(directory, 'from-a-mac.zip');
  await pipeline(again.outputStream, createWriteStream(to));
  const zip = await ExportZip.open(to);
  for (const table of zip.manifest.tables)
    for await (const lines of zip.lines(table)) expect(lines).not.toEqual([]);
  zip.close();
});

describe('a file that is no export', () => {
  const write = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const zip = new ZipFile();
    for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
    zip.end();
    const to = path.join(directory, 'other.zip');
    await pipeline(zip.outputStream, createWriteStream(to));
    return to;
  };
  const manifest = (changes: object): string =>
    JSON.stringify({
      format: 'music-time-machine export',
      version: EXPORT_VERSION,
      exported_at: '2026-01-01T00:00:00.000Z',
      spotify_id: 'carol',
      tables: [],
      ...changes,
    });
  const table = (name: string, columns = ['name']) => ({
    table: name,
    columns,
    rows: 1,
    bytes: 1,
    sha256: '0'.repeat(64),
  });

  it.each([
    ['holds no manifest', { 'a.txt': 'x' }, 'it has no manifest.json'],
    ['has another program’s manifest', { 'manifest.json': '{"format":"x"}' }, 'manifest.json'],
    ['has a manifest that is no JSON', { 'manifest.json': '{' }, 'not a complete export'],
    ['has null for a manifest', { 'manifest.json': 'null' }, 'manifest.json'],
    [
      'is of a later version',
      { 'manifest.json': manifest({ version: EXPORT_VERSION + 1 }) },
      `version ${EXPORT_VERSION + 1}`,
    ],
    ['lacks tables', { 'manifest.json': manifest({}) }, 'tracks is missing'],
    [
      'names a table of ours that is not for it',
      { 'manifest.json': manifest({ tables: [table('sessions')] }) },
      'cannot restore',
    ],
    [
      'names a column that is none',
      { 'manifest.json': manifest({ tables: [table('tracks', ['x; DROP'])] }) },
      'cannot restore',
    ],
    [
      'names a table twice',
      { 'manifest.json': manifest({ tables: [table('tracks'), table('tracks')] }) },
      'twice',
    ],
  ])('because it %s is refused, and nothing is written', async (_why, files, words) => {
    const before = await listRows(there.db, 'users');
    await expect(restoreArchive(there.db, await write(files))).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(words) as string,
    });
    expect(await listRows(there.db, 'users')).toEqual(before);
  });

  /** Written under a harmless name of the same length: what makes ZIPs here refuses the other. */
  const rename = (to: string, from: string, into: string): void =>
    writeFileSync(to, readFileSync(to).toString('latin1').replaceAll(from, into), 'latin1');

  it.each([
    ['leads out of a directory', 'aa/bb/evil', '../../evil', 'invalid relative path'],
    ['is absolute', 'aa/evil', '/a/evil', 'absolute path'],
    ['stands there twice', 'second.txt', 'first1.txt', 'first1.txt twice'],
  ])('with a name that %s is refused', async (_why, harmless, name, words) => {
    const to = await write({ 'manifest.json': manifest({}), 'first1.txt': 'x', [harmless]: 'y' });
    rename(to, harmless, name);
    await expect(restoreArchive(there.db, to)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(words) as string,
    });
  });

  it('of more files than any export is refused', async () => {
    const files = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`${n}.txt`, '']));
    await expect(restoreArchive(there.db, await write(files))).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('too many files') as string,
    });
  });

  it('but a text, or nothing at all, is refused too', async () => {
    await expect(restoreArchive(there.db, path.join(directory, 'none.zip'))).rejects.toMatchObject({
      status: 400,
    });
    await expect(restoreArchive(there.db, import.meta.filename)).rejects.toMatchObject({ status: 400 });
  });
});
