import type { ChartData } from '../../figures/charts.ts';
import type { Figures } from '../../figures/figures.ts';
import type { Profile } from '../../playlists/profile.ts';
import { listed } from '../../words.ts';
import { formatFeature, formatNumber, formatPercent, plural } from './format.ts';

/** One row of marks in a chart: what it is of, and its numbers. */
export interface ChartSeries extends ChartData {
  readonly name: string;
}

/** The list beside the whole archive; the archive alone where there is no list. */
export function chartSeries(list: ChartData | null | undefined, archive: ChartData): ChartSeries[] {
  const whole = { name: 'Whole archive', ...archive };
  return list ? [{ name: 'This list', ...list }, whole] : [whole];
}

export interface ChartTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where the first cell of each row leads, if anywhere. */
  readonly links?: readonly (string | null)[];
}

/** What a chart shows as a table: one line per label, one column per series, labels in the order of the fullest series. */
export function chartTable(
  series: readonly ChartSeries[],
  subject: string,
  format: (value: number | null) => string = (value) => (value === null ? 'not known' : formatNumber(value)),
): ChartTable {
  const labels = [...new Set(series.toReversed().flatMap((one) => one.labels))];
  const cell = (one: ChartSeries, label: string): string => {
    const at = one.labels.indexOf(label);
    return format(at < 0 ? 0 : (one.data[at] ?? null));
  };
  return {
    head: [subject, ...series.map((one) => one.name)],
    rows: labels.map((label) => [label].concat(series.map((one) => cell(one, label)))),
  };
}

/** What `views/partials/chart.ejs` shows; without series nothing is drawn. */
export interface Chart {
  readonly id: string;
  readonly kind: string;
  readonly heading: string;
  /** The chart in a sentence. */
  readonly finding: string;
  /** From how much it speaks. */
  readonly note: string;
  readonly series: readonly ChartSeries[];
  readonly table: ChartTable;
}

const FEATURES = ['energy', 'valence', 'danceability'] as const;
/** Closer than this, two averages are the same to anyone's ear. */
const SAME = 0.02;

type Sound = Pick<Figures, 'with_features' | (typeof FEATURES)[number]>;

/** One sentence: the average energy, valence and danceability, and how the list differs from the archive. */
export function profileFinding(list: Sound | null, archive: Sound): string {
  if (archive.with_features === 0) return 'No track has audio features yet.';
  if (list === null || list.with_features === 0) {
    const averages = FEATURES.map((name) => `${name} ${formatFeature(archive[name].average)}`);
    return `On average: ${listed(averages)}.`;
  }
  const said = inComparison(FEATURES, (name) => [list[name].average, archive[name].average]);
  return said === null
    ? 'Too little is known to compare.'
    : `Compared with your whole archive, this list is ${said}.`;
}

/** "higher in energy and about the same in valence"; null where nothing can be compared. */
export function inComparison<Name extends string>(
  names: readonly Name[],
  pairOf: (name: Name) => readonly [number | null, number | null],
): string | null {
  const groups = { higher: [] as string[], lower: [] as string[], 'about the same': [] as string[] };
  for (const name of names) {
    const [here, overall] = pairOf(name);
    if (here !== null && overall !== null) groups[comparison(here - overall)].push(name);
  }
  const parts = Object.entries(groups).filter(([, group]) => group.length > 0);
  return parts.length === 0 ? null : listed(parts.map(([how, group]) => `${how} in ${listed(group)}`));
}

function comparison(difference: number): 'higher' | 'lower' | 'about the same' {
  if (Math.abs(difference) < SAME) return 'about the same';
  return difference > 0 ? 'higher' : 'lower';
}

/** One sentence on where the energy of a list goes from its first track to its last. */
export function courseFinding({ course, energy }: Pick<Profile, 'course' | 'energy'>): string {
  if (energy.known === 0) return 'Energy isn’t known for any of these tracks.';
  const known = course.flatMap((step) => step.energy ?? []);
  const [first = 0, last = 0] = [known.at(0), known.at(-1)];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const falls = known.some((value, at) => at > 0 && value < Number(known[at - 1]));
  if (!falls && known.length > 1 && last - first >= SAME)
    return `Energy rises steadily from ${formatFeature(first)} to ${formatFeature(last)}.`;
  return `Energy starts at ${formatFeature(first)}, ends at ${formatFeature(last)}, and ranges from ${formatFeature(low)} to ${formatFeature(high)}.`;
}

/** One sentence on how much of the archive is loud, middling and calm. */
export function energyFinding({ energy, energy_distribution: tracks }: Figures): string {
  if (energy.known === 0) return 'Energy isn’t known for any track yet.';
  const [name, count] = largest(Object.entries(tracks));
  const share = formatPercent(count, energy.known);
  return `Mostly ${name} energy: ${formatNumber(count)} of ${plural(energy.known, 'track')} (${share}).`;
}

/** One sentence on the decades the tracks come from. */
export function decadesFinding({ decades, release_dates_known: known }: Figures): string {
  const oldest = decades[0];
  if (oldest === undefined) return 'Release dates aren’t known yet.';
  const [decade, count] = largest(decades.map((one) => [`${one.decade}s`, one.tracks]));
  const share = `${formatNumber(count)} of ${plural(known, 'track')} (${formatPercent(count, known)})`;
  const lead = `The ${decade} lead with ${share}.`;
  return decades.length > 1 ? `${lead} The oldest track is from the ${oldest.decade}s.` : lead;
}

const share = (of: Figures['explicit']): string => formatPercent(of.tracks, of.known);

/** One sentence on explicit tracks, in the archive and in the list where there is one. */
export function explicitFinding(list: Figures | null, { explicit }: Figures): string {
  if (explicit.known === 0) return 'Whether tracks are explicit isn’t known yet.';
  const whole = `${formatNumber(explicit.tracks)} of ${plural(explicit.known, 'track')} in the archive`;
  const here = list !== null && list.explicit.known > 0 ? `; in this list ${share(list.explicit)}` : '';
  return `${share(explicit)} explicit: ${whole}${here}.`;
}

/** One sentence on who leads. */
export function artistsFinding({ top_artists: artists }: Figures): string {
  const [first, second] = artists;
  if (first === undefined) return 'Artists aren’t known yet.';
  const name = (artist: typeof first): string => isolated(artist.name ?? 'An unknown artist');
  const lead = `${name(first)} leads with ${plural(first.appearances, 'place')} from ${plural(first.tracks, 'track')}`;
  return second === undefined ? `${lead}.` : `${lead}; ${name(second)} follows with ${second.appearances}.`;
}

/** Keeps a name's own writing direction from turning the sentence around it. */
const isolated = (name: string): string => `\u2068${name}\u2069`;

function largest(entries: readonly (readonly [string, number])[]): readonly [string, number] {
  return entries.reduce((best, entry) => (entry[1] > best[1] ? entry : best));
}
