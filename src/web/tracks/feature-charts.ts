import { AUDIO_FEATURES, type AudioFeatures } from '../../catalogue/audio-features.ts';
import { inComparison, type Chart, type ChartSeries } from '../page/findings.ts';
import { coverage, formatFeature } from '../page/format.ts';

/** Fewer corners than this make no shape. */
const LEAST_CORNERS = 3;

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Against the listener's average: drawn if both are known, the table has all. @param subject "this track" */
export function featuresChart(
  subject: string,
  own: AudioFeatures,
  library: { readonly average: AudioFeatures; readonly with_features: number; readonly tracks: number },
): Chart {
  const drawn = AUDIO_FEATURES.filter((name) => own[name] !== null && library.average[name] !== null);
  const of = (name: string, values: AudioFeatures): ChartSeries => ({
    name,
    labels: drawn.map(capitalised),
    data: drawn.map((feature) => values[feature]),
  });
  const said = inComparison(AUDIO_FEATURES, (name) => [own[name], library.average[name]]);
  return {
    id: 'audio-features',
    kind: drawn.length < LEAST_CORNERS ? 'profile' : 'radar',
    heading: 'Audio features',
    finding:
      said === null
        ? 'There are no audio features to compare yet.'
        : `Compared with your average, ${subject} is ${said}.`,
    note: `Your average is based on what is known: ${coverage(library.with_features, library.tracks, 'audio features')}.`,
    series: drawn.length > 0 ? [of(capitalised(subject), own), of('Your average', library.average)] : [],
    table: {
      head: ['Feature', capitalised(subject), 'Your average'],
      rows: AUDIO_FEATURES.map((name) => [
        capitalised(name),
        formatFeature(own[name]),
        formatFeature(library.average[name]),
      ]),
    },
  };
}
