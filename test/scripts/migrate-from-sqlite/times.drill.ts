import { describe, expect, it } from 'vitest';
import { moveFile } from '../../../scripts/migrate-from-sqlite/generic/move-file.ts';
import type { GenericReport } from '../../../scripts/migrate-from-sqlite/generic/report.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, PLAYLISTS_SCHEMA } from '../../support/old-archives.ts';

const { test, archive, move, listRejects } = useMoves(PLAYLISTS_SCHEMA);

const artists = async (): Promise<Record<string, string>> => {
  const rows = await test.db.many<{ artist_id: string; at: string }>(
    `SELECT artist_id, (created_at AT TIME ZONE 'UTC')::text AS at FROM artists`,
  );
  return Object.fromEntries(rows.map(({ artist_id, at }) => [artist_id, at]));
};
const withTimes = (times: Readonly<Record<string, unknown>>, schema = PLAYLISTS_SCHEMA): string =>
  archive((db) => {
    for (const [id, at] of Object.entries(times))
      insert(db, 'artists', { spotify_id: id, name: id, created_at: at });
  }, schema);
/** Without declared types a number stays what it is. */
const LOOSE = PLAYLISTS_SCHEMA.replaceAll('created_at TEXT', 'created_at');

describe('a local time that the clocks skip', () => {
  it('is set aside by the move of an archive; the hours around it are read', async () => {
    const file = withTimes({
      before: '2024-03-31 01:59:59',
      skipped: '2024-03-31 02:30:00',
      after: '2024-03-31 03:30:00',
      twice: '2024-10-27 02:30:00',
      told: '2024-03-31T02:30:00+02:00',
      long: '1905-06-01 12:00:00',
    });
    const report = await move(file, { assumedZone: 'Europe/Berlin' });
    expect(report.rejects).toEqual([
      { table: 'artists', column: 'created_at', reason: 'a time that the clocks of its zone skip', count: 1 },
    ]);
    expect(await listRejects()).toMatchObject([
      { source_key: 'id=2, spotify_id=skipped', original: { type: 'text', text: '2024-03-31 02:30:00' } },
    ]);
    expect(await artists()).toMatchObject({
      before: '2024-03-31 00:59:59',
      after: '2024-03-31 01:30:00',
      told: '2024-03-31 00:30:00',
      long: '1905-06-01 11:00:00',
    });
    expect((await move(file, { assumedZone: 'Europe/Berlin' })).changed).toBe(false);
  });
});

it('counts since 1970, in whatever unit and with a fraction, are read and counted among the conversions', async () => {
  const times = {
    seconds: 1_704_438_489,
    milliseconds: 1_704_438_489_123,
    microseconds: 1_704_438_489_123_456,
    nanoseconds: 1_704_438_489_123_456_000n,
    float: 1_704_438_489.123456,
    clock: 1_704_438_489.1234567,
    text: '1704438489.25',
    'whole float': '1704438489.0',
  };
  const report = await move(withTimes(times, LOOSE));
  expect(report.rejects).toEqual([]);
  expect(report.conversions).toEqual({
    'seconds or milliseconds since 1970 to a time': 2,
    'microseconds or nanoseconds since 1970 to a time': 2,
    'seconds with a fraction since 1970 to a time': 3,
    'seconds since 1970 to the nearest microsecond': 1,
  });
  expect(await artists()).toEqual({
    seconds: '2024-01-05 07:08:09',
    milliseconds: '2024-01-05 07:08:09.123',
    microseconds: '2024-01-05 07:08:09.123456',
    nanoseconds: '2024-01-05 07:08:09.123456',
    float: '2024-01-05 07:08:09.123456',
    clock: '2024-01-05 07:08:09.123457',
    text: '2024-01-05 07:08:09.25',
    'whole float': '2024-01-05 07:08:09',
  });
});

it('RFC 3339 in small letters, UTC by name and Go’s way of writing move and verify', async () => {
  await move(
    withTimes({
      small: '2024-01-05t07:08:09z',
      named: '2024-01-05 07:08:09 UTC',
      go: '2024-01-05 17:08:09.5742 +1000 AEST',
    }),
  );
  expect(await artists()).toEqual({
    small: '2024-01-05 07:08:09',
    named: '2024-01-05 07:08:09',
    go: '2024-01-05 07:08:09.5742',
  });
});

/** Moves it into a schema of its own, verifies it and answers the type of the column `at`. */
async function typeOf(ddl: string, ...times: unknown[]): Promise<[string | undefined, GenericReport]> {
  const file = archive((db) => insert(db, 't', ...times.map((at) => ({ at }))), ddl);
  const options = { db: test.patient, file, schema: 'times', backup: false } as const;
  const report = await moveFile(options);
  expect((await moveFile({ ...options, mode: 'verify' })).changed).toBe(false);
  await test.db.execute('DROP SCHEMA times CASCADE');
  return [report.tables[0]?.columns.find(({ name }) => name === 'at')?.type, report];
}

describe('in any other file', () => {
  it.each([
    [
      '.NET, 100 nanoseconds',
      ['2024-01-05 07:08:09Z', '2024-01-06 07:08:09Z', '2024-01-07 07:08:09.1234567Z'],
    ],
    ['Go, nanoseconds', ['2024-01-05 07:08:09+10:00', '2024-01-05 07:08:09.574204593+10:00']],
    ['Go, a monotonic clock', ['2024-01-05 07:08:09Z', '2024-01-05 07:08:09.5 +0000 UTC m=+0.1']],
  ])('%s where none may be missing: a column of text keeps every row', async (_, times) => {
    const [type, report] = await typeOf(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME NOT NULL)',
      ...times,
    );
    expect([type, report.rejects]).toEqual(['text', []]);
    const [optional] = await typeOf(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME)',
      ...times,
      ...times.slice(0, 1),
    );
    expect(optional).toBe('timestamptz');
  });

  it('a key of instants in several spellings stays text, in one spelling becomes a time', async () => {
    const ddl = 'CREATE TABLE t (at TEXT PRIMARY KEY)';
    const [type, report] = await typeOf(ddl, '2024-01-05T07:08:09Z', '2024-01-05T07:08:09+00:00');
    expect([type, report.rejects]).toEqual(['text', []]);
    expect((await typeOf(ddl, '2024-01-05T07:08:09Z', '2024-01-05T07:08:10Z'))[0]).toBe('timestamptz');
    expect((await typeOf(ddl, '2024-01-05T07:08-03:00', '2024-01-05T06:08-04:00'))[0]).toBe('text');
    expect(
      (await typeOf('CREATE TABLE t (at DATETIME UNIQUE)', '2024-01-05T07:08:09Z', 1_704_438_489))[0],
    ).toBe('text');
  });

  it('counts since 1970 in a column of times become times where they are exact', async () => {
    const ddl = 'CREATE TABLE t (at DATETIME)';
    expect(
      await typeOf(ddl, 1_704_438_489.123456, 1_704_438_489_123_456, '2024-01-05T07:08:09Z'),
    ).toMatchObject(['timestamptz', { rejects: [] }]);
    expect((await typeOf(ddl, 1_704_438_489.1234567, 1_704_438_490.7654321))[0]).toBe('double precision');
  });

  it('small letters move and verify', async () => {
    expect((await typeOf('CREATE TABLE t (at TEXT)', '2024-01-05t07:08:09', '2024-01-06t07:08:09'))[0]).toBe(
      'timestamp',
    );
    expect(
      (await typeOf('CREATE TABLE t (at TEXT)', '2024-01-05t07:08:09z', '2024-01-05 07:08:09 +0000 UTC'))[0],
    ).toBe('timestamptz');
  });
});
