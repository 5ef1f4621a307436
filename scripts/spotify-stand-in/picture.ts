import { between, integerBetween, randomFor } from '../invented/random.ts';
import type { Answer } from './answers.ts';

/** GET /image/:id: a cover, always the same for an id, at any size. */
export function picture(id: string): Answer {
  const random = randomFor('picture', id);
  const hue = integerBetween(random, 0, 359);
  const shapes = Array.from({ length: 4 }, (_, n) => {
    const [x, y, r] = [between(random, 0, 640), between(random, 0, 640), between(random, 60, 320)];
    const colour = `hsl(${(hue + 40 + n * 75) % 360} 55% ${35 + n * 12}%)`;
    return `<circle cx="${x.toFixed()}" cy="${y.toFixed()}" r="${r.toFixed()}" fill="${colour}" opacity="0.7"/>`;
  });
  return {
    status: 200,
    headers: { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' },
    body: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 640"><rect width="640" height="640" fill="hsl(${hue} 45% 22%)"/>${shapes.join('')}</svg>`,
  };
}
