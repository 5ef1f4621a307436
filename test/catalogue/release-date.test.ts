import { describe, expect, it } from 'vitest';
import { parseReleaseDate } from '../../src/catalogue/release-date.ts';

describe('a release date', () => {
  it.each([
    ['1987', { date: '1987-01-01', precision: 'year' }],
    ['1987-03', { date: '1987-03-01', precision: 'month' }],
    ['1987-03-14', { date: '1987-03-14', precision: 'day' }],
    ['2024-02-29', { date: '2024-02-29', precision: 'day' }],
  ])('%s keeps its precision', (text, expected) => {
    expect(parseReleaseDate(text)).toEqual(expected);
  });

  it.each([
    '',
    '0000',
    '0000-00-00',
    '2024-02-30',
    '2024-13',
    '24-02-03',
    'now',
    '2024-02-03T00:00:00Z',
    '2024-1-1',
    ' 2024',
  ])('%j is not known', (text) => {
    expect(parseReleaseDate(text)).toBeNull();
  });
});
