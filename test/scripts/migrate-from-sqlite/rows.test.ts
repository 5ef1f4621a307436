import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../scripts/migrate-from-sqlite/report.ts';
import { useMoves, type Reject } from '../../support/moves.ts';
import { insert, SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';

const { test, archive, move, listRejects, track } = useMoves(SNAPSHOTS_SCHEMA);
const inOrder = (rejects: readonly Reject[]): Reject[] =>
  rejects.toSorted((one, other) => (one.source_key < other.source_key ? -1 : 1));
const rankOf = ({ original }: Reject): number =>
  Number((original as { readonly rank: { readonly text: string } }).rank.text);
const day = { snapshot_date: '2024-01-01', time_range: 'short_term', rank: 1 };

describe('a value that does not fit its column', () => {
  const LOOSE = `
    CREATE TABLE tracks (track_id, name, artist_name, album_name, duration_ms, spotify_url, raw_json);
    CREATE TABLE snapshots (track_id, snapshot_date, time_range, rank);`;

  it('is certain where it can be told', async () => {
    const certain = [
      ['name', 1999n, '1999'],
      ['name', '', ''],
      ['name', '\\N', '\\N'],
      ['name', 'e\u0301 🎵 \u200d \uFFFD', 'e\u0301 🎵 \u200d \uFFFD'],
      ['duration_ms', '254820', 254_820],
      ['duration_ms', 0n, 0],
    ] as const;
    const file = archive((db) => {
      for (const [n, [column, value]] of certain.entries())
        insert(db, 'tracks', { track_id: `t${n}`, [column]: value });
    }, LOOSE);
    expect(exitCodeOf(await move(file))).toBe(0);
    for (const [n, [column, , expected]] of certain.entries())
      expect.soft((await track(`t${n}`))[column], `${column} ${expected}`).toBe(expected);
  });

  it('becomes NULL and is kept among the rejects where it cannot', async () => {
    const uncertain = [
      ['name', 1.5, 'a fractional number where text belongs', { type: 'real', text: '1.5' }],
      ['name', Buffer.from('x'), 'a BLOB where text belongs', { type: 'blob', hex: '78' }],
      ['name', 'a\0b', 'holds a NUL character', { type: 'text', hex: '610062' }],
      ['duration_ms', 3.7, 'not a whole number', { type: 'real', text: '3.7' }],
      ['duration_ms', 'abc', 'not a whole number', { type: 'text', text: 'abc' }],
      ['duration_ms', '', 'not a whole number', { type: 'text', text: '' }],
      ['duration_ms', -1n, 'a number out of range', { type: 'integer', text: '-1' }],
      ['duration_ms', 2_147_483_648n, 'a number out of range', { type: 'integer', text: '2147483648' }],
      [
        'duration_ms',
        9_007_199_254_740_993n,
        'a number out of range',
        { type: 'integer', text: '9007199254740993' },
      ],
    ] as const;
    const file = archive((db) => {
      for (const [n, [column, value]] of uncertain.entries())
        insert(db, 'tracks', { track_id: `t${n}`, [column]: value });
    }, LOOSE);
    expect(exitCodeOf(await move(file))).toBe(1);
    for (const [n, [column]] of uncertain.entries())
      expect.soft((await track(`t${n}`))[column], column).toBeNull();
    expect(inOrder(await listRejects())).toMatchObject(
      uncertain.map(([source_column, , reason, original], n) => ({
        source_key: `track_id=t${n}`,
        source_column,
        reason,
        original,
      })),
    );
  });

  it('an integer beyond int8, which SQLite has turned REAL, is set aside as the REAL it is', async () => {
    await move(
      archive((db) =>
        db.exec(`INSERT INTO tracks (track_id, duration_ms) VALUES ('t', 36893488147419103232)`),
      ),
    );
    expect((await track('t')).duration_ms).toBeNull();
    expect(await listRejects()).toMatchObject([
      { reason: 'not a whole number', original: { type: 'real', text: '36893488147419103000' } },
    ]);
  });

  it('bytes that are not UTF-8 in a name keep their bytes', async () => {
    await move(
      archive((db) =>
        db.exec(
          `INSERT INTO tracks (track_id, name) VALUES ('t', CAST(x'61ff' AS TEXT)), ('u', CAST(x'eda080' AS TEXT))`,
        ),
      ),
    );
    expect((await listRejects()).map(({ reason, original }) => [reason, original])).toEqual([
      ['not valid UTF-8', { type: 'text', hex: '61ff' }],
      ['not valid UTF-8', { type: 'text', hex: 'eda080' }],
    ]);
  });

  it('a REAL without a fraction is a whole number', async () => {
    const report = await move(
      archive((db) => db.exec(`INSERT INTO tracks (track_id, duration_ms) VALUES ('t', 3.0)`), LOOSE),
    );
    expect((await track('t')).duration_ms).toBe(3);
    expect(report.conversions).toEqual({ 'text or 12.0 to a whole number': 1 });
  });

  it('is no rank where it is none', async () => {
    const none = [null, 0n, -3n, 1.5, 'first'];
    const file = archive((db) => {
      for (const [n, rank] of none.entries()) {
        insert(db, 'tracks', { track_id: `t${n}` });
        insert(db, 'snapshots', { track_id: `t${n}`, ...day, rank });
      }
    }, LOOSE);
    await move(file);
    expect(await test.db.many('SELECT rank FROM snapshots')).toEqual(none.map(() => ({ rank: null })));
    expect(inOrder(await listRejects())).toMatchObject(
      [1, 2, 3, 4].map((n) => ({
        source_column: 'rank',
        source_key: expect.stringMatching(`^track_id=t${n},`) as string,
      })),
    );
  });
});

describe('a row that cannot stand', () => {
  const farDay = 'a day before 1900 or after 2199';
  const notADay = 'not a day of the calendar written as YYYY-MM-DD';

  it('goes to the rejects whole, where it is a snapshot', async () => {
    const faults = [
      ['track_id', null, 'the key is missing'],
      ['track_id', '', 'the key is missing'],
      ['track_id', 'nobody', 'there is no such track'],
      ['time_range', 'forever', 'unknown time range'],
      ['time_range', ' short_term', 'unknown time range'],
      ['snapshot_date', null, 'the key is missing'],
      ['snapshot_date', '2024-02-30', notADay],
      ['snapshot_date', '2024', notADay],
      ['snapshot_date', '2024-02', notADay],
      ['snapshot_date', '0000-01-01', notADay],
      ['snapshot_date', '', notADay],
      ['snapshot_date', 'now', notADay],
      ['snapshot_date', 'today', notADay],
      ['snapshot_date', '02/03/2024', notADay],
      ['snapshot_date', '2024-02-30T00:00:00Z', notADay],
      ['snapshot_date', '1899-12-31', farDay],
      ['snapshot_date', '2200-01-01', farDay],
      ['snapshot_date', '9999-12-31', farDay],
    ] as const;
    const file = archive((db) => {
      insert(db, 'tracks', { track_id: 't' });
      for (const [n, [column, value]] of faults.entries())
        insert(db, 'snapshots', { track_id: 't', ...day, rank: n + 1, [column]: value });
    });
    const report = await move(file);
    const byRank = (await listRejects()).map((reject) => [rankOf(reject), reject] as const);
    expect(byRank.toSorted(([one], [other]) => one - other)).toMatchObject(
      faults.map(([column, value, reason], n) => {
        const original = {
          track_id: { type: 'text', text: 't' },
          snapshot_date: { type: 'text', text: '2024-01-01' },
          time_range: { type: 'text', text: 'short_term' },
          rank: { type: 'integer', text: String(n + 1) },
          [column]: value === null ? { type: 'null', text: null } : { type: 'text', text: value },
        };
        return [n + 1, { source_table: 'snapshots', source_column: null, reason, original }];
      }),
    );
    expect(report.tables[1]).toMatchObject({
      read: faults.length,
      moved: 0,
      duplicates: 0,
      rejected: faults.length,
    });
    expect(exitCodeOf(report)).toBe(1);
  });

  it('a track without a key goes whole, and the others move', async () => {
    const file = archive((db) => {
      insert(db, 'tracks', { track_id: null, name: 'nameless' }, { track_id: null, name: 'other' });
      insert(db, 'tracks', { track_id: '', name: 'empty' }, { track_id: 't', name: 'good' });
    });
    const report = await move(file);
    expect(report.tables[0]).toMatchObject({ read: 4, moved: 1, rejected: 3 });
    expect((await listRejects()).map(({ source_key, reason }) => [source_key, reason])).toEqual([
      ['track_id=', 'the key is missing'],
      ['track_id=NULL', 'the key is missing'],
      ['track_id=NULL', 'the key is missing'],
    ]);
  });

  it('a track whose key is no text or too long goes whole, and its snapshots with it', async () => {
    const long = 'x'.repeat(3000);
    const file = archive((db) => {
      insert(db, 'tracks', { track_id: long, name: 'long' }, { track_id: Buffer.from([1]), name: 'blob' });
      db.prepare(`INSERT INTO tracks (track_id) VALUES (CAST(x'ff' AS TEXT))`).run();
      insert(db, 'snapshots', { track_id: long, ...day });
    });
    const report = await move(file);
    expect(report.tables).toMatchObject([
      { read: 3, rejected: 3 },
      { read: 1, rejected: 1 },
    ]);
    expect((await listRejects()).map((reject) => reject.source_key).toSorted()).toEqual(
      [
        `track_id=${long}`,
        `track_id=${long}, snapshot_date=2024-01-01, time_range=short_term`,
        `track_id=x'01'`,
        `track_id=x'ff'`,
      ].toSorted(),
    );
  });

  it('keys that differ in case, spaces or composition are different tracks', async () => {
    const ids = ['abc', 'ABC', 'abc ', 'é', 'e\u0301'];
    const report = await move(
      archive((db) => insert(db, 'tracks', ...ids.map((track_id) => ({ track_id })))),
    );
    expect(await test.db.many('SELECT track_id FROM tracks')).toHaveLength(5);
    expect(report.warnings).toEqual([expect.stringMatching(/^tracks differ only in case or spaces.*'abc '/)]);
    expect(exitCodeOf(report)).toBe(0);
  });

  it('of two rows with one key the same is counted, a different one is set aside', async () => {
    const file = archive((db) => {
      insert(
        db,
        'tracks',
        { track_id: 't', name: 'A' },
        { track_id: 't', name: 'A' },
        { track_id: 't', name: 'B' },
      );
      insert(
        db,
        'snapshots',
        { track_id: 't', ...day },
        { track_id: 't', ...day },
        { track_id: 't', ...day, rank: 2 },
      );
    }, `CREATE TABLE tracks (track_id TEXT, name TEXT); CREATE TABLE snapshots (track_id, snapshot_date, time_range, rank)`);
    const report = await move(file);
    expect(report.tables).toMatchObject([
      { read: 3, moved: 1, duplicates: 1, rejected: 1 },
      { read: 3, moved: 1, duplicates: 1, rejected: 1 },
    ]);
    expect((await track('t')).name).toBe('A');
    expect(await listRejects()).toMatchObject([
      {
        source_table: 'snapshots',
        reason: 'an earlier row has the same key',
        original: { rank: { text: '2' } },
      },
      {
        source_table: 'tracks',
        reason: 'an earlier row has the same key',
        original: { name: { text: 'B' } },
      },
    ]);
  });
});
