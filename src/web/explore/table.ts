import { DEFAULT_SORT } from '../../explore/conditions.ts';
import { SORT_KEYS, type Sort, type SortKey } from '../../explore/filters.ts';
import type { ExploredTrack, TakenTrack } from '../../explore/tracks.ts';
import { csvHead, csvLine } from '../../csv.ts';
import { addressOf, type Written } from './form.ts';
import {
  formatDate,
  formatDuration,
  formatFeature,
  formatReleaseDate,
  formatNumber,
} from '../page/format.ts';
import { playTimeWords } from '../page/play-words.ts';

/** What both directions of an order are called, by what it orders. */
const ORDERS = {
  name: { up: 'A–Z', down: 'Z–A' },
  date: { up: 'oldest first', down: 'newest first' },
  rank: { up: 'best first', down: 'worst first' },
  number: { up: 'lowest first', down: 'highest first' },
} as const;

/** What a track can be sorted by: its name, which direction is tried first, and how it is written. */
const COLUMNS: Readonly<
  Record<
    SortKey,
    {
      label: string;
      down?: true;
      order?: keyof typeof ORDERS;
      write?: (track: ExploredTrack, timezone: string) => string | null;
    }
  >
> = {
  name: { label: 'Title', order: 'name' },
  artist: { label: 'Artist', order: 'name' },
  released: { label: 'Released', down: true, order: 'date', write: (track) => releasedWords(track) },
  duration: { label: 'Length', write: (track) => orNull(track.duration_ms, formatDuration) },
  popularity: { label: 'Popularity', down: true, write: (track) => orNull(track.popularity, String) },
  energy: { label: 'Energy', down: true, write: (track) => orNull(track.energy, formatFeature) },
  valence: { label: 'Valence', down: true, write: (track) => orNull(track.valence, formatFeature) },
  danceability: {
    label: 'Danceability',
    down: true,
    write: (track) => orNull(track.danceability, formatFeature),
  },
  acousticness: {
    label: 'Acousticness',
    down: true,
    write: (track) => orNull(track.acousticness, formatFeature),
  },
  instrumentalness: {
    label: 'Instrumentalness',
    down: true,
    write: (track) => orNull(track.instrumentalness, formatFeature),
  },
  tempo: { label: 'BPM', down: true, write: (track) => orNull(track.tempo, formatNumber) },
  best_rank: { label: 'Best rank', order: 'rank', write: (track) => orNull(track.best_rank, formatNumber) },
  listings: { label: 'Times listed', down: true, write: (track) => formatNumber(track.listings) },
  first_seen: {
    label: 'First seen',
    down: true,
    order: 'date',
    write: (track) => orNull(track.first_listed_date, formatDate),
  },
  last_seen: {
    label: 'Last seen',
    down: true,
    order: 'date',
    write: (track) => orNull(track.last_listed_date, formatDate),
  },
  plays: { label: 'Plays', down: true, write: (track) => formatNumber(track.plays) },
  minutes: { label: 'Minutes', down: true, write: (track) => minutesWords(track) },
  first_played: {
    label: 'First played',
    down: true,
    order: 'date',
    write: (track, zone) => orNull(track.first_played_at, (at) => formatDate(at, zone)),
  },
  last_played: {
    label: 'Last played',
    down: true,
    order: 'date',
    write: (track, zone) => orNull(track.last_played_at, (at) => formatDate(at, zone)),
  },
};

/** "about 12": see playTimeWords. */
const minutesWords = (track: ExploredTrack): string =>
  track.plays === 0 ? '0' : (playTimeWords(track)?.replace(/ minutes?$/, '') ?? 'not known');

const releasedWords = ({ release_date: date, release_date_precision: precision }: ExploredTrack) =>
  orNull(date, (known) => formatReleaseDate(known, precision));

const orNull = <Value>(value: Value | null, write: (value: Value) => string): string | null =>
  value === null ? null : write(value);

const ALWAYS: readonly SortKey[] = [
  'released',
  'duration',
  'energy',
  'valence',
  'tempo',
  'best_rank',
  'plays',
];
const keyOf = (sort: Sort): SortKey => sort.replace('-', '') as SortKey;

/** The columns that are shown, those of the order asked for among them; each heading leads to its own order. */
export function describeColumns(written: Written, sort: Sort = DEFAULT_SORT, thenBy?: Sort) {
  const asked = [sort, thenBy].filter((key) => key !== undefined).map(keyOf);
  const keys = [...new Set([...ALWAYS, ...asked])].filter((key) => COLUMNS[key].write !== undefined);
  return keys.map((key) => {
    const down = COLUMNS[key].down === true;
    const next = sort === (down ? `-${key}` : key) ? (down ? key : `-${key}`) : down ? `-${key}` : key;
    return {
      key,
      label: COLUMNS[key].label,
      href: addressOf('/explore', written, { sort: [next] }),
      sorted: keyOf(sort) === key ? (sort.startsWith('-') ? 'descending' : 'ascending') : null,
    };
  });
}

/** What stands in a column for a track; null: not known. */
export const writeCell = (key: SortKey, track: ExploredTrack, timezone: string): string | null =>
  COLUMNS[key].write?.(track, timezone) ?? null;

/** Every order with its words, the likelier direction first. */
export const SORT_OPTIONS = SORT_KEYS.flatMap((key) => {
  const { label, down, order } = COLUMNS[key];
  const both = [
    { value: key as Sort, label: `${label} (${ORDERS[order ?? 'number'].up})` },
    { value: `-${key}` as Sort, label: `${label} (${ORDERS[order ?? 'number'].down})` },
  ];
  return down ? both.toReversed() : both;
});

const TAKEN = {
  track_id: (track) => track.track_id,
  name: (track) => track.name,
  artists: (track) => track.artist_name,
  album: (track) => track.album_name,
  album_type: (track) => track.album_type,
  release_date: (track) => track.release_date,
  release_date_precision: (track) => track.release_date_precision,
  duration_ms: (track) => track.duration_ms,
  explicit: (track) => track.explicit,
  isrc: (track) => track.isrc,
  popularity: (track) => track.popularity,
  energy: (track) => track.energy,
  valence: (track) => track.valence,
  danceability: (track) => track.danceability,
  acousticness: (track) => track.acousticness,
  instrumentalness: (track) => track.instrumentalness,
  tempo: (track) => track.tempo,
  best_rank: (track) => track.best_rank,
  places_held: (track) => track.listings,
  time_ranges: (track) => track.time_ranges.join(' '),
  first_seen: (track) => track.first_listed_date,
  last_seen: (track) => track.last_listed_date,
  plays: (track) => track.plays,
  ms_played: (track) => track.ms_played,
  about_ms: (track) => track.about_ms,
  first_heard: (track) => track.first_played_at?.toISOString() ?? null,
  last_heard: (track) => track.last_played_at?.toISOString() ?? null,
  spotify_url: (track) => track.spotify_url,
} satisfies Record<string, (track: TakenTrack) => string | number | boolean | null>;

/** The tracks as CSV, line by line, under their headings. What is not known is an empty field. */
export async function* csvOf(tracks: AsyncIterable<TakenTrack>): AsyncGenerator<string> {
  yield csvHead(Object.keys(TAKEN));
  for await (const track of tracks)
    yield csvLine(Object.values(TAKEN).map((read) => String(read(track) ?? '')));
}
