import type { SoundProfile } from '../catalogue/audio-features.ts';
import type { Figures } from './figures.ts';

export interface ChartData {
  readonly labels: readonly string[];
  readonly data: readonly (number | null)[];
}

export const drawSound = ({ energy, valence, danceability }: SoundProfile): ChartData => ({
  labels: ['Energy', 'Valence', 'Danceability'],
  data: [energy.average, valence.average, danceability.average],
});

export const CHARTS = {
  'energy-distribution': ({ energy_distribution: tracks }) => ({
    labels: ['High', 'Medium', 'Low'],
    data: [tracks.high, tracks.medium, tracks.low],
  }),
  'audio-profile': drawSound,
  decades: ({ decades }) => ({
    labels: decades.map(({ decade }) => `${decade}s`),
    data: decades.map(({ tracks }) => tracks),
  }),
  explicit: ({ explicit }) => ({
    labels: ['Explicit', 'Not explicit'],
    data: [explicit.tracks, explicit.known - explicit.tracks],
  }),
  'top-artists': ({ top_artists: artists }) => ({
    labels: artists.map(({ name }) => name ?? 'Unknown artist'),
    data: artists.map(({ appearances }) => appearances),
  }),
  'popular-tracks': ({ most_popular: tracks }) => ({
    labels: tracks.map(({ name }) => name ?? 'Untitled'),
    data: tracks.map(({ popularity }) => popularity),
  }),
} satisfies Record<string, (figures: Figures) => ChartData>;

export type ChartName = keyof typeof CHARTS;

export const drawCharts = (figures: Figures): Record<ChartName, ChartData> => ({
  'energy-distribution': CHARTS['energy-distribution'](figures),
  'audio-profile': CHARTS['audio-profile'](figures),
  decades: CHARTS.decades(figures),
  explicit: CHARTS.explicit(figures),
  'top-artists': CHARTS['top-artists'](figures),
  'popular-tracks': CHARTS['popular-tracks'](figures),
});
