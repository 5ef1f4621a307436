import { z } from 'zod';
import type { Figures } from '../../../figures/figures.ts';
import { getArchiveSummary } from '../../../figures/summary.ts';
import { endpoint } from '../endpoint.ts';
import { named } from '../schemas.ts';
import { average, count, date } from '../shapes.ts';

const figures = named(
  'Figures',
  z.strictObject({
    tracks: count.describe('Without hidden ones'),
    hidden: count,
    artists: count,
    with_features: count.describe('Tracks with any audio features'),
    energy: average,
    valence: average,
    danceability: average,
    energy_distribution: z
      .strictObject({ high: count, medium: count, low: count })
      .describe('high: 0.8 and more, medium: 0.5 and more, low: below'),
    decades: z.array(z.strictObject({ decade: z.int().describe('Its first year'), tracks: count })),
    release_dates_known: count,
    explicit: z.strictObject({ tracks: count, known: count }),
    popularity_known: count,
    most_popular: z.array(
      z.strictObject({
        track_id: z.string(),
        name: z.string().nullable(),
        artist_name: z.string().nullable(),
        popularity: z.int(),
      }),
    ),
    top_artists: z.array(
      z.strictObject({
        artist_id: z.string().nullable().describe('null: known by name only'),
        name: z.string().nullable(),
        tracks: count,
        appearances: count.describe('Places in lists and playlists'),
        best_rank: z.int().nullable(),
      }),
    ),
  }),
);

const archiveFigures = named(
  'ArchiveFigures',
  z.strictObject({
    snapshot_days: count,
    snapshot_places: count,
    playlists: count,
    first_date: date.nullable(),
    last_date: date.nullable(),
    archive: figures.describe('Of the whole library'),
    newest_lists: z
      .strictObject({ short_term: figures, medium_term: figures, long_term: figures })
      .describe('Of the newest list of each time range'),
  }),
);

export const figureEndpoints = [
  endpoint({
    method: 'GET',
    path: '/figures',
    name: 'getFigures',
    subject: 'Figures',
    scope: 'read',
    summary: 'Your archive in numbers',
    answer: archiveFigures,
    handler: async ({ db, user }) => {
      const { totals, figures: archive, lists } = await getArchiveSummary(db, user.user_id);
      return {
        ...totals,
        archive: figuresOf(archive),
        newest_lists: {
          short_term: figuresOf(lists.short_term),
          medium_term: figuresOf(lists.medium_term),
          long_term: figuresOf(lists.long_term),
        },
      };
    },
  }),
];

/** Without what only pages need, to draw covers. */
const figuresOf = ({ most_popular: popular, top_artists: artists, decades, ...rest }: Figures) => ({
  ...rest,
  decades: [...decades],
  most_popular: popular.map(({ cover_seed: _seed, thumbnail_url: _url, ...track }) => track),
  top_artists: artists.map(({ artist_id: artistId, ...artist }) => ({
    artist_id: artistId.startsWith('name:') ? null : artistId,
    ...artist,
  })),
});
