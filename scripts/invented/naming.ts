import { integerBetween, pick, type Random } from './random.ts';
import type { Voice } from './voices.ts';

/** Draws names that were not drawn before; one comes again only when hardly anything else is left, as in life. */
export class Names {
  readonly #taken = new Set<string>();

  draw(random: Random, patterns: readonly string[], slots: Voice['slots']): string {
    return this.drawNew(random, patterns, slots) ?? fill(random, pick(random, patterns), slots);
  }

  /** Undefined when many draws gave nothing new. */
  drawNew(random: Random, patterns: readonly string[], slots: Voice['slots']): string | undefined {
    for (let attempt = 0; attempt < 80; attempt += 1) {
      const name = fill(random, pick(random, patterns), slots);
      if (!this.#taken.has(name.toLowerCase())) {
        this.#taken.add(name.toLowerCase());
        return name;
      }
    }
    return undefined;
  }
}

/** Puts a word in for every slot, never the same one twice. */
function fill(random: Random, pattern: string, slots: Voice['slots']): string {
  const used = new Set<string>();
  return pattern.replaceAll(/\{(?<slot>\w+)\}/gu, (_match, slot: string) => {
    const words = (slots[slot] ?? []).filter((word) => !used.has(word));
    const word = pick(random, words);
    used.add(word);
    return word;
  });
}

const keys = [
  'C Major',
  'D Minor',
  'E-Flat Major',
  'F Minor',
  'G Major',
  'A Minor',
  'B-Flat Major',
  'C-Sharp Minor',
];
const movements = [
  'I. Allegro moderato',
  'II. Adagio',
  'II. Andante cantabile',
  'III. Scherzo',
  'III. Largo',
  'IV. Presto',
];
const smallForms = ['Nocturne', 'Prelude', 'Intermezzo', 'Étude', 'Barcarolle', 'Bagatelle', 'Sarabande'];
const largeForms = ['String Quartet', 'Piano Trio', 'Cello Sonata', 'Violin Sonata', 'Serenade for Strings'];

/** How a piece of written music is called: 'Piano Trio No. 2 in D Minor, Op. 18: II. Adagio'. */
export function concertTitle(random: Random): string {
  const number = integerBetween(random, 1, 6);
  const opus = integerBetween(random, 3, 61);
  const key = pick(random, keys);
  if (random() < 0.5) return `${pick(random, smallForms)} No. ${number} in ${key}, Op. ${opus}`;
  return `${pick(random, largeForms)} No. ${number} in ${key}, Op. ${opus}: ${pick(random, movements)}`;
}
