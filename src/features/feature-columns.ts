import { AUDIO_FEATURES } from '../catalogue/audio-features.ts';

export interface Limits {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  readonly words: string;
}

const share: Limits = { least: 0, most: 1, whole: false, words: 'a number from 0 to 1' };

export const FEATURE_LIMITS: ReadonlyMap<string, Limits> = new Map([
  ...AUDIO_FEATURES.map((name) => [name, share] as const),
  ['tempo', { least: 1, most: 400, whole: false, words: 'a number from 1 to 400 (BPM)' }],
  ['loudness', { least: -100, most: 20, whole: false, words: 'a number from -100 to 20 (dB)' }],
  // -1 is Spotify's value for no key.
  ['key', { least: -1, most: 11, whole: true, words: 'a whole number from 0 (C) to 11 (B), or -1 for none' }],
  ['mode', { least: 0, most: 1, whole: true, words: '1 for major or 0 for minor' }],
  [
    'time_signature',
    { least: 1, most: 16, whole: true, words: 'a whole number of beats to the bar from 1 to 16' },
  ],
]);

export const FEATURE_NAMES: readonly string[] = [...FEATURE_LIMITS.keys()];

/** From our export's tracks.csv and tools that list a Spotify library. */
export const ALIASES: Readonly<Record<string, string>> = {
  track_uri: 'track_id',
  spotify_id: 'track_id',
  spotify_uri: 'track_id',
  spotify_track_id: 'track_id',
  tempo_bpm: 'tempo',
  loudness_db: 'loudness',
};
