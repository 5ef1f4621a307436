import { describe, expect, it } from 'vitest';
import { coverSvg } from '../../src/web/covers/covers.ts';

const SEEDS = Array.from({ length: 500 }, (_, index) => `album-${index}`);

describe('a generated cover', () => {
  it('is the same for the same seed', () => {
    for (const seed of SEEDS) expect(coverSvg(seed)).toBe(coverSvg(seed));
  });

  it('differs from seed to seed', () => {
    expect(new Set(SEEDS.map(coverSvg)).size).toBeGreaterThan(SEEDS.length * 0.9);
  });

  it('never holds the seed’s text, a script or anything from elsewhere', () => {
    const hostile = '</svg><script>alert(1)</script>';
    expect(coverSvg(hostile)).not.toContain('script');
    for (const seed of SEEDS) {
      const drawing = coverSvg(seed).replace('xmlns="http://www.w3.org/2000/svg"', '');
      expect(drawing).not.toMatch(/href|http|style|url\(|<text/);
    }
  });

  it('is a drawing of numbers and colours only: nothing undefined, nothing not a number', () => {
    for (const seed of ['', 'x', '\uD800', '👩‍🎤', 'ä'.repeat(200), ...SEEDS]) {
      const svg = coverSvg(seed);
      expect(svg).toMatch(/^<svg [^>]+>(?:<(?:rect|circle|path|polygon|g)\b[^>]*>|<\/g>)+<\/svg>$/);
      expect(svg).not.toMatch(/undefined|NaN|Infinity|="-?"/);
    }
  });

  it('is small enough to be drawn by the dozen', () => {
    for (const seed of SEEDS) expect(coverSvg(seed).length).toBeLessThan(8000);
  });
});
