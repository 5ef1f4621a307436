import { describe, expect, it } from 'vitest';
import { EVERYTHING, exploreFilters, readFilters } from '../../src/explore/filters.ts';

describe('the filters of an address', () => {
  it('are read into days, milliseconds and numbers', () => {
    const { filters, problems } = readFilters({
      released_from: '1999',
      released_to: '2024-02',
      first_seen_to: '2025-05-31',
      duration_from: '3',
      duration_to: '3:30',
      energy_from: '.5',
      energy_to: '1',
      tempo_from: ' 120 ',
      explicit: 'yes',
      range: ['short_term', 'long_term', 'short_term'],
      artist: '  Beyoncé ',
      sort: '-energy',
      then_by: 'name',
      unheard_of: 'x',
    });
    expect(problems).toEqual({});
    expect(filters).toEqual({
      ...EVERYTHING,
      released_from: '1999-01-01',
      released_to: '2024-02-29',
      first_seen_to: '2025-05-31',
      duration_from: 180_000,
      duration_to: 210_999,
      energy_from: 0.5,
      energy_to: 1,
      tempo_from: 120,
      explicit: ['yes'],
      range: ['short_term', 'long_term'],
      artist: 'Beyoncé',
      sort: '-energy',
      then_by: 'name',
    });
  });

  it('may be empty fields of a form, which ask for nothing', () => {
    const empty = { released_from: '', energy_to: '', artist: ' ', explicit: '', album_type: [''], sort: '' };
    expect(readFilters(empty)).toEqual({ filters: EVERYTHING, problems: {} });
  });

  it.each([
    ['energy_from', '1.5'],
    ['energy_from', '-0.1'],
    ['energy_from', '1e-3'],
    ['energy_from', '0x1'],
    ['energy_from', ['0.1', '0.2']],
    ['popularity_to', '101'],
    ['popularity_to', '50.5'],
    ['tempo_from', '0'],
    ['tempo_to', '9'.repeat(300)],
    ['best_rank_from', '٣'],
    ['released_from', '2024-02-30'],
    ['released_from', '0000'],
    ['released_to', '2024-13'],
    ['released_to', 'infinity'],
    ['first_seen_from', '5.5.2020'],
    ['duration_from', '3:60'],
    ['duration_to', '2000'],
    ['precision', 'century'],
    ['explicit', 'constructor'],
    ['range', ['short_term', 'all']],
    ['album_type', 'x'.repeat(51)],
    ['album_type', Array.from({ length: 21 }, (_, n) => `t${n}`)],
    ['artist', 'x'.repeat(201)],
    ['artist', 'a\0b'],
    ['artist', '\ud800'],
    ['sort', '__proto__'],
    ['sort', '--energy'],
    ['then_by', 'energy desc'],
  ])('of %s are named where %j does not fit, and the others still hold', (name, value) => {
    const { filters, problems } = readFilters({ valence_from: '0.3', [name]: value });
    expect(Object.keys(problems)).toEqual([name]);
    expect(problems[name]).toMatch(/^must /);
    expect(filters).toEqual({ ...EVERYTHING, valence_from: 0.3 });
    expect(exploreFilters.safeParse({ [name]: value }).success).toBe(false);
  });

  it('are named where they are reversed', () => {
    const given = { energy_from: '0.8', energy_to: '0.2', released_from: '2020', released_to: '2019' };
    const { filters, problems } = readFilters(given);
    expect(Object.keys(problems)).toEqual(['released_to', 'energy_to']);
    expect(filters).toEqual({ ...EVERYTHING, energy_from: 0.8, released_from: '2020-01-01' });
    expect(readFilters({ tempo_from: '120', tempo_to: '120' }).problems).toEqual({});
  });

  it('are not touched by names that objects have by themselves', () => {
    const given = Object.assign(
      Object.create(null),
      JSON.parse('{"__proto__": {"energy_from": "1"}}'),
    ) as object;
    expect(readFilters(given as Record<string, unknown>).filters.energy_from).toBeUndefined();
  });
});
