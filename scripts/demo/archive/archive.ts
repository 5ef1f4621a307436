import { firstOfMonth } from '../../invented/calendar.ts';
import { inventCatalogue } from '../../invented/catalogue.ts';
import { dateOfWeek, inventLikings, spanOf, weekOfDate, type Liking, type Span } from './listening.ts';
import { trackPayload, type TrackPayload } from '../../invented/payload.ts';
import { inventPlaylists, type DemoPlaylist } from './playlists.ts';
import type { CatalogueTrack } from '../../invented/recordings.ts';
import { rankWeeks, type TimeRange, type TopLists } from './rankings.ts';

export interface ArchiveOptions {
  /** The same seed and end date give the same listener. */
  readonly seed?: number;
  /** YYYY-MM-DD; the last snapshot is from the first of its month. */
  readonly endDate: string;
}

export interface DemoTrack extends CatalogueTrack {
  readonly discoveredOn: string;
  /** False for tracks found since the last snapshot, which no old file has. */
  readonly archived: boolean;
}

interface DemoSnapshot {
  readonly date: string;
  readonly lists: TopLists;
}

export interface DemoListener {
  readonly tracks: readonly DemoTrack[];
  /** Oldest first. */
  readonly snapshots: readonly DemoSnapshot[];
  readonly playlists: readonly DemoPlaylist[];
  readonly current: TopLists;
}

const defaultSeed = 1958;
const size = { artists: 800, tracks: 1912 };
const monthsBack = 37;
/** Months before the last one. */
const missedMonth = 22;

/** One invented listener: what they know, and how their lists moved over some three years. Takes about a second. */
export function inventListener({ seed = defaultSeed, endDate }: ArchiveOptions): DemoListener {
  const months = Array.from({ length: monthsBack + 1 }, (_, index) =>
    firstOfMonth(endDate, monthsBack - index),
  );
  const span = spanOf(firstOfMonth(endDate, monthsBack), firstOfMonth(endDate), endDate);
  const likings = inventLikings(seed, span, inventCatalogue(seed, endDate, size));
  const weeks = new Set([...months.map((month) => weekOfDate(span, month)), span.today]);
  const ranked = rankWeeks(seed, span, likings, weeks);
  const taken = months.map((date) => ({ date, lists: listsOf(ranked, weekOfDate(span, date)) }));
  return {
    tracks: likings.map((liking) => toDemoTrack(span, liking)).toSorted(byDiscovery),
    snapshots: taken.filter((_, index) => index !== monthsBack - missedMonth),
    playlists: inventPlaylists(seed, span, likings, taken.slice(-36)),
    current: listsOf(ranked, span.today),
  };
}

function listsOf(ranked: ReadonlyMap<number, TopLists>, week: number): TopLists {
  const lists = ranked.get(week);
  if (!lists) throw new RangeError(`Week ${week} was not ranked.`);
  return lists;
}

function toDemoTrack(span: Span, { track, discovered }: Liking): DemoTrack {
  const week = Math.max(span.firstSnapshotWeek, discovered);
  return { ...track, discoveredOn: dateOfWeek(span, week), archived: discovered <= span.lastSnapshotWeek };
}

function byDiscovery(a: DemoTrack, b: DemoTrack): number {
  return `${a.discoveredOn} ${a.id}` < `${b.discoveredOn} ${b.id}` ? -1 : 1;
}

export function demoTracks(options: ArchiveOptions): readonly TrackPayload[] {
  return inventListener(options).tracks.map(trackPayload);
}

/** The last snapshot, moved on a little and with a few new entries. */
export function currentTopTracks(options: ArchiveOptions): Record<TimeRange, readonly TrackPayload[]> {
  const { short_term, medium_term, long_term } = inventListener(options).current;
  return {
    short_term: short_term.map(trackPayload),
    medium_term: medium_term.map(trackPayload),
    long_term: long_term.map(trackPayload),
  };
}
