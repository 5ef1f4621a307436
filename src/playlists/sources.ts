import type { z } from 'zod';
import { albumList, artistList } from './catalogue-lists.ts';
import { periodList, rankedList, snapshotList } from './dated-lists.ts';
import { exploreList, moodList, searchList, similarList } from './found-lists.ts';
import { discoveredList, playedList } from './played-lists.ts';
import type { TrackList } from './track-list.ts';

export const SOURCES = {
  snapshot: snapshotList,
  period: periodList,
  ranked: rankedList,
  plays: playedList,
  discoveries: discoveredList,
  search: searchList,
  mood: moodList,
  explore: exploreList,
  similar: similarList,
  album: albumList,
  artist: artistList,
} satisfies Record<string, z.ZodType<TrackList>>;

export type SourceName = keyof typeof SOURCES;
export const SOURCE_NAMES = Object.keys(SOURCES) as [SourceName, ...SourceName[]];
