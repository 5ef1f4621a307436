import { MOST_MONTHS, type MoodCounts, type MoodMonth, type Quadrant } from '../../mood/figures.ts';
import { KEY_NAMES, MOOD_CHARTS, monthLabel, type PathPoint } from '../../mood/charts.ts';
import { QUADRANT_NAMES, QUADRANTS } from '../../mood/quadrants.ts';
import type { ChartTable } from '../page/findings.ts';
import { coverage, formatFeature, formatMonth, formatNumber, formatPercent, plural } from '../page/format.ts';
import { sum } from '../../sum.ts';

export { QUADRANT_NAMES } from '../../mood/quadrants.ts';

/** As the plane lies: energy upwards, valence to the right. */
export const QUADRANTS_AS_SEEN: readonly Quadrant[] = ['angry', 'happy', 'sad', 'calm'];

/** What makes a quadrant one, in words. */
export const QUADRANT_RULES: Readonly<Record<Quadrant, string>> = {
  happy: 'high energy, high valence',
  angry: 'high energy, low valence',
  calm: 'low energy, high valence',
  sad: 'low energy, low valence',
};

/** "1,664 of 1,872 tracks have both energy and valence". */
export const moodCoverage = ({ known, tracks }: MoodCounts): string =>
  coverage(known, tracks, 'both energy and valence');

/** One sentence: which quadrant holds most, and which least. */
export function quadrantsFinding({ quadrants, known }: MoodCounts): string {
  const ranked = QUADRANTS.toSorted((one, other) => quadrants[other].tracks - quadrants[one].tracks);
  const [most, least] = [ranked[0] as Quadrant, ranked.at(-1) as Quadrant];
  const lead = `${QUADRANT_NAMES[most]} leads with ${formatPercent(quadrants[most].tracks, known)}`;
  const last = QUADRANT_NAMES[least].toLowerCase();
  if (quadrants[least].tracks === 0) return `${lead}; no track is ${last}.`;
  return `${lead}; ${last} comes last with ${formatPercent(quadrants[least].tracks, known)}.`;
}

/** One sentence: how many of the known tracks are drawn. */
export function mapNote(figures: MoodCounts): string {
  const { drawn, known } = figures;
  if (drawn === known) return `${moodCoverage(figures)}. Each is a point.`;
  return `${moodCoverage(figures)}. The chart shows a random sample of ${formatNumber(drawn)}, always the same; counts and lists include all.`;
}

/** The plane as numbers: tracks in each fifth of energy, from the top down, by each fifth of valence. */
export function gridTable({ grid }: MoodCounts): ChartTable {
  const fifths = ['0 to 0.2', '0.2 to 0.4', '0.4 to 0.6', '0.6 to 0.8', '0.8 to 1'];
  const rows = grid.map((line, at) => [`Energy ${fifths[at] ?? ''}`, ...line.map(formatNumber)]);
  return { head: ['Tracks', ...fifths.map((fifth) => `Valence ${fifth}`)], rows: rows.toReversed() };
}

/** One sentence: in which quadrant the months stood most often, and the most and least energetic one. */
export function pathFinding(months: readonly MoodMonth[]): string {
  const known = months.filter(isKnown);
  const [first] = known;
  if (first === undefined) return 'No snapshot of this list has a track with both energy and valence yet.';
  if (known.length === 1) return `In ${monthWords(first.month)} the list was ${moodOf(first).toLowerCase()}.`;
  const moods = known.map(moodOf);
  const most = moods.reduce((best, mood) => (countOf(moods, mood) > countOf(moods, best) ? mood : best));
  const byEnergy = known.toSorted((one, other) => one.energy - other.energy);
  const [calmest, loudest] = [byEnergy[0] ?? first, byEnergy.at(-1) ?? first];
  const share = `${formatNumber(countOf(moods, most))} of ${plural(known.length, 'month')}`;
  const [top, low] = [loudest, calmest].map(
    ({ month, energy }) => `${monthWords(month)} (${formatFeature(energy)})`,
  );
  return `Mostly ${most.toLowerCase()}, in ${share}. Most energetic: ${top}. Least energetic: ${low}.`;
}

type KnownMonth = MoodMonth & { readonly energy: number; readonly valence: number };
const isKnown = (month: MoodMonth): month is KnownMonth => month.energy !== null && month.valence !== null;
const countOf = (all: readonly string[], one: string): number => all.filter((each) => each === one).length;

/** The formula of mood_quadrant(), for an average. */
function moodOf({ energy, valence }: { energy: number; valence: number }): string {
  if (energy > 0.5) return QUADRANT_NAMES[valence > 0.5 ? 'happy' : 'angry'];
  return QUADRANT_NAMES[valence > 0.5 ? 'calm' : 'sad'];
}

const monthWords = (month: number): string => formatMonth(`${monthLabel(month)}-01`);

/** How much of the lists the path speaks of. */
export function pathNote(months: readonly MoodMonth[]): string {
  const total = (of: (month: MoodMonth) => number): number => sum(months.map(of));
  const places = plural(
    total((month) => month.places),
    'ranked place',
  );
  const snapshots = plural(
    total((month) => month.snapshots),
    'snapshot',
  );
  const whole = `Based on ${formatNumber(total((month) => month.known))} of ${places} in ${snapshots}. Months without a snapshot are gaps.`;
  return months.length === MOST_MONTHS ? `${whole} Only the newest ${MOST_MONTHS} months are shown.` : whole;
}

export function pathTable(months: readonly MoodMonth[]): ChartTable {
  return {
    head: ['Month', 'Energy', 'Valence', 'Mood', 'Snapshots'],
    rows: months.map((month) => [
      monthWords(month.month),
      formatFeature(month.energy),
      formatFeature(month.valence),
      isKnown(month) ? moodOf(month) : 'not known',
      formatNumber(month.snapshots),
    ]),
  };
}

/** What `public/js/charts/path.js` draws: a row of marks for energy and one for valence. */
export function pathSeries(path: { labels: readonly string[]; data: readonly PathPoint[] }) {
  if (path.labels.length === 0) return [];
  return (['energy', 'valence'] as const).map((name) => ({
    name: name === 'energy' ? 'Energy' : 'Valence',
    labels: path.labels,
    data: path.data.map((point) => point?.[name] ?? null),
  }));
}

/** One sentence on how fast the tracks are. */
export function tempoFinding({ tempo }: MoodCounts): string {
  if (tempo.known === 0) return 'Tempo isn’t known for any track yet.';
  const most = tempo.bins.reduce((best, bin) => (bin.tracks > best.tracks ? bin : best));
  return `Most common: ${most.from} to ${most.from + 9} beats per minute, with ${plural(most.tracks, 'track')}.`;
}

export const keyTotal = ({ keys }: MoodCounts): number => sum(keys);

/** One sentence on the key most tracks are in. */
export function keyFinding(figures: MoodCounts): string {
  const known = keyTotal(figures);
  if (known === 0) return 'Keys aren’t known for any track yet.';
  const most = Math.max(...figures.keys);
  const share = `${formatNumber(most)} of ${plural(known, 'track')} (${formatPercent(most, known)})`;
  return `${KEY_NAMES[figures.keys.indexOf(most)] ?? ''} leads with ${share}.`;
}

/** One sentence on major and minor. */
export function modeFinding({ modes }: MoodCounts): string {
  const known = modes.major + modes.minor;
  if (known === 0) return 'Major or minor isn’t known for any track yet.';
  return `${formatPercent(modes.major, known)} in major: ${formatNumber(modes.major)} of ${plural(known, 'track')}.`;
}

/** The drawing of a chart of the whole archive as the one series of its name. */
export const moodSeries = (figures: MoodCounts, chart: 'tempo' | 'key' | 'mode', known: number) =>
  known > 0 ? [{ name: 'Whole archive', ...MOOD_CHARTS[chart](figures) }] : [];
