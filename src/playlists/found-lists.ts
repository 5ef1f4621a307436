import { z } from 'zod';
import { findTrack } from '../catalogue/listener-track.ts';
import { CHOICE_FILTERS, exploreFilters, RANGE_FILTERS } from '../explore/filters.ts';
import { listExploredTrackIds } from '../explore/tracks.ts';
import { listQuadrantTrackIds, QUADRANT_NAMES, QUADRANTS } from '../mood/quadrants.ts';
import { LONGEST_QUERY } from '../search/parse-query.ts';
import { listFoundTrackIds } from '../search/find-tracks.ts';
import { listSimilarTrackIds } from '../similarity/similar-tracks.ts';
import { SOUNDS } from '../similarity/sound.ts';
import type { TimeRange } from '../spotify/top-tracks.ts';
import { rangeWords } from './proposals.ts';
import type { TrackList } from './track-list.ts';

/** `from=search&q=love` */
export const searchList = z
  .object({
    q: z
      .string('must be given once')
      .trim()
      .min(1, 'must say what to look for')
      .max(LONGEST_QUERY, `may have ${LONGEST_QUERY} characters`),
  })
  .transform(({ q }): TrackList => ({
    address: [
      ['from', 'search'],
      ['q', q],
    ],
    words: `the search for “${q}”`,
    href: `/search?${new URLSearchParams({ q }).toString()}`,
    listTrackIds: (db, userId, limit) => listFoundTrackIds(db, userId, q, limit),
    propose: (tracks) => ({
      name: `“${q}” · ${countTracks(tracks)}`,
      description: `What my archive finds for “${q}”.`,
    }),
  }));

/** `from=mood&quadrant=happy` */
export const moodList = z
  .object({ quadrant: z.enum(QUADRANTS, `must be one of ${QUADRANTS.join(', ')}`) })
  .transform(({ quadrant }): TrackList => {
    const name = QUADRANT_NAMES[quadrant];
    return {
      address: [
        ['from', 'mood'],
        ['quadrant', quadrant],
      ],
      words: `the mood “${name}”`,
      href: `/mood/${quadrant}`,
      listTrackIds: (db, userId, limit) => listQuadrantTrackIds(db, userId, quadrant, limit),
      propose: (tracks) => ({
        name: `${name} · ${countTracks(tracks)}`,
        description: `My tracks by energy and valence: ${name.toLowerCase()}, the clearest first.`,
      }),
    };
  });

const FILTERS = Object.keys(exploreFilters.shape);

/** `from=explore&energy_from=0.8…` */
export const exploreList = z.looseObject({}).transform((query, context): TrackList => {
  const parsed = exploreFilters.safeParse(query);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  }
  const given = FILTERS.flatMap((name) =>
    [query[name]]
      .flat()
      .filter((value): value is string => typeof value === 'string' && value !== '')
      .map((value): [string, string] => [name, value]),
  );
  const filters = new URLSearchParams(given);
  return {
    address: [['from', 'explore'], ...given],
    words: 'what you chose in Explore',
    href: `/explore?${filters.toString()}`,
    listTrackIds: (db, userId, limit) => listExploredTrackIds(db, userId, parsed.data, limit),
    propose: (tracks) => ({
      name: `Explored · ${countTracks(tracks)}`,
      description: filterWords(filters),
    }),
  };
});

/** "My tracks: energy 0.25 to 0.9, explicit no." */
function filterWords(filters: URLSearchParams): string {
  const ranges = Object.keys(RANGE_FILTERS).map((name) => {
    const [from, to] = [filters.get(`${name}_from`), filters.get(`${name}_to`)];
    if (from === null && to === null) return '';
    const span = to === null ? `from ${from}` : from === null ? `up to ${to}` : `${from} to ${to}`;
    return `${name.replaceAll('_', ' ')} ${span}`;
  });
  const choices = [...Object.keys(CHOICE_FILTERS), 'artist'].map((name) => {
    const values = filters.getAll(name);
    if (values.length === 0) return '';
    if (name === 'range')
      return `on lists of ${values.map((value) => rangeWords(value as TimeRange)).join(' or ')}`;
    return `${name.replaceAll('_', ' ')} ${values.join(' or ')}`;
  });
  const words = [...ranges, ...choices].filter((part) => part !== '');
  return words.length === 0 ? 'All of my tracks.' : `My tracks: ${words.join(', ')}.`;
}

/** `from=similar&track=<id>&by=sound` */
export const similarList = z
  .object({
    track: z
      .string('must be the id of one track')
      .min(1)
      .max(2_000)
      .refine((id) => !id.includes('\0'), 'must be the id of a track'),
    by: z.enum(SOUNDS, `must be one of ${SOUNDS.join(', ')}`).default('sound'),
  })
  .transform((given) => listLike(given, 'one of your tracks'));

const MOST_SIMILAR = 200;

function listLike(
  { track, by }: { track: string; by: (typeof SOUNDS)[number] },
  likeWhat: string,
): TrackList {
  return {
    address: [
      ['from', 'similar'],
      ['track', track],
      ['by', by],
    ],
    words: `the tracks most like ${likeWhat}`,
    href: `/tracks/${encodeURIComponent(track)}?by=${by}#similar`,
    listTrackIds: (db, userId, limit) =>
      listSimilarTrackIds(db, userId, track, { by, limit: Math.min(limit, MOST_SIMILAR) }),
    propose: () => ({
      name: `Like ${likeWhat}`,
      description: `Tracks of my archive that are most like ${likeWhat}.`,
    }),
    named: async (db, userId) => {
      const known = await findTrack(db, userId, track);
      return listLike({ track, by }, known?.name ? `“${known.name}”` : likeWhat);
    },
  };
}

const countTracks = (tracks: number): string => (tracks === 1 ? '1 track' : `${tracks} tracks`);
