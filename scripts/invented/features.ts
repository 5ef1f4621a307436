import type { Genre } from './genres.ts';
import { gaussian, pickWeighted, randomFor, type Random } from './random.ts';

/** What Spotify's audio-features call gave until November 2024, without the addresses. */
export interface AudioFeatures {
  readonly danceability: number;
  readonly energy: number;
  readonly loudness: number;
  readonly speechiness: number;
  readonly acousticness: number;
  readonly instrumentalness: number;
  readonly liveness: number;
  readonly valence: number;
  readonly tempo: number;
  readonly key: number;
  readonly mode: 0 | 1;
  readonly time_signature: number;
}

export interface FeatureSetting {
  readonly artist: { readonly id: string; readonly genre: Genre };
  readonly year: number;
  readonly live: boolean;
}

/**
 * Two hidden drives, push (loud, dense, electric) and mood (bright, danceable), move the features together, partly
 * as the artist's habit and partly as this track's.
 */
export function drawFeatures(random: Random, { artist, year, live }: FeatureSetting): AudioFeatures {
  const habit = randomFor('habit', artist.id);
  const { sound, waltz } = artist.genre;
  const push = 0.6 * gaussian(habit) + 0.8 * gaussian(random);
  const mood = 0.5 * gaussian(habit) + 0.85 * gaussian(random);
  const noise = (): number => gaussian(random);
  const valence = around(sound.valence, 0.85 * mood + 0.15 * push + 0.25 * noise());
  return {
    danceability: around(sound.danceability, 0.4 * mood + 0.3 * noise()),
    energy: around(sound.energy, 0.75 * push + 0.2 * noise() + (live ? 0.3 : 0)),
    loudness: drawLoudness(sound.loudness, push + 0.4 * noise(), year),
    speechiness: round(clamp(sound.speechiness * Math.exp(0.38 * noise()), 0.023, 0.92)),
    acousticness: around(sound.acousticness, -0.9 * push + 0.9 * noise()),
    instrumentalness: drawInstrumentalness(random, sound.instrumentalness),
    liveness: round(clamp(live ? 0.78 + 0.1 * noise() : 0.13 * Math.exp(0.5 * noise()), 0.02, 0.98)),
    valence,
    tempo: round(clamp(sound.tempo + sound.tempoSpread * (0.25 * push + 0.95 * noise()), 52, 208)),
    key: drawKey(random),
    mode: random() < 0.42 + 0.4 * valence ? 1 : 0,
    time_signature: drawMetre(random, waltz),
  };
}

/** Moves a share between 0 and 1 on the logistic scale, so that it stays one. */
function around(mean: number, shift: number): number {
  return round(1 / (1 + Math.exp(-(Math.log(mean / (1 - mean)) + shift))));
}

function drawLoudness(mean: number, push: number, year: number): number {
  const age = year < 1992 ? -1.6 : 0;
  return round(clamp(mean + age + (1 + Math.abs(mean) * 0.14) * push, -42, -1.8));
}

/** Either there is a singer or there is not: few values lie between. */
function drawInstrumentalness(random: Random, mean: number): number {
  if (random() < mean) return round(clamp(0.86 + 0.08 * gaussian(random), 0.35, 0.985));
  const trace = random() < 0.3 ? 0 : 10 ** -(1.5 + 4 * random());
  return Number(trace.toPrecision(3));
}

/** C, G, D and A are played most. */
const keyWeights = [12, 9, 11, 4, 7, 8, 6, 12, 6, 11, 6, 8];

function drawKey(random: Random): number {
  return pickWeighted(random, [...keyWeights.keys()], (key) => keyWeights[key] ?? 0);
}

function drawMetre(random: Random, waltz: number): number {
  const draw = random();
  if (draw < waltz) return 3;
  return draw > 0.988 ? 5 : draw > 0.983 ? 1 : 4;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const round = (value: number): number => Number(value.toFixed(3));
