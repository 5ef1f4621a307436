import { dateWords, formatDate } from '../../calendar.ts';
import type { Bump } from '../../snapshots/bump.ts';
import type { ChosenTime } from '../../snapshots/chosen-time.ts';
import type { Change, Comparison } from '../../snapshots/comparison.ts';
import type { TimeFigures, TimeSound } from '../../snapshots/time-figures.ts';
import type { TimeListEntry } from '../../snapshots/time-list.ts';
import type { TimeArtists } from '../../snapshots/top-artists.ts';
import type { Quadrant } from '../../mood/figures.ts';
import type { TimeRange } from '../../spotify/top-list.ts';
import { formatNumber, formatPercent, plural, titleOf } from '../page/format.ts';
import { awayWords, timeName } from '../page/times.ts';
import type { Pick } from './calendar.ts';
import type { Other } from './page.ts';

export { drawSound } from '../../figures/charts.ts';

/** Where a playlist is made of the list of a time; null for all time, of which none is made. */
export function timePlaylistPath(time: ChosenTime, range: TimeRange): string | null {
  if (time.kind === 'all') return null;
  if (time.kind === 'day') return `/playlists/new?from=snapshot&date=${time.id}&range=${range}`;
  const [year, month] = time.id.split('-');
  const ofMonth = month === undefined ? '' : `&month=${Number(month)}`;
  return `/playlists/new?from=period&year=${year}${ofMonth}&range=${range}`;
}

const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  new: 'New',
  gone: 'Gone',
  climbed: 'Climbed',
  fallen: 'Fallen',
  stayed: 'Stayed in place',
};

export const changeWords = (change: Change): string => CHANGE_WORDS[change];

/** What a screen reader says of a year, a month or a day to pick. */
export function pickNote({ snapshots, isPlayed }: Pick): string | null {
  if (snapshots === null) return null;
  if (snapshots > 0) return plural(snapshots, 'snapshot');
  return isPlayed ? 'plays, no snapshot' : 'no snapshot';
}

/** A changed track's way in few words: "12 → 3", "now 4", "was 7". */
export function changeFigure(change: Change, earlier: number | null, later: number | null): string {
  if (change === 'new') return later === null ? '' : `at ${later}`;
  if (change === 'gone') return earlier === null ? '' : `was ${earlier}`;
  if (earlier === null || later === null) return '';
  return change === 'stayed' ? `at ${later}` : `${earlier} → ${later}`;
}

/** Which two times are compared, and which day that is where another was asked for. */
export function comparedTimes(time: ChosenTime, { date, asked, isEarlier }: Other): string {
  const [one, other] = isEarlier ? [formatDate(date), timeName(time)] : [timeName(time), formatDate(date)];
  const whole = `${one} compared with ${other}.`;
  if (asked === null || asked === date) return whole;
  return `${whole} There is no snapshot for ${formatDate(asked)}; this is the nearest, ${awayWords(asked, date)}.`;
}

/** What the marks beside a list mean. */
export const marksNote = ({ date, isEarlier }: Other): string =>
  isEarlier
    ? `The marks show how each track has moved since ${formatDate(date)}.`
    : `The marks show how each track had moved by ${formatDate(date)}.`;

/** One sentence on how much two lists have in common. */
export function overlapFinding({ onBoth, earlierTracks, laterTracks }: Comparison): string {
  const shorter = Math.min(earlierTracks, laterTracks);
  if (onBoth === 0) return 'The two lists have no track in common.';
  return `In common: ${plural(onBoth, 'track')}, ${formatPercent(onBoth, shorter)} of the shorter list’s ${formatNumber(shorter)}.`;
}

export interface EntryChange {
  readonly kind: 'up' | 'down' | 'same' | 'gone' | 'new' | 'unknown';
  readonly places: number;
}

/** What became of a place by the other list or, where that is the earlier one, what had been of it. */
export function entryChange(entry: TimeListEntry, otherIsEarlier: boolean): EntryChange {
  if (!entry.listed_in_other) return { kind: otherIsEarlier ? 'new' : 'gone', places: 0 };
  if (entry.position === null || entry.other_position === null) return { kind: 'unknown', places: 0 };
  const risen = (entry.position - entry.other_position) * (otherIsEarlier ? -1 : 1);
  if (risen === 0) return { kind: 'same', places: 0 };
  return { kind: risen > 0 ? 'up' : 'down', places: Math.abs(risen) };
}

/** One sentence on the mood that leads. */
export function moodFinding({ moods, moods_known: known }: TimeSound): string {
  if (known === 0) return 'Moods aren’t known for this list.';
  const [first, second] = Object.entries(moods).toSorted((a, b) => b[1] - a[1]) as [Quadrant, number][];
  if (!first) return '';
  if (first[1] === second?.[1])
    return `Equally ${first[0]} and ${second[0]}: ${formatPercent(first[1], known)} each.`;
  return `Mostly ${first[0]}: ${formatNumber(first[1])} of ${plural(known, 'track')} (${formatPercent(first[1], known)}).`;
}

const SAME = 0.02;

/** One sentence on how the averages of two lists differ. */
export function soundFinding(then: TimeSound, now: TimeSound | null): string {
  if (then.energy.known + then.valence.known + then.danceability.known === 0)
    return 'No track on this list has audio features.';
  if (now === null) return 'The average of this list.';
  const parts = (['energy', 'valence', 'danceability'] as const).flatMap((name) => {
    const [a, b] = [then[name].average, now[name].average];
    if (a === null || b === null) return [];
    if (Math.abs(a - b) < SAME) return [`${name} about the same`];
    return [`${a > b ? 'more' : 'less'} ${name}`];
  });
  return parts.length === 0
    ? 'Too little is known to compare.'
    : `Compared with the other list: ${parts.join(', ')}.`;
}

/** One sentence on who leads a list. */
export function timeArtistsFinding({ top_artists: artists }: TimeFigures): string {
  const [first, second] = artists;
  if (first === undefined) return 'Artists aren’t known.';
  const name = (artist: typeof first): string => `\u2068${artist.name ?? 'An unknown artist'}\u2069`;
  const lead = `${name(first)} leads with ${plural(first.points, 'point')} from ${plural(first.tracks, 'track')}`;
  return second === undefined
    ? `${lead}.`
    : `${lead}; ${name(second)} follows with ${formatNumber(second.points)}.`;
}

/** How Spotify's own lists of artists were put in one order. */
export const listedArtistsFinding = ({ lists }: TimeArtists, { kind }: ChosenTime): string =>
  kind === 'day'
    ? 'As Spotify ranked them that day.'
    : `By points from ${plural(lists, 'artist list')} from Spotify: 50 for first place, 49 for second and so on.`;

/** A step of a bump chart as it is written: "14 March", "Mar", "2024". */
export const stepName = (step: string): string =>
  step.length === 4 ? step : dateWords(`${step}-01`, step.length === 7 ? MONTH : DAY, 'UTC');

const MONTH = { month: 'short' } as const;
const DAY = { day: 'numeric', month: 'short' } as const;

/** One sentence on the way of a period's number one. */
export function bumpFinding({ steps, lines }: Bump): string {
  const leader = lines[0];
  if (leader === undefined) return 'Tracks aren’t known.';
  const places = leader.positions.filter((position) => position !== null);
  const first = places.filter((position) => position === 1).length;
  const best = first > 0 ? `number one on ${formatNumber(first)}` : `at best number ${Math.min(...places)}`;
  const name = `\u2068${titleOf(leader.name)}\u2069`;
  if (places.length === 0) return `${name} leads; its ranks aren’t known.`;
  return `${name} leads: on ${formatNumber(places.length)} of ${plural(steps.length, 'list')}, ${best}.`;
}
