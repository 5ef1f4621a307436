import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { EXPORT_VERSION } from '../../src/exports/manifest.ts';
import { streamArchive } from '../../src/exports/stream-archive.ts';
import { EXPORTED, listColumns } from '../../src/exports/tables.ts';
import { BOUNDS } from '../../src/restore/bounds.ts';
import { restoreArchive } from '../../src/restore/restore.ts';
import { useDatabase } from '../support/database.ts';
import { changed, putTogether, takeApart, type ExportParts } from '../support/export-zips.ts';
import {
  insertImport,
  insertListener,
  insertPlaylist,
  insertReject,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';
import { listPersonalTables, listRows } from '../support/listener-rows.ts';

const here = useDatabase();
const there = useDatabase();
const directory = mkdtempSync(path.join(tmpdir(), 'hostile-zips-'));
let honest: ExportParts;
afterAll(() => rmSync(directory, { recursive: true, force: true }));

beforeAll(async () => {
  const { db } = here;
  const mallory = await insertListener(db, 'mallory', 'Europe/Vienna');
  const trackId = await insertTrack(db, { trackId: 'track', artists: ['ann'], releaseDate: '1987-03-01' });
  await insertSnapshot(db, mallory, { date: '2026-01-01' }, [trackId]);
  await insertPlaylist(db, mallory, { playlistId: 'list', name: 'List' }, [trackId]);
  await db.execute(
    `INSERT INTO playlist_sendings (user_id, playlist_id, state, track_ids) VALUES ($1, 'list', 'waiting', '{track}')`,
    [mallory],
  );
  await db.execute(
    `INSERT INTO plays (user_id, played_at, track_id, raw_json) VALUES ($1, '2026-01-01Z', 'track', '{}')`,
    [mallory],
  );
  await db.execute(
    `INSERT INTO capture_runs (user_id, snapshot_date, outcome, started_at, finished_at)
     VALUES ($1, '2026-01-01', 'kept', now(), now()), ($1, '2026-01-02', 'kept', now(), now())`,
    [mallory],
  );
  await insertReject(db, mallory, await insertImport(db, mallory), { key: 'track_id=1', text: 'x' });
  const file = path.join(directory, 'honest.zip');
  await pipeline(streamArchive(db, mallory), createWriteStream(file));
  honest = await takeApart(file);
  await insertListener(there.db, 'alice');
});

const restore = async (others: Readonly<Record<string, readonly string[]>>) =>
  restoreArchive(there.db, await putTogether(path.join(directory, 'other.zip'), honest, others));
const line = (table: string, at = 0): string => honest.lines.get(table)?.[at] ?? '';
const everything = async (): Promise<unknown> => {
  const tables = [...(await listPersonalTables(there.db)), 'tracks', 'artists', 'track_artists'];
  return Promise.all(tables.map(async (table) => [table, await listRows(there.db, table)]));
};

it('every column of an export has a bound', async () => {
  for (const [table, columns] of await listColumns(here.db, EXPORTED))
    expect([table, Object.keys(BOUNDS[table] ?? {}).toSorted()]).toEqual([table, columns.toSorted()]);
});

const far = 2 ** 31;
const VALUES: readonly (readonly [table: string, column: string, value: unknown])[] = [
  ['plays', 'played_at', '9999-12-31T00:00:00+00:00'],
  ['plays', 'played_at', 'infinity'],
  ['plays', 'played_at', 'now'],
  ['plays', 'played_at', new Date(Date.now() + 3 * 86_400_000).toISOString().replace('Z', '+00:00')],
  ['plays', 'raw_json', []],
  ['play_gaps', 'before_played_at', '2199-01-01T00:00:00+00:00'],
  ['users', 'timezone', 'Mars/Olympus'],
  ['users', 'timezone', ''],
  ['users', 'created_at', '0001-01-01T00:00:00+00:00'],
  ['users', 'theme', 'plaid'],
  ['users', 'display_name', 'x'.repeat(2_000)],
  ['users', 'display_name', 'nu\0l'],
  ['users', 'display_name', '\ud800'],
  ['snapshots', 'snapshot_date', '2200-01-01'],
  ['snapshots', 'snapshot_date', '1899-12-31'],
  ['snapshots', 'snapshot_date', '2026-02-30'],
  ['snapshots', 'rank', 0],
  ['snapshots', 'rank', far],
  ['snapshots', 'rank', '1'],
  ['snapshots', 'time_range', 'all_time'],
  ['tracks', 'track_id', ''],
  ['tracks', 'track_id', 'x'.repeat(3_000)],
  ['tracks', 'duration_ms', -1],
  ['tracks', 'popularity', 101],
  ['tracks', 'release_date', '9999-01-01'],
  ['tracks', 'name', 'x'.repeat(1_100_000)],
  ['tracks', 'raw_json', 'a text'],
  ['artists', 'artist_id', 'x'.repeat(300)],
  ['track_artists', 'position', 0],
  ['playlist_sendings', 'state', 'sending it all'],
  ['playlist_sendings', 'handled', -1],
  ['playlist_sendings', 'track_ids', 'track'],
  ['playlist_sendings', 'track_ids', Array.from({ length: 12_000 }, () => 'track')],
  ['capture_runs', 'run_id', 0],
  ['imports', 'import_id', -5],
  ['import_rejects', 'reject_id', 1.5],
];

describe('a ZIP with a value out of bounds is refused, its row and column are named, and nothing is written', () => {
  it.each(VALUES)('%s.%s', async (table, column, value) => {
    const before = await everything();
    const first =
      line(table) ||
      changed('{}', {
        after_played_at: '2026-01-01T00:00:00+00:00',
        noticed_at: null,
        history_import_id: null,
      });
    const bad = changed(first, { [column]: value });
    const lines = table === 'users' ? [bad] : [...(honest.lines.get(table) ?? []), bad];
    const words = `data/${table}.jsonl, row ${lines.length}: ${column} is`;
    await expect(restore({ [table]: lines })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(words) as string,
    });
    expect(await everything()).toEqual(before);
  });
});

const ROWS: readonly (readonly [what: string, table: string, lines: () => string[], words: string])[] = [
  ['no JSON', 'plays', () => ['{'], 'row 1: it is not a JSON object'],
  ['a list', 'plays', () => ['[]'], 'row 1: it is not a JSON object'],
  ['an empty line', 'plays', () => [line('plays'), ''], 'row 2: the line is empty'],
  [
    'a column that the manifest does not name',
    'plays',
    () => [changed(line('plays'), { x: 1 })],
    'the column x',
  ],
  ['a column too few', 'plays', () => ['{"played_at": null}'], 'row 1: the column track_id'],
  ['a key twice', 'snapshots', () => [line('snapshots'), line('snapshots')], 'row 2: snapshots_pkey'],
  [
    'a track that is not there',
    'plays',
    () => [changed(line('plays'), { track_id: 'gone' })],
    'row 1: plays_track_id_fkey',
  ],
  [
    'a number twice',
    'capture_runs',
    () => [
      line('capture_runs'),
      changed(line('capture_runs', 1), { run_id: JSON.parse(line('capture_runs')).run_id }),
    ],
    'row 2: numbers_pkey',
  ],
  [
    'a reject of an import that is not there',
    'import_rejects',
    () => [changed(line('import_rejects'), { import_id: 999 })],
    'row 1: import_id',
  ],
  [
    'NUL deep in a payload',
    'plays',
    () => [changed(line('plays'), { raw_json: { a: [{ b: '\0' }] } })],
    'row 1',
  ],
  [
    'a payload nested a million deep',
    'plays',
    () => [line('plays').replace('{}', `{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`)],
    'row 1',
  ],
];

describe('a ZIP with a row that cannot be is refused, the row is named, and nothing is written', () => {
  it.each(ROWS)('%s in %s', async (_what, table, lines, words) => {
    const before = await everything();
    await expect(restore({ [table]: lines() })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(
        `data/${table}.jsonl, ${words.startsWith('row') ? words : 'row 1'}`,
      ) as string,
    });
    expect(await everything()).toEqual(before);
  });

  it('240 MB of newlines, without more memory than for a few', async () => {
    const mb = 1024 * 1024;
    const lines = Array.from({ length: 240 }, () => '\n'.repeat(mb - 1));
    const file = await putTogether(path.join(directory, 'newlines.zip'), honest, { plays: lines });
    lines.length = 0;
    const before = process.memoryUsage().rss;
    await expect(restoreArchive(there.db, file)).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/more rows than the manifest says|the line is empty/) as string,
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * mb);
  });
});

it('a file that would swell a thousandfold is refused before it does', async () => {
  const to = path.join(directory, 'bomb.zip');
  const zip = new ZipFile();
  const manifest = {
    format: 'music-time-machine export',
    version: EXPORT_VERSION,
    exported_at: '2026-01-01T00:00:00.000Z',
    spotify_id: 'carol',
    tables: [],
  };
  zip.addBuffer(Buffer.from(JSON.stringify(manifest)), 'manifest.json');
  const megabyte = Buffer.alloc(1024 * 1024);
  zip.addReadStream(Readable.from(Array.from({ length: 300 }, () => megabyte)), 'data/tracks.jsonl');
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(to));
  expect(statSync(to).size).toBeLessThan(megabyte.length);
  await expect(restoreArchive(there.db, to)).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('unpack') as string,
  });
});

describe('numbers of a file', () => {
  const top = Number.MAX_SAFE_INTEGER;

  it('are given again, so that nobody runs out of them, and a sending that waits is restored stopped', async () => {
    await restore({
      capture_runs: [line('capture_runs'), changed(line('capture_runs', 1), { run_id: top })],
      imports: [changed(line('imports'), { import_id: top })],
      // (Not by JSON.parse: the rest of the line stays byte for byte.)
      import_rejects: [line('import_rejects').replaceAll(/"(import_id|reject_id)":\d+/g, `"$1":${top}`)],
    });
    const { user_id: mallory } = await there.db.one<{ user_id: number }>(
      `SELECT user_id FROM users WHERE spotify_id = 'mallory'`,
    );
    const { alice } = await there.db.one<{ alice: number }>(
      `SELECT user_id AS alice FROM users WHERE spotify_id = 'alice'`,
    );
    const importId = await insertImport(there.db, alice);
    await insertReject(there.db, alice, importId, { key: 'track_id=2', text: 'y' });
    expect(importId).toBeLessThan(1_000);
    expect(
      await there.db.one(
        `SELECT count(*)::int AS rejects FROM import_rejects JOIN imports USING (user_id, import_id) WHERE user_id = $1`,
        [mallory],
      ),
    ).toEqual({ rejects: 1 });
    expect(await there.db.many('SELECT state, again_at, lease FROM playlist_sendings')).toEqual([
      { state: 'stopped', again_at: null, lease: null },
    ]);
  });
});
