import type { Queries } from '../db.ts';
import type { Proposal } from './proposals.ts';

export interface TrackList {
  readonly address: readonly (readonly [name: string, value: string])[];
  /** Fits a sentence: "the snapshot of 14 March 2024". */
  readonly words: string;
  readonly href: string;
  listTrackIds(db: Queries, userId: number, limit: number): Promise<string[]>;
  propose(tracks: number): Proposal;
  named?(db: Queries, userId: number): Promise<TrackList>;
}

/** As many as a Spotify playlist can have. */
export const SOURCE_LIMIT = 10_000;

/** For a query that is given a list's ids: by a plan for any list, ten thousand tracks can take seconds. */
export const LONG_OR_SHORT = { plannedEachTime: true };
