import { daysBefore, daysBetween } from '../../src/calendar.ts';
import { describe, expect, it } from 'vitest';
import { randomFor } from '../../scripts/invented/random.ts';
import { holds, rangeBefore, rangeBeside, rangeOn, SPANS, type Span } from '../../src/ranges/range.ts';

const random = randomFor(21, 'ranges');
const DAYS = Array.from({ length: 400 }, () => daysBefore('2010-01-01', -Math.floor(random() * 9_000)));
const DATED = SPANS.filter((span): span is Exclude<Span, 'all'> => span !== 'all');

describe.each(DATED)('the %s of a day', (span) => {
  it('holds it, and the same one for each of its days', () => {
    for (const day of DAYS) {
      const range = rangeOn(span, day);
      expect([day, holds(range, day)]).toEqual([day, true]);
      expect(rangeOn(span, range.from ?? '')).toEqual(range);
      expect(rangeOn(span, range.to ?? '')).toEqual(range);
    }
  });

  it('is followed by the next without a day between, and the way back leads to it', () => {
    for (const day of DAYS) {
      const range = rangeOn(span, day);
      const next = rangeBeside(range, 1);
      expect(next?.from).toBe(daysBefore(range.to ?? '', -1));
      expect(next && rangeBeside(next, -1)).toEqual(range);
    }
  });
});

it.each([
  ['week', '2026-12-01', '2026-11-30', '2026-12-06'],
  ['month', '2024-02-29', '2024-02-01', '2024-02-29'],
  ['season', '2024-01-15', '2023-12-01', '2024-02-29'],
  ['season', '2024-12-31', '2024-12-01', '2025-02-28'],
  ['season', '2024-08-31', '2024-06-01', '2024-08-31'],
  ['year', '2024-07-01', '2024-01-01', '2024-12-31'],
] as const)('the %s of %s goes from %s to %s', (span, day, from, to) => {
  expect(rangeOn(span, day)).toEqual({ span, from, to });
});

it('days of one’s own choice are compared with as many days before them', () => {
  for (const from of DAYS) {
    const to = daysBefore(from, -Math.floor(random() * 500));
    const before = rangeBefore({ span: 'days', from, to }, '2099-01-01');
    expect(before?.to).toBe(daysBefore(from, 1));
    expect(daysBetween(before?.from ?? '', before?.to ?? '')).toBe(daysBetween(from, to));
  }
});

it('a range that is not over is compared with as much of the one before, and all time with nothing', () => {
  expect(rangeBefore(rangeOn('month', '2026-12-01'), '2026-12-10')).toEqual({
    from: '2026-11-01',
    to: '2026-11-10',
  });
  // February has no 31st day to go on to.
  expect(rangeBefore(rangeOn('month', '2026-03-31'), '2026-03-31')?.to).toBe('2026-02-28');
  expect(rangeBefore(rangeOn('month', '2026-10-01'), '2026-12-10')?.to).toBe('2026-09-30');
  expect(rangeBefore(rangeOn('all', '2026-12-01'), '2026-12-10')).toBeNull();
});

it('no range lies beyond these times', () => {
  expect(rangeBeside(rangeOn('year', '1900-05-01'), -1)).toBeNull();
  expect(rangeBeside(rangeOn('year', '2199-05-01'), 1)).toBeNull();
});
