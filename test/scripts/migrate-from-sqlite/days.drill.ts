import { expect, it } from 'vitest';
import { exitCodeOf } from '../../../scripts/migrate-from-sqlite/report.ts';
import { useMoves } from '../../support/moves.ts';
import { insert, SNAPSHOTS_SCHEMA } from '../../support/old-archives.ts';

const { test, archive, move, listRejects } = useMoves(SNAPSHOTS_SCHEMA);
type Place = readonly [track: string, date: string, rank: number];

const withPlaces = (...places: readonly Place[]): string =>
  archive((db) => {
    for (const id of new Set(places.map(([track]) => track))) insert(db, 'tracks', { track_id: id });
    for (const [track_id, snapshot_date, rank] of places)
      insert(db, 'snapshots', { track_id, snapshot_date, time_range: 'short_term', rank });
  });
const listed = async (): Promise<string[]> => {
  const rows = await test.db.many<{ place: string }>(
    `SELECT snapshot_date::text || ' ' || rank || ' ' || track_id AS place FROM snapshots ORDER BY 1`,
  );
  return rows.map(({ place }) => place);
};

it('a day written as a time, with or without a zone, is that day in the assumed zone', async () => {
  const file = withPlaces(
    ['a', '2024-03-01T10:00:00', 1],
    ['b', '2024-03-02 10:00:00.123456', 1],
    ['c', '2024-03-03T23:30:00Z', 1],
    ['d', '2024-03-06T00:30:00.1234567+02:00', 1],
    ['e', '2024-03-31 02:30:00', 1],
    ['f', '2024-04-01', 1],
  );
  const report = await move(file, { assumedZone: 'Europe/Berlin' });
  expect([exitCodeOf(report), report.conversions]).toEqual([0, { 'a time to its day': 5 }]);
  expect(await listed()).toEqual([
    '2024-03-01 1 a',
    '2024-03-02 1 b',
    '2024-03-04 1 c',
    '2024-03-05 1 d',
    '2024-03-31 1 e',
    '2024-04-01 1 f',
  ]);
});

it('one list in several spellings of one time moves whole, and again changes nothing', async () => {
  const file = withPlaces(
    ['a', '2024-01-06 00:00:00', 1],
    ['b', '2024-01-06T00:00:00', 1],
    ['c', '2024-01-06T00:00:00+00:00', 1],
    ['d', '2024-01-06', 1],
  );
  expect(exitCodeOf(await move(file))).toBe(0);
  expect(await listed()).toHaveLength(4);
  expect((await move(file)).changed).toBe(false);
});

it('a list whose rows were each written at their own moment moves whole', async () => {
  const file = withPlaces(
    ['a', '2024-01-06 10:00:00.1', 1],
    ['b', '2024-01-06 10:00:00.2', 2],
    ['c', '2024-01-06 10:00:00.3', 3],
  );
  expect(exitCodeOf(await move(file))).toBe(0);
});

it('of a second list of one day what would be double is set aside as it is', async () => {
  const file = withPlaces(
    ['a', '2024-01-06T10:00:00', 1],
    ['b', '2024-01-06T10:00:00', 2],
    ['b', '2024-01-06T18:00:00', 1],
    ['c', '2024-01-06T18:00:00', 2],
    ['d', '2024-01-06T18:00:00', 3],
    ['e', '2024-01-07T18:00:00', 1],
  );
  const report = await move(file);
  expect(await listed()).toEqual(['2024-01-06 1 a', '2024-01-06 2 b', '2024-01-06 3 d', '2024-01-07 1 e']);
  expect(report.tables[1]).toMatchObject({ read: 6, moved: 4, rejected: 2 });
  expect((await listRejects()).map(({ source_key, reason }) => [source_key, reason])).toEqual(
    ['b', 'c'].map((id) => [
      `track_id=${id}, snapshot_date=2024-01-06T18:00:00, time_range=short_term`,
      'an earlier list of the same day has this rank or this track',
    ]),
  );
  expect((await move(file)).changed).toBe(false);
});

it('what is no time of the calendar stays set aside', async () => {
  const file = withPlaces(
    ['a', '2024-02-30T10:00:00', 1],
    ['b', '2024-03-01T25:00:00', 1],
    ['c', '20240301', 1],
  );
  const report = await move(file);
  expect(report.rejects).toMatchObject([
    { reason: 'not a day of the calendar written as YYYY-MM-DD', count: 3 },
  ]);
});
