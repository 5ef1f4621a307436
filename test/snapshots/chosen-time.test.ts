import { dayIn, daysBetween } from '../../src/calendar.ts';
import { describe, expect, it } from 'vitest';
import { readTime } from '../../src/snapshots/chosen-time.ts';
import { nearestTo } from '../../src/snapshots/timeline.ts';

describe('a time in an address', () => {
  it.each([
    ['2024', 'year', '2024-01-01', '2024-12-31'],
    ['2024-02', 'month', '2024-02-01', '2024-02-29'],
    ['2023-2', 'month', '2023-02-01', '2023-02-28'],
    ['2024-12', 'month', '2024-12-01', '2024-12-31'],
    ['2024-02-29', 'day', '2024-02-29', '2024-02-29'],
    ['2024-3-4', 'day', '2024-03-04', '2024-03-04'],
    ['0001-01-01', 'day', '0001-01-01', '0001-01-01'],
    ['9999-12-31', 'day', '9999-12-31', '9999-12-31'],
  ])('%s is a %s from %s to %s', (text, kind, from, to) => {
    expect(readTime(text)).toMatchObject({ kind, from, to });
  });

  it.each(
    [
      ['', '0', '0000', '99999', '999', '12024', '2024-', '2024-00', '2024-13', '2024-123', '-2024'],
      ['2024-02-30', '2023-02-29', '1900-02-29', '2024-04-31', '2024-01-00', '2024-01-32', '2024-01-1x'],
      [
        '2024-01-01-01',
        ' 2024',
        '2024\n',
        '2024/01',
        '20e4',
        '٢٠٢٤',
        '2024-01-01T00:00',
        'infinity',
        '__proto__',
      ],
    ].flat(),
  )('%j is none', (text) => {
    expect(readTime(text)).toBeNull();
  });
});

describe('the calendar', () => {
  it('counts days across months, leap years and summer time', () => {
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
    expect(daysBetween('2024-03-31', '2024-03-30')).toBe(-1);
    expect(daysBetween('2014-01-01', '2024-01-01')).toBe(3652);
  });

  it('says which day it is where the listener lives', () => {
    const instant = new Date('2024-03-14T23:30:00Z');
    expect(dayIn('UTC', instant)).toBe('2024-03-14');
    expect(dayIn('Europe/Berlin', instant)).toBe('2024-03-15');
    expect(dayIn('America/Los_Angeles', instant)).toBe('2024-03-14');
  });

  it('finds the nearest snapshot, of two as near the earlier', () => {
    const around = (before: string | null, after: string | null) => ({ snapshots: 0, before, after });
    expect(nearestTo('2024-03-14', around('2024-03-01', '2024-04-01'))).toBe('2024-03-01');
    expect(nearestTo('2024-03-14', around('2024-03-01', '2024-03-20'))).toBe('2024-03-20');
    expect(nearestTo('2024-03-14', around('2024-03-12', '2024-03-16'))).toBe('2024-03-12');
    expect(nearestTo('2024-03-14', around(null, '2030-01-01'))).toBe('2030-01-01');
    expect(nearestTo('2024-03-14', around(null, null))).toBeNull();
    expect(nearestTo('2024-03-14', { snapshots: 1, before: null, after: null })).toBe('2024-03-14');
  });
});
