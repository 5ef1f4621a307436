import type { Queries } from '../db.ts';
import type { Proposal } from './proposals.ts';

/** A list that a playlist can be made of, its parameters read. */
export interface TrackList {
  /** Its parameters as they stand in an address, `from` included. */
  readonly address: readonly (readonly [name: string, value: string])[];
  /** "the snapshot of 14 March 2024": what the playlist is from, inside a sentence. */
  readonly words: string;
  /** A page of ours that shows it. */
  readonly href: string;
  /** Ordered, best first. */
  listTrackIds(db: Queries, userId: number, limit: number): Promise<string[]>;
  propose(tracks: number): Proposal;
  /** The same list in better words, where only the database has them. */
  named?(db: Queries, userId: number): Promise<TrackList>;
}

/** The most tracks a list may bring along: as many as a playlist at Spotify holds. */
export const SOURCE_LIMIT = 10_000;
