import { z } from 'zod';
import { AUDIO_FEATURES } from '../../catalogue/audio-features.ts';
import type { PlayTally } from '../../catalogue/play-tally.ts';
import type { TrackCard } from '../../catalogue/track-card.ts';
import type { CountedTally } from '../../listening/tally.ts';
import type { RankHistory } from '../../snapshots/rank-history.ts';
import { TIME_RANGES, type TimeRange } from '../../spotify/top-list.ts';
import { named } from './schemas.ts';

export const date = z.iso.date();
export const instant = z.iso.datetime();
export const count = z.int().min(0);
export const range = z.enum(TIME_RANGES);

export const isoOf = (at: Date | null): string | null => at?.toISOString() ?? null;

export const trackCardShape = {
  track_id: z.string(),
  name: z.string().nullable(),
  artist_name: z.string().nullable().describe('All artists in one line, as written'),
  artists: z
    .array(z.strictObject({ artist_id: z.string(), name: z.string().nullable() }))
    .describe('In the order of the credits; empty where only a name is known'),
  album_name: z.string().nullable(),
  spotify_url: z.string().nullable(),
  thumbnail_url: z.string().nullable(),
};

export const cardOf = (track: TrackCard) => ({
  track_id: track.track_id,
  name: track.name,
  artist_name: track.artist_name,
  artists: track.artists.map(({ artist_id, name }) => ({ artist_id, name })),
  album_name: track.album_name,
  spotify_url: track.spotify_url,
  thumbnail_url: track.thumbnail_url,
});

export const average = named(
  'Average',
  z.strictObject({
    average: z.number().nullable(),
    known: count.describe('Tracks in the average'),
  }),
);

export const tallyShape = {
  plays: count.describe('Plays that count by your rule'),
  timed_plays: count.describe('Those with a known listening time, even if approximate'),
  ms_played: count.describe('Milliseconds listened, where they are known'),
  about_ms: count.describe('The lengths of the tracks of the other plays, in milliseconds'),
};

export const playsShape = {
  ...tallyShape,
  first_played_at: instant.nullable(),
  last_played_at: instant.nullable(),
};

export const tallyOf = ({ plays, timed_plays, ms_played, about_ms }: PlayTally) => ({
  plays,
  timed_plays,
  ms_played,
  about_ms,
});

export const countedShape = {
  ...tallyShape,
  counting_rule: z
    .enum(['30 seconds', 'any', 'finished'])
    .describe('The rule by which a play counts; your choice'),
  has_gap: z.boolean().describe('The history has gaps: the figures are minimums'),
};

export const countedOf = (counted: CountedTally) => ({
  ...tallyOf(counted),
  counting_rule: counted.rule,
  has_gap: counted.has_gap,
});

type Played = PlayTally & { readonly first_played_at: Date | null; readonly last_played_at: Date | null };

export const playsOf = (played: Played) => ({
  ...tallyOf(played),
  first_played_at: isoOf(played.first_played_at),
  last_played_at: isoOf(played.last_played_at),
});

/** One row more than `limit` was asked for, to know whether more follow. */
export function cutPage<Row>(rows: readonly Row[], limit: number): { shown: Row[]; last: Row | null } {
  const shown = rows.slice(0, limit);
  return { shown, last: rows.length > limit ? (shown.at(-1) ?? null) : null };
}

export const features = named(
  'AudioFeatures',
  z
    .strictObject(
      Object.fromEntries(AUDIO_FEATURES.map((name) => [name, z.number().nullable()])) as Record<
        (typeof AUDIO_FEATURES)[number],
        z.ZodNullable<z.ZodNumber>
      >,
    )
    .describe('Each from 0 to 1; null: not known'),
);

export const featuresOf = (of: Readonly<Record<(typeof AUDIO_FEATURES)[number], number | null>>) =>
  Object.fromEntries(AUDIO_FEATURES.map((name) => [name, of[name]])) as Record<
    (typeof AUDIO_FEATURES)[number],
    number | null
  >;

const rankHistory = named(
  'RankHistory',
  z.strictObject({
    time_range: range,
    lists: count.describe('Lists of this range; the figures are based on them'),
    listings: count.describe('The number of them it was in'),
    best_rank: z.int().nullable(),
    places: z
      .array(z.strictObject({ date, listed: z.boolean(), rank: z.int().nullable() }))
      .describe('A place for each list, oldest first; rank null: not listed, or listed without a known rank'),
  }),
);

function historyOf({ timeRange, dates, ranks, listed }: RankHistory) {
  const known = ranks.filter((rank) => rank !== null);
  return {
    time_range: timeRange,
    lists: dates.length,
    listings: listed.filter(Boolean).length,
    best_rank: known.length === 0 ? null : known.reduce((best, rank) => Math.min(best, rank)),
    places: dates.map((day, at) => ({ date: day, listed: listed[at] ?? false, rank: ranks[at] ?? null })),
  };
}

/** All ranges if none was asked for. */
export const historiesOf = (histories: readonly RankHistory[], asked: TimeRange | undefined) => ({
  histories: histories
    .filter(({ timeRange }) => asked === undefined || timeRange === asked)
    .map((history) => historyOf(history)),
});

export const historiesAnswer = z.strictObject({ histories: z.array(rankHistory) });
