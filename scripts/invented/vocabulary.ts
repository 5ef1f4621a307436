import { type Random } from './random.ts';
import { voices } from './voices.ts';
import type { Script } from './voices.ts';

/** What titles are made of most; English ones so that stemming has something to do. */
const EVERYDAY =
  'the love you me night of my in to dance and heart time dancing on for your days loving blue it light baby lights world dream summer all never one dreams running fire'.split(
    ' ',
  );
const SYLLABLES = 'ka lo mi re tu sa ne vi do ra el on ya bri sto gha qui ñe ø süd łez ché'.split(' ');
/** So many Latin words that the rare ones stand on a track or two, even among a million tracks. */
const LATIN_WORDS = 30_000;

const vocabularies: ReadonlyMap<Script, readonly string[]> = collectWords();

/** Scripts that are not Latin: some six of a hundred artists each sing in one of three of them, fewer in the rest. */
const OTHERS = [...vocabularies.keys()].filter((script) => script !== 'Latin');

export function drawScript(random: Random): Script {
  if (random() < 0.82) return 'Latin';
  return OTHERS[Math.floor(OTHERS.length * random() ** 2)] ?? 'Latin';
}

/** Words of one script, the n-th most frequent about 1/n as often as the first (Zipf's law). */
export function drawWords(random: Random, script: Script, count: number): string {
  const words = vocabularies.get(script) ?? EVERYDAY;
  const word = (): string => words[Math.floor(words.length ** random()) - 1] ?? 'love';
  return Array.from({ length: count }, word).join(' ');
}

/** Names are rarer than words: each of a vocabulary is as likely as the other. */
export function drawName(random: Random, script: Script): string {
  const words = vocabularies.get(script) ?? EVERYDAY;
  const word = (): string => words[Math.floor(words.length * random())] ?? 'Ada';
  return `${word()} ${word()}`;
}

function collectWords(): Map<Script, string[]> {
  const found = new Map<Script, Set<string>>([['Latin', new Set(EVERYDAY)]]);
  for (const { script, titles, bands, slots } of Object.values(voices)) {
    const words = found.get(script) ?? new Set<string>();
    found.set(script, words);
    for (const pattern of [...titles, ...bands, ...Object.values(slots).flat()])
      for (const word of pattern.replaceAll(/\{\w+\}/gu, ' ').split(/\s+/u)) if (word !== '') words.add(word);
  }
  const latin = found.get('Latin') ?? new Set<string>();
  for (let n = 1; latin.size < LATIN_WORDS; n += 1) latin.add(inventWord(n));
  return new Map([...found].map(([script, words]) => [script, [...words]]));
}

/** The number written in syllables: another word for each, of two to four syllables. */
function inventWord(n: number): string {
  let [word, left] = ['', n + SYLLABLES.length];
  for (; left > 0; left = Math.floor(left / SYLLABLES.length)) word += SYLLABLES[left % SYLLABLES.length];
  return word;
}
