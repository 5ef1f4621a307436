import type { VoiceName } from './voices.ts';

/** Means of a genre's audio features; loudness in dB, tempo in BPM, minutes of a usual track. */
interface Sound {
  readonly energy: number;
  readonly valence: number;
  readonly danceability: number;
  readonly acousticness: number;
  readonly instrumentalness: number;
  readonly speechiness: number;
  readonly loudness: number;
  readonly tempo: number;
  readonly tempoSpread: number;
  readonly minutes: number;
}

export interface Genre {
  readonly name: string;
  /** How many of the listener's artists play it, relative to the other genres. */
  readonly share: number;
  readonly voices: Readonly<Partial<Record<VoiceName, number>>>;
  /** First and last year of its great days; artists of later years follow on. */
  readonly era: readonly [number, number];
  /** Of its records, how many come from the great days. */
  readonly classic: number;
  readonly sound: Sound;
  /** Of its artists, how many are one person. */
  readonly solo: number;
  readonly explicit: number;
  /** Of its tracks, how many are in three-four time. */
  readonly waltz: number;
  /** Month (0 to 11) in which the listener plays it most, if there is one. */
  readonly season?: number;
}

type SoundRow = [number, number, number, number, number, number, number, number, number, number];

const sound = (...row: SoundRow): Sound => {
  const [energy, valence, danceability, acousticness, instrumentalness, speechiness, ...rest] = row;
  const [loudness, tempo, tempoSpread, minutes] = rest;
  const measures = { energy, valence, danceability, acousticness, instrumentalness, speechiness };
  return { ...measures, loudness, tempo, tempoSpread, minutes };
};

type Extras = Partial<Pick<Genre, 'classic' | 'solo' | 'explicit' | 'waltz' | 'season'>>;

function genre(
  name: string,
  share: number,
  voices: Genre['voices'],
  era: Genre['era'],
  means: Sound,
  extras: Extras = {},
): Genre {
  return {
    name,
    share,
    voices,
    era,
    sound: means,
    classic: 0.3,
    solo: 0.4,
    explicit: 0.02,
    waltz: 0.03,
    ...extras,
  };
}

// Columns of sound(): energy, valence, danceability, acousticness, instrumentalness, speechiness, dB, BPM, spread, minutes.
// prettier-ignore
export const genres: readonly Genre[] = [
  genre('dream pop', 30, { 'en-dreamy': 9, fr: 1, nordic: 1, ja: 1 }, [1986, 1996], sound(0.52, 0.34, 0.47, 0.22, 0.3, 0.035, -9, 112, 20, 4.2), { classic: 0.15, season: 10 }),
  genre('shoegaze', 16, { 'en-dreamy': 7, 'en-guitar': 2, ja: 1, nordic: 1 }, [1989, 1995], sound(0.74, 0.3, 0.34, 0.04, 0.5, 0.045, -7, 122, 20, 4.7), { solo: 0.1 }),
  genre('indie pop', 30, { 'en-dreamy': 4, 'en-guitar': 3, nordic: 3, fr: 2, es: 1, pl: 1, he: 4, th: 1 }, [1984, 2010], sound(0.6, 0.58, 0.6, 0.3, 0.06, 0.04, -7.5, 120, 22, 3.5)),
  genre('indie rock', 28, { 'en-guitar': 10, de: 1, pl: 1, es: 1 }, [1992, 2009], sound(0.74, 0.5, 0.5, 0.09, 0.07, 0.05, -6.2, 130, 24, 3.6), { solo: 0.15, explicit: 0.08 }),
  genre('post-punk', 26, { 'en-guitar': 5, ru: 6, de: 2, fr: 1 }, [1978, 1984], sound(0.76, 0.44, 0.55, 0.05, 0.24, 0.05, -7, 138, 20, 3.7), { solo: 0.06, season: 1 }),
  genre('psychedelic rock', 18, { 'en-guitar': 3, tr: 5, de: 1 }, [1966, 1976], sound(0.66, 0.5, 0.45, 0.16, 0.3, 0.05, -8.8, 122, 24, 4.8), { classic: 0.55, solo: 0.25 }),
  genre('krautrock', 10, { de: 8 }, [1969, 1979], sound(0.62, 0.46, 0.55, 0.16, 0.66, 0.04, -10.5, 126, 14, 7.4), { classic: 0.6, solo: 0.1 }),
  genre('synth-pop', 22, { 'en-dreamy': 4, de: 2, nordic: 2, 'en-hyper': 1, fr: 1 }, [1980, 1989], sound(0.7, 0.6, 0.66, 0.1, 0.1, 0.04, -7.2, 120, 13, 4), { classic: 0.4 }),
  genre('trip hop', 12, { 'en-dreamy': 4, fr: 1, pl: 1 }, [1993, 2001], sound(0.5, 0.36, 0.62, 0.2, 0.35, 0.07, -9.6, 88, 10, 4.8), { classic: 0.5 }),
  genre('techno', 22, { 'en-club': 8, de: 3 }, [1989, 1999], sound(0.82, 0.3, 0.75, 0.03, 0.82, 0.055, -8.4, 130, 5, 6.4), { solo: 0.75 }),
  genre('house', 24, { 'en-club': 8, fr: 2, it: 1 }, [1987, 1999], sound(0.78, 0.58, 0.8, 0.05, 0.5, 0.055, -7.6, 123, 4, 5.6), { solo: 0.65, season: 6 }),
  genre('drum and bass', 10, { 'en-club': 8 }, [1993, 2002], sound(0.88, 0.4, 0.56, 0.03, 0.5, 0.08, -5.8, 173, 3, 4.8), { solo: 0.7 }),
  genre('disco', 14, { 'en-soul': 5, it: 3, fr: 1 }, [1975, 1983], sound(0.78, 0.82, 0.77, 0.12, 0.08, 0.05, -8, 120, 7, 4.6), { classic: 0.7, season: 6 }),
  genre('hip hop', 24, { 'en-rap': 9, fr: 1 }, [1990, 2004], sound(0.67, 0.53, 0.74, 0.18, 0.02, 0.27, -6.9, 93, 10, 3.6), { solo: 0.85, explicit: 0.68 }),
  genre('trap', 18, { 'en-rap': 9, es: 1 }, [2012, 2020], sound(0.63, 0.38, 0.76, 0.12, 0.01, 0.2, -6.3, 141, 14, 2.8), { solo: 0.92, explicit: 0.85 }),
  genre('r&b', 18, { 'en-soul': 7, 'en-dreamy': 1, ko: 1 }, [1993, 2004], sound(0.52, 0.46, 0.67, 0.24, 0.02, 0.08, -7.3, 96, 20, 3.6), { solo: 0.85, explicit: 0.28 }),
  genre('soul', 24, { 'en-soul': 10 }, [1962, 1975], sound(0.52, 0.66, 0.58, 0.45, 0.02, 0.045, -9.6, 108, 20, 3.1), { classic: 0.72, solo: 0.7, season: 8 }),
  genre('funk', 10, { 'en-soul': 8 }, [1969, 1980], sound(0.72, 0.83, 0.76, 0.2, 0.15, 0.07, -8.8, 108, 9, 4.2), { classic: 0.75, solo: 0.2, season: 6 }),
  genre('folk', 30, { 'en-roots': 9, pl: 1, fr: 1, ru: 1, he: 1 }, [1965, 1976], sound(0.28, 0.4, 0.47, 0.8, 0.08, 0.037, -12.6, 112, 26, 3.6), { classic: 0.35, solo: 0.7, waltz: 0.17, season: 10 }),
  genre('alt-country', 14, { 'en-roots': 9 }, [1994, 2006], sound(0.48, 0.46, 0.51, 0.45, 0.04, 0.034, -9, 116, 24, 3.8), { solo: 0.6, waltz: 0.1 }),
  genre('blues', 10, { 'en-roots': 8 }, [1958, 1970], sound(0.45, 0.58, 0.54, 0.66, 0.06, 0.055, -10.5, 108, 24, 3.3), { classic: 0.8, solo: 0.75, waltz: 0.08 }),
  genre('dub', 10, { 'en-dub': 6 }, [1972, 1983], sound(0.5, 0.68, 0.78, 0.15, 0.55, 0.08, -9.5, 140, 14, 4), { classic: 0.6, season: 7 }),
  genre('black metal', 14, { 'en-heavy': 10 }, [1991, 2000], sound(0.94, 0.14, 0.22, 0.01, 0.6, 0.085, -6.4, 132, 28, 6.9), { solo: 0.05, season: 0 }),
  genre('doom metal', 8, { 'en-heavy': 10 }, [1987, 2005], sound(0.74, 0.18, 0.25, 0.03, 0.55, 0.05, -6.8, 106, 24, 8.6), { solo: 0.03, season: 11 }),
  genre('ambient', 28, { 'en-still': 9, ja: 1 }, [1978, 1996], sound(0.15, 0.14, 0.21, 0.86, 0.9, 0.04, -20, 98, 26, 5.6), { solo: 0.75, waltz: 0.12 }),
  genre('lo-fi beats', 14, { 'en-still': 8 }, [2015, 2026], sound(0.3, 0.44, 0.67, 0.64, 0.85, 0.06, -12.6, 80, 7, 2.3), { classic: 0.9, solo: 0.9 }),
  genre('chamber', 24, { 'en-still': 5, nordic: 4, pl: 1, it: 1 }, [2005, 2026], sound(0.12, 0.15, 0.27, 0.95, 0.88, 0.042, -23, 96, 28, 3.9), { classic: 0.8, solo: 0.8, waltz: 0.24, season: 11 }),
  genre('jazz', 26, { 'en-jazz': 9, pl: 1, nordic: 1 }, [1956, 1966], sound(0.33, 0.5, 0.52, 0.82, 0.55, 0.045, -13.4, 116, 28, 5.6), { classic: 0.65, solo: 0.92, waltz: 0.13, season: 1 }),
  genre('hyperpop', 12, { 'en-hyper': 9 }, [2018, 2026], sound(0.82, 0.55, 0.66, 0.07, 0.02, 0.1, -4.4, 148, 18, 2.5), { classic: 0.95, solo: 0.75, explicit: 0.4 }),
  genre('pop', 24, { 'en-hyper': 6, 'en-dreamy': 2, nordic: 1, ko: 1 }, [1998, 2026], sound(0.7, 0.58, 0.69, 0.15, 0.005, 0.065, -5.6, 118, 18, 3.3), { classic: 0.7, solo: 0.8, explicit: 0.15 }),
  genre('city pop', 26, { ja: 10 }, [1977, 1988], sound(0.65, 0.74, 0.65, 0.24, 0.05, 0.036, -8.4, 112, 14, 4.3), { classic: 0.7, solo: 0.68, season: 7 }),
  genre('j-indie', 20, { ja: 10 }, [2006, 2024], sound(0.72, 0.54, 0.52, 0.16, 0.05, 0.05, -5.8, 134, 24, 4.1), { classic: 0.5, solo: 0.25 }),
  genre('k-indie', 28, { ko: 10 }, [2008, 2026], sound(0.45, 0.44, 0.58, 0.5, 0.03, 0.038, -8.2, 108, 22, 3.7), { classic: 0.8, season: 3 }),
  genre('mandopop', 18, { zh: 10 }, [1988, 2008], sound(0.42, 0.38, 0.52, 0.55, 0.03, 0.033, -9, 104, 24, 4.4), { classic: 0.4, solo: 0.6 }),
  genre('bossa nova', 20, { pt: 10 }, [1959, 1972], sound(0.3, 0.62, 0.63, 0.82, 0.12, 0.05, -13, 122, 20, 2.8), { classic: 0.65, solo: 0.68, season: 5 }),
  genre('mpb', 16, { pt: 10 }, [1968, 1982], sound(0.5, 0.63, 0.58, 0.58, 0.04, 0.05, -10, 112, 22, 3.6), { classic: 0.5, solo: 0.7 }),
  genre('fado', 10, { pt: 10 }, [1960, 1975], sound(0.24, 0.32, 0.38, 0.92, 0.03, 0.04, -11, 112, 28, 3.3), { classic: 0.4, solo: 0.9, waltz: 0.12, season: 10 }),
  genre('cumbia', 20, { es: 10 }, [1962, 1980], sound(0.66, 0.88, 0.79, 0.35, 0.1, 0.06, -8, 98, 7, 3.5), { classic: 0.5, solo: 0.4, season: 6 }),
  genre('latin alternative', 16, { es: 10 }, [1995, 2026], sound(0.66, 0.56, 0.66, 0.2, 0.06, 0.06, -6.8, 114, 22, 3.6), { classic: 0.7, explicit: 0.08 }),
  genre('tango', 6, { es: 8 }, [1950, 1966], sound(0.33, 0.48, 0.46, 0.9, 0.35, 0.05, -11.5, 118, 22, 3), { classic: 0.6, solo: 0.6 }),
  genre('chanson', 20, { fr: 10 }, [1958, 1974], sound(0.32, 0.44, 0.48, 0.78, 0.02, 0.055, -11.4, 108, 28, 3.2), { classic: 0.45, solo: 0.85, waltz: 0.18 }),
  genre('italian songwriting', 14, { it: 10 }, [1962, 1984], sound(0.44, 0.52, 0.52, 0.58, 0.02, 0.04, -10, 114, 24, 3.7), { classic: 0.6, solo: 0.8, waltz: 0.1 }),
  genre('highlife', 16, { ak: 10 }, [1965, 1984], sound(0.64, 0.87, 0.71, 0.44, 0.14, 0.06, -9.4, 116, 11, 5.4), { classic: 0.7, solo: 0.5, season: 7 }),
  genre('desert blues', 12, { sahel: 10 }, [2001, 2026], sound(0.62, 0.62, 0.58, 0.34, 0.2, 0.05, -8.3, 116, 18, 4.4), { classic: 0.8, solo: 0.4, waltz: 0.1, season: 8 }),
  genre('rebetiko', 12, { el: 10 }, [1958, 1978], sound(0.42, 0.55, 0.48, 0.76, 0.06, 0.05, -10, 112, 24, 3.6), { classic: 0.45, solo: 0.75 }),
  genre('levantine song', 16, { ar: 10 }, [1962, 1988], sound(0.46, 0.5, 0.54, 0.6, 0.05, 0.05, -9.6, 104, 22, 4.9), { classic: 0.35, solo: 0.7 }),
  genre('molam', 8, { th: 10 }, [1972, 1984], sound(0.66, 0.76, 0.68, 0.4, 0.08, 0.08, -8.6, 112, 14, 4), { classic: 0.4, solo: 0.5 }),
  genre('ghazal', 10, { hi: 10 }, [1968, 1992], sound(0.32, 0.42, 0.47, 0.8, 0.04, 0.045, -11.6, 98, 22, 5.2), { classic: 0.4, solo: 0.85, waltz: 0.08 }),
];
