import type { ExploreCounts, FilterCounts } from '../../explore/counts.ts';
import {
  CHOICE_FILTERS,
  exploreFilters,
  RANGE_FILTERS,
  type ChoiceFilter,
  type RangeFilter,
} from '../../explore/filters.ts';
import { coverage } from '../page/format.ts';
import { RANGE_LABELS } from '../page/time-ranges.ts';

/** What stands in the address, field by field; only fields of ours, and only where something stands in them. */
export type Written = Readonly<Record<string, readonly string[]>>;

const FIELDS = Object.keys(exploreFilters.shape);

export function writtenFields(query: Readonly<Record<string, unknown>>): Written {
  const fields = FIELDS.map((name) => {
    const values = Object.hasOwn(query, name) ? [query[name]].flat() : [];
    return [name, values.filter((value) => typeof value === 'string' && value !== '')] as const;
  });
  return Object.fromEntries(fields.filter(([, values]) => values.length > 0)) as Written;
}

/** The address of a path with these fields, `name=` left out; other fields may be given. */
export function addressOf(
  path: string,
  written: Written,
  changes: Readonly<Record<string, readonly string[] | undefined>> = {},
): string {
  const query = new URLSearchParams();
  for (const [name, values = []] of Object.entries({ ...written, ...changes }))
    for (const value of values) query.append(name, value);
  const text = query.toString();
  return text === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${text}`;
}

const RANGE_WORDS: Readonly<Record<RangeFilter, { label: string; have: string; hint: string }>> = {
  released: { label: 'Released', have: 'a release date', hint: '2019, 2019-05 or 2019-05-31' },
  duration: { label: 'Length', have: 'a known length', hint: 'minutes, such as 3 or 3:30' },
  popularity: { label: 'Popularity', have: 'a known popularity', hint: '0 to 100' },
  energy: { label: 'Energy', have: 'a known energy', hint: '0 to 1' },
  valence: { label: 'Valence', have: 'a known valence', hint: '0 to 1' },
  danceability: { label: 'Danceability', have: 'a known danceability', hint: '0 to 1' },
  acousticness: { label: 'Acousticness', have: 'a known acousticness', hint: '0 to 1' },
  instrumentalness: { label: 'Instrumentalness', have: 'a known instrumentalness', hint: '0 to 1' },
  tempo: { label: 'Tempo (BPM)', have: 'a known tempo', hint: '1 to 400' },
  best_rank: { label: 'Best rank', have: 'a rank in a list', hint: '1 is the best' },
  first_seen: { label: 'First seen', have: 'a first day in a list', hint: '2019, 2019-05 or 2019-05-31' },
  plays: { label: 'Plays', have: 'a number of plays', hint: '0 means never' },
  minutes: { label: 'Minutes listened', have: 'a known listening time', hint: 'whole minutes' },
  first_played: { label: 'First played', have: 'a first play', hint: '2019, 2019-05 or 2019-05-31' },
};

const YES_NO = { yes: 'Yes', no: 'No' };
const CHOICE_WORDS: Readonly<
  Record<ChoiceFilter, { label: string; have: string; values: Readonly<Record<string, string>> }>
> = {
  precision: {
    label: 'Release date is exact to the',
    have: 'a release date',
    values: { day: 'Day', month: 'Month', year: 'Year' },
  },
  explicit: { label: 'Explicit', have: 'this label from Spotify', values: YES_NO },
  isrc: { label: 'Has an ISRC', have: 'Spotify’s whole track object', values: YES_NO },
  album_type: {
    label: 'Album type',
    have: 'a known album type',
    values: { album: 'Album', single: 'Single', compilation: 'Compilation' },
  },
  range: { label: 'In your top list', have: 'a place in a list', values: RANGE_LABELS },
};

const GROUPS: readonly (readonly [string, readonly (RangeFilter | ChoiceFilter | 'artist')[]])[] = [
  ['Release', ['released', 'precision', 'album_type']],
  ['Recording', ['artist', 'duration', 'explicit', 'isrc', 'popularity']],
  ['Sound', ['energy', 'valence', 'danceability', 'acousticness', 'instrumentalness', 'tempo']],
  ['Your lists', ['range', 'best_rank', 'first_seen']],
  ['Your history', ['plays', 'minutes', 'first_played']],
];

const isRange = (name: string): name is RangeFilter => Object.hasOwn(RANGE_FILTERS, name);
const isChoice = (name: string): name is ChoiceFilter => Object.hasOwn(CHOICE_FILTERS, name);

/** The form as it is shown: groups of fields, folded where nothing in them is set. */
export function describeForm(
  written: Written,
  problems: Readonly<Record<string, string>>,
  counts: ExploreCounts,
) {
  return GROUPS.map(([label, names]) => {
    const fields = names.map((name) => {
      if (isRange(name)) return rangeField(name, written, problems, counts);
      if (isChoice(name)) return choiceField(name, written, problems, counts);
      return {
        kind: 'text' as const,
        name,
        label: 'Artist',
        value: written[name]?.[0] ?? '',
        problem: problems[name],
      };
    });
    const inUse = names.flatMap((name) => [name, `${name}_from`, `${name}_to`]);
    return {
      label,
      fields,
      open: inUse.some((name) => written[name] !== undefined || problems[name] !== undefined),
    };
  });
}

function rangeField(
  name: RangeFilter,
  written: Written,
  problems: Readonly<Record<string, string>>,
  counts: ExploreCounts,
) {
  const { label, have, hint } = RANGE_WORDS[name];
  const ends = (['from', 'to'] as const).map((end) => ({
    name: `${name}_${end}`,
    label: end,
    value: written[`${name}_${end}`]?.[0] ?? '',
    problem: problems[`${name}_${end}`],
  }));
  const { known } = counts.filters[name];
  const unit = RANGE_FILTERS[name].unit;
  return {
    kind: 'range' as const,
    name,
    label,
    hint,
    ends,
    numeric: unit === 'share' || unit === 'whole',
    known,
    coverage: coverage(known, counts.tracks, have),
    bars: barsOf(counts.filters[name]),
  };
}

/** Bars of a small drawing 24 high: what the other filters leave, and in it what this one leaves. */
function barsOf({ counts }: FilterCounts) {
  const steps = counts.map(({ value }) => Number(value));
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  const tallest = Math.max(...counts.map(({ offered }) => offered), 1);
  const height = (tracks: number): number =>
    tracks === 0 ? 0 : Math.max(1, Math.round((tracks / tallest) * 240) / 10);
  return {
    width: counts.length === 0 ? 0 : (last - first + 1) * 10,
    bars: counts.map(({ offered, left }, at) => ({
      x: ((steps[at] ?? first) - first) * 10,
      offered: height(offered),
      left: height(left),
    })),
  };
}

const MOST_CHOICES = 12;

function choiceField(
  name: ChoiceFilter,
  written: Written,
  problems: Readonly<Record<string, string>>,
  counts: ExploreCounts,
) {
  const { label, have, values } = CHOICE_WORDS[name];
  const { known, counts: found } = counts.filters[name];
  const chosen = written[name] ?? [];
  const offered = new Map(found.map((count) => [count.value, count.offered]));
  const most = found.toSorted((one, other) => other.offered - one.offered).slice(0, MOST_CHOICES);
  const shown = CHOICE_FILTERS[name] ?? [...new Set([...most.map(({ value }) => value), ...chosen])];
  return {
    kind: 'choice' as const,
    name,
    label,
    problem: problems[name],
    known,
    coverage: coverage(known, counts.tracks, have),
    choices: shown.map((value) => ({
      value,
      label: Object.hasOwn(values, value) ? values[value] : value,
      offered: offered.get(value) ?? 0,
      chosen: chosen.includes(value),
    })),
  };
}

/** The filters in use, each with the address without it. */
export function describeChips(written: Written, problems: Readonly<Record<string, string>>) {
  const ranges = (Object.keys(RANGE_FILTERS) as RangeFilter[]).flatMap((name) =>
    rangeChip(name, written, problems),
  );
  const choices = (Object.keys(CHOICE_FILTERS) as ChoiceFilter[]).flatMap((name) =>
    problems[name] ? [] : (written[name] ?? []).map((value) => choiceChip(name, value, written)),
  );
  const [artist] = problems.artist ? [] : (written.artist ?? []);
  const byArtist =
    artist === undefined
      ? []
      : [{ label: `Artist: ${artist}`, href: addressOf('/explore', written, { artist: [] }) }];
  return [...byArtist, ...ranges, ...choices];
}

function rangeChip(name: RangeFilter, written: Written, problems: Readonly<Record<string, string>>) {
  const [from, to] = (['from', 'to'] as const).map((end) =>
    problems[`${name}_${end}`] ? undefined : written[`${name}_${end}`]?.[0],
  );
  if (from === undefined && to === undefined) return [];
  const href = addressOf('/explore', written, { [`${name}_from`]: [], [`${name}_to`]: [] });
  return [{ label: rangeWords(RANGE_WORDS[name].label, from, to), href }];
}

function rangeWords(label: string, from: string | undefined, to: string | undefined): string {
  if (from !== undefined && to !== undefined) return `${label}: ${from} to ${to}`;
  return from === undefined ? `${label}: up to ${to ?? ''}` : `${label}: from ${from}`;
}

function choiceChip(name: ChoiceFilter, value: string, written: Written) {
  const { label, values } = CHOICE_WORDS[name];
  const rest = (written[name] ?? []).filter((one) => one !== value);
  const said = Object.hasOwn(values, value) ? values[value] : value;
  return { label: `${label}: ${said ?? ''}`, href: addressOf('/explore', written, { [name]: rest }) };
}
