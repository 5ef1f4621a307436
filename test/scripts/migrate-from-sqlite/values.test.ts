import { describe, expect, it } from 'vitest';
import { describeCell, describeKey, BrokenText } from '../../../scripts/migrate-from-sqlite/read/cells.ts';
import { copyLine } from '../../../src/database/copy-lines.ts';
import { nearestInstant, parseInstant } from '../../../scripts/migrate-from-sqlite/read/instants.ts';
import { playlistName } from '../../../scripts/migrate-from-sqlite/target/playlist-name.ts';

describe('a point in time', () => {
  it.each([
    ['2024-03-15 14:30:22', '2024-03-15 14:30:22.0'],
    ['2024-03-15T14:30', '2024-03-15 14:30:00.0'],
    ['2024-03-15T14:30:22Z', '2024-03-15 14:30:22.0+00:00'],
    ['2024-03-15T14:30:22.123456+05:30', '2024-03-15 14:30:22.123456+05:30'],
    ['2024-03-15T14:30:22.5-0800', '2024-03-15 14:30:22.5-08:00'],
    ['2024-03-15 14:30:22+02', '2024-03-15 14:30:22.0+02:00'],
    ['2024-03-15 14:30:22.123456000', '2024-03-15 14:30:22.123456'],
    [1_710_513_022n, '2024-03-15T14:30:22.000Z'],
    [1_710_513_022_123n, '2024-03-15T14:30:22.123Z'],
    ['1710513022', '2024-03-15T14:30:22.000Z'],
    [1_710_513_022_123_456n, '2024-03-15T14:30:22.123456Z'],
    ['1710513022123456000', '2024-03-15T14:30:22.123456Z'],
    [1_710_513_022.5, '2024-03-15T14:30:22.500Z'],
    [1_710_513_022, '2024-03-15T14:30:22.000Z'],
    ['1710513022.123456', '2024-03-15T14:30:22.123456Z'],
    ['2024-03-15t14:30:22z', '2024-03-15 14:30:22.0+00:00'],
    ['2024-03-15 14:30:22 UTC', '2024-03-15 14:30:22.0+00:00'],
    ['2024-03-15 14:30:22.5742 +1000 AEST', '2024-03-15 14:30:22.5742+10:00'],
    ['2024-03-15 14:30:22 +0000 UTC', '2024-03-15 14:30:22.0+00:00'],
  ])('%s is certain', (cell, expected) => {
    expect(parseInstant(cell)).toBe(expected);
  });

  it.each([
    '',
    'now',
    'today',
    'infinity',
    '2024-03-15',
    '2024-02-30 10:00:00',
    '2024-03-15 24:00:00',
    '2024-03-15 14:30:60',
    '0000-03-15 14:30:22',
    '2024-03-15 14:30:22+25:00',
    '2024-03-15 14:30:22 Europe/Vienna',
    '2024-03-15 14:30:22.1234567',
    '02/03/2024 10:00',
    '17105130',
    1n,
    1_710_513_022_123_456_789n,
    1_710_513_022.1234567,
    '1710513022.1234567',
    17_105_130.5,
    '2024-03-15 14:30:22.574204593 +1000 AEST',
    '2024-03-15 14:30:22.5 +1000 AEST m=+0.1',
    '2024-03-15 14:30:22 CEST',
    null,
  ])('%s is not', (cell) => {
    expect(parseInstant(cell)).toBeNull();
  });
});

it('a clock’s floating point seconds mean the nearest microsecond; what has more digits is none', () => {
  expect(nearestInstant(1_710_513_022.1234567)).toBe('2024-03-15T14:30:22.123457Z');
  expect(nearestInstant(1_710_513_022.9999998)).toBe('2024-03-15T14:30:23.000Z');
  expect(nearestInstant('1710513022.123456789')).toBeNull();
  expect(nearestInstant(17_105_130.1234567)).toBeNull();
});

describe('a playlist name', () => {
  it.each([
    ['playlist_2020_december', 'December 2020'],
    ['playlist_2020_12', 'December 2020'],
    ['playlist_2021_1', 'January 2021'],
    ['PLAYLIST_2021_May', 'May 2021'],
    ['playlist_2020_13', 'playlist 2020 13'],
    ['road_trip_2019', 'road trip 2019'],
    ['Sommer', 'Sommer'],
  ])('%s reads %s', (id, name) => {
    expect(playlistName(id)).toBe(name);
  });
});

describe('a cell among the rejects', () => {
  it.each([
    [null, { type: 'null', text: null }],
    [9_007_199_254_740_993n, { type: 'integer', text: '9007199254740993' }],
    [0.1, { type: 'real', text: '0.1' }],
    [-0, { type: 'real', text: '-0' }],
    [Infinity, { type: 'real', text: 'Infinity' }],
    ['plain', { type: 'text', text: 'plain' }],
    ['a\0b', { type: 'text', hex: '610062' }],
    [Buffer.from([1, 255]), { type: 'blob', hex: '01ff' }],
    [new BrokenText(Buffer.from([0x61, 0xff])), { type: 'text', hex: '61ff' }],
  ])('%s is kept exactly', (cell, described) => {
    expect(describeCell(cell)).toEqual(described);
  });

  it('names its row', () => {
    const row = { track_id: 'a', snapshot_date: null, time_range: Buffer.from([7]) };
    expect(describeKey(row, Object.keys(row))).toBe(`track_id=a, snapshot_date=NULL, time_range=x'07'`);
  });
});

it('a COPY line keeps tabs, line ends, backslashes and a literal \\N apart from NULL', () => {
  expect(copyLine(['a\tb', 'c\r\nd', '\\N', null, ''])).toBe('a\\tb\tc\\r\\nd\t\\\\N\t\\N\t\n');
});
