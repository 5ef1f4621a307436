import { describe, expect, test } from 'vitest';
import { CATALOGUE_SIZE, inventTrack } from '../../../scripts/spotify-stand-in/catalogue.ts';
import { standInListeners } from '../../../scripts/spotify-stand-in/listeners.ts';

describe('the invented catalogue', () => {
  const tracks = Array.from({ length: CATALOGUE_SIZE * 2 }, (_, n) => inventTrack(n));

  test('has an id of its own for every track, always the same', () => {
    expect(new Set(tracks.map(({ id }) => id)).size).toBe(tracks.length);
    expect(tracks.every(({ id }) => /^[A-Za-z0-9]{22}$/.test(id))).toBe(true);
    expect(inventTrack(17)).toEqual(tracks[17]);
  });

  test('has release dates of every precision, and names in many scripts', () => {
    const precisions = tracks.map(({ album }) => album.release_date_precision);
    expect(new Set(precisions)).toEqual(new Set(['year', 'month', 'day']));
    const names = tracks.map(({ name }) => name).join('');
    for (const script of [
      'Latin',
      'Cyrillic',
      'Han',
      'Hiragana',
      'Hangul',
      'Arabic',
      'Hebrew',
      'Greek',
      'Thai',
      'Devanagari',
    ]) {
      expect(names).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
    }
  });

  test('gives Alice and Bob lists that overlap and differ', () => {
    const [alices, bobs] = standInListeners().map(({ topTracks }) =>
      topTracks.long_term.map((track) => (track as { id: string }).id),
    );
    const shared = alices?.filter((id) => bobs?.includes(id)) ?? [];
    expect(shared.length).toBeGreaterThan(20);
    expect(shared.length).toBeLessThan(Math.min(alices?.length ?? 0, bobs?.length ?? 0));
  });
});
