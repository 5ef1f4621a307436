import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readLine } from '../../scripts/export-to-sqlite/copy-out.ts';
import { exportArchive } from '../../scripts/export-to-sqlite/export-archive.ts';
import { moveArchive } from '../../scripts/migrate-from-sqlite/move-archive.ts';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { captureSnapshots } from '../../src/snapshots/capture.ts';
import { saveConnection } from '../../src/users/connections.ts';
import { useDatabase } from '../support/database.ts';
import { insertArchive, runExport } from '../support/export-command.ts';
import {
  insertArchiveTracks,
  insertImport,
  insertListener,
  insertPlaylist,
  insertReject,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';
import { SNAPSHOTS_SCHEMA, useDirectory } from '../support/old-archives.ts';
import { copyReference, hasReferenceArchives, type ReferenceLayout } from '../support/reference-archives.ts';
import { connect, settingsFor } from '../support/spotify-sign-in.ts';
import { dumpTables, emptyTables } from '../support/table-dump.ts';

const ALICE = 'alice-stand-in';
const test = useDatabase();
const directory = useDirectory();
let files = 0;
const freshPath = (): string => path.join(directory, `export${(files += 1)}.db`);

beforeEach(() => emptyTables(test.db));

async function exported(owner: string | null = null): Promise<string> {
  const file = freshPath();
  await exportArchive({ db: test.patient, file, owner });
  return file;
}

function read(file: string, sql: string): unknown[] {
  const db = new Sqlite(file, { readonly: true });
  const rows = db.prepare(sql).all();
  db.close();
  return rows;
}

const move = (file: string, owner = ALICE) => moveArchive({ db: test.patient, file, owner, backup: false });

describe('an exported file', () => {
  it('has exactly the layout of the old app', async () => {
    const alice = await insertListener(test.db, ALICE);
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, [await insertTrack(test.db)]);
    const old = new Sqlite(':memory:').exec(SNAPSHOTS_SCHEMA);
    const layout = 'SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name';
    const file = await exported();
    expect(read(file, layout)).toEqual(old.prepare(layout).all());
    for (const table of ['tracks', 'snapshots']) {
      const columns = `SELECT * FROM pragma_table_info('${table}')`;
      expect(read(file, columns)).toEqual(old.prepare(columns).all());
    }
    expect(read(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(read(file, 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'delete' }]);
    old.close();
  });

  it('holds every value as it is, and every track of the archive, listed or not', async () => {
    const alice = await insertListener(test.db, ALICE);
    const name = 'a\tb\nc\r\\N \\t "q" \' \u2028 \uFFFD 字 👩‍👩‍👧‍👧 \b\f\v \u0001 =1+1';
    const payload = `{"n": 12345678901234567890.123456789012345678901234567890, "deep": [[["\\\\N", "\\n", "\\u0001"]]]}`;
    await insertTrack(test.db, { trackId: 'spotify:local:a%20b', name, albumName: '', artistName: null });
    await insertTrack(test.db, { trackId: 'x', name: '\\N' });
    await test.db.execute(`UPDATE tracks SET raw_json = $1, duration_ms = 2147483647 WHERE track_id = 'x'`, [
      payload,
    ]);
    await insertTrack(test.db, { trackId: 'not hers' });
    await insertArchiveTracks(test.db, alice, ['spotify:local:a%20b']);
    await insertSnapshot(test.db, alice, { date: '0099-02-28', range: 'long_term' }, [['x', null]]);
    const file = await exported();
    expect(read(file, 'SELECT * FROM tracks ORDER BY track_id')).toEqual([
      {
        track_id: 'spotify:local:a%20b',
        name,
        artist_name: null,
        album_name: '',
        duration_ms: null,
        spotify_url: null,
        raw_json: null,
      },
      {
        track_id: 'x',
        name: '\\N',
        artist_name: null,
        album_name: null,
        duration_ms: 2_147_483_647,
        spotify_url: null,
        raw_json: (
          await test.db.one<{ t: string }>(`SELECT raw_json::text AS t FROM tracks WHERE track_id = 'x'`)
        ).t,
      },
    ]);
    expect(read(file, 'SELECT * FROM snapshots')).toEqual([
      { track_id: 'x', snapshot_date: '0099-02-28', time_range: 'long_term', rank: null },
    ]);
    expect(
      read(file, `SELECT DISTINCT typeof(duration_ms) AS type FROM tracks WHERE track_id = 'x'`),
    ).toEqual([{ type: 'integer' }]);
  });

  it('holds one listener’s archive and nothing of another’s', async () => {
    const [alice, bob] = [await insertListener(test.db, ALICE), await insertListener(test.db, 'bob')];
    const [hers, shared, his] = [
      await insertTrack(test.db),
      await insertTrack(test.db),
      await insertTrack(test.db),
    ];
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, [hers, shared]);
    await insertSnapshot(test.db, bob, { date: '2026-01-02' }, [shared, his]);
    const file = await exported(ALICE);
    expect(read(file, 'SELECT track_id FROM tracks ORDER BY 1')).toEqual(
      [hers, shared].toSorted().map((id) => ({ track_id: id })),
    );
    expect(read(file, 'SELECT DISTINCT snapshot_date FROM snapshots')).toEqual([
      { snapshot_date: '2026-01-01' },
    ]);
  });

  it('is one moment of the database, whatever is written meanwhile', async () => {
    const alice = await insertListener(test.db, ALICE);
    for (let n = 1; n <= 3; n += 1) await insertArchiveTracks(test.db, alice, [await insertTrack(test.db)]);
    const late = await insertTrack(test.db, { trackId: 'late' });
    const file = freshPath();
    let captured: Promise<void> | undefined;
    const progress = {
      start: () => void (captured ??= insertSnapshot(test.db, alice, { date: '2026-01-01' }, [late])),
      // The lists are read after the tracks: a capture between the two must not be half in the file.
      advance: () => undefined,
      finish: () => undefined,
      say: () => undefined,
    };
    const slow = {
      ...test.db,
      withTransaction: (work: Parameters<typeof test.db.withTransaction>[0]) =>
        test.db.withTransaction((tx) =>
          work({
            ...tx,
            one: async (sql: string, values?: readonly unknown[]) => {
              await captured;
              return tx.one(sql, values);
            },
          } as never),
        ),
    };
    await exportArchive({ db: slow as never, file, owner: null, progress });
    expect(read(file, 'SELECT count(*) AS n FROM tracks')).toEqual([{ n: 3 }]);
    expect(read(file, 'SELECT count(*) AS n FROM snapshots')).toEqual([{ n: 0 }]);
  });

  it('is for its owner alone', async () => {
    const alice = await insertListener(test.db, ALICE);
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, [await insertTrack(test.db)]);
    expect((statSync(await exported()).mode & 0o777).toString(8)).toBe('600');
  });

  it('is the same, byte for byte, when made again', async () => {
    const alice = await insertListener(test.db, ALICE);
    await insertSnapshot(test.db, alice, { date: '2026-01-01' }, [
      await insertTrack(test.db),
      await insertTrack(test.db),
    ]);
    expect(readFileSync(await exported()).equals(readFileSync(await exported()))).toBe(true);
  });

  it('carries a payload of megabytes in one piece', async () => {
    const alice = await insertListener(test.db, ALICE);
    const text = randomBytes(3_000_000).toString('base64');
    for (const id of ['a', 'b', 'c'])
      await insertArchiveTracks(test.db, alice, [
        await insertTrack(test.db, { trackId: id, payload: { id, text } }),
      ]);
    const rows = read(await exported(), 'SELECT raw_json FROM tracks ORDER BY track_id') as {
      raw_json: string;
    }[];
    expect(rows.map(({ raw_json }) => JSON.parse(raw_json) as unknown)).toEqual(
      ['a', 'b', 'c'].map((id) => ({ id, text })),
    );
  });

  it('never takes the place of one that came while it was written', async () => {
    const alice = await insertListener(test.db, ALICE);
    await insertArchiveTracks(test.db, alice, [await insertTrack(test.db)]);
    const file = freshPath();
    const progress = {
      start: () => writeFileSync(file, 'precious'),
      advance: () => undefined,
      finish: () => undefined,
      say: () => undefined,
    };
    await expect(exportArchive({ db: test.db, file, owner: null, progress })).rejects.toThrow(
      'is not overwritten',
    );
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect(readdirSync(directory).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('that cannot be written to its end is not there at all', async () => {
    const alice = await insertListener(test.db, ALICE);
    await insertArchiveTracks(test.db, alice, [await insertTrack(test.db)]);
    const home = path.join(directory, 'broken');
    mkdirSync(home);
    const progress = {
      start: () => undefined,
      advance: () => {
        throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      },
      finish: () => undefined,
      say: () => undefined,
    };
    await expect(
      exportArchive({ db: test.db, file: path.join(home, 'full.db'), owner: null, progress }),
    ).rejects.toThrow('full.db cannot be written (database or disk is full). Nothing was kept.');
    expect(readdirSync(home)).toEqual([]);
    expect((await test.db.one<{ one: number }>('SELECT 1 AS one')).one).toBe(1);
  });
});

const moveReference = async (layout: ReferenceLayout): Promise<void> =>
  void (await move(copyReference(layout, directory)));

async function expectFixedPoint(): Promise<void> {
  const file = await exported();
  const before = await dumpTables(test.db, true);
  const report = await move(file);
  expect(report).toMatchObject({ changed: false, rejects: [], newRejects: 0 });
  for (const table of report.tables) expect(table.alreadyThere).toBe(table.read);
  expect(await dumpTables(test.db, true)).toEqual(before);
  expect(readFileSync(await exported()).equals(readFileSync(file))).toBe(true);
}

const payloads = (from: string) =>
  (read(from, 'SELECT raw_json FROM tracks ORDER BY track_id') as { raw_json: string }[]).map(
    ({ raw_json }) => JSON.parse(raw_json) as unknown,
  );

describe('moving an exported file again', () => {
  const access = { settings: {} as never, tokenKeys: [{ id: 't1', key: randomBytes(32) }] };
  let spotify: SpotifyStandIn;
  beforeAll(async () => {
    spotify = await startSpotifyStandIn({ listeners: standInListeners() });
    access.settings = settingsFor(spotify) as never;
  });
  afterAll(() => spotify.close());

  async function capture(): Promise<void> {
    const [user] = await test.db.many<{ user_id: number }>(
      'SELECT user_id FROM users WHERE spotify_id = $1',
      [ALICE],
    );
    const userId = user?.user_id ?? (await insertListener(test.db, ALICE));
    spotify.signInAs(ALICE);
    await saveConnection(test.db, userId, access.tokenKeys, await connect(spotify));
    expect((await captureSnapshots(test.db, userId, access)).tracks.places).toBe(225);
  }

  it('changes nothing in an archive grown by captures alone', async () => {
    await capture();
    await expectFixedPoint();
  });

  describe.skipIf(!hasReferenceArchives)('of the reference archives', { timeout: 120_000 }, () => {
    it.each([
      ['the snapshots layout', ['snapshots']],
      ['the playlists layout', ['playlists']],
      ['both, one way', ['snapshots', 'playlists']],
      ['both, the other way', ['playlists', 'snapshots']],
    ] as const)(
      'changes nothing in an archive moved from %s, nor after a capture',
      async (_name, layouts) => {
        for (const layout of layouts) await moveReference(layout);
        await expectFixedPoint();
        await capture();
        await expectFixedPoint();
      },
    );

    it('brings the old file back row for row', async () => {
      await moveReference('snapshots');
      const file = await exported();
      const original = copyReference('snapshots', directory);
      for (const sql of [
        'SELECT track_id, name, artist_name, album_name, duration_ms, spotify_url FROM tracks ORDER BY 1',
        'SELECT * FROM snapshots ORDER BY 2, 3, 1',
      ])
        expect(read(file, sql)).toEqual(read(original, sql));
      expect(payloads(file)).toEqual(payloads(original));
    });
  });
});

describe('the command', { timeout: 180_000 }, () => {
  it('0: says what was written and what the old layout cannot hold', async () => {
    const alice = await insertArchive(test.db, ALICE);
    await insertListener(test.db, 'somebody with nothing');
    const sound = await insertTrack(test.db, {
      features: { energy: 0.5 },
      releaseDate: '2024-01-01',
      popularity: 3,
    });
    await insertPlaylist(test.db, alice, { playlistId: 'p' }, [sound]);
    await insertReject(test.db, alice, await insertImport(test.db, alice), { key: 'k', text: 'x' });
    const file = freshPath();
    const result = await runExport(test.url, [file]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    for (const line of [
      `${path.basename(file)} .*${ALICE}`,
      'tracks +2',
      'snapshots +1',
      '  1 playlist .*1 entry',
      '  audio features of 1 track',
      '  release dates of 1 track',
      '  popularity of 1 track',
      '  1 reject',
    ])
      expect(result.stdout).toMatch(new RegExp(`^${line}\\b`, 'm'));
  });
});

it('reads each escape of COPY’s text format', () => {
  expect(readLine(String.raw`\N	\\N	\\\\	a\tb\nc\rd\be\ff\vg		\\t`)).toEqual([
    null,
    '\\N',
    '\\\\',
    'a\tb\nc\rd\be\ff\vg',
    '',
    '\\t',
  ]);
});
