import { adoptTracks } from '../catalogue/adopt-tracks.ts';
import { addArtists } from '../catalogue/artists.ts';
import { addTracks } from '../catalogue/tracks.ts';
import type { Queries, Transaction } from '../db.ts';
import type { SpotifyArtist, SpotifyTrack } from '../spotify/schemas.ts';
import type { SpotifySettings } from '../spotify/settings.ts';
import { listTopArtists } from '../spotify/top-artists.ts';
import type { TimeRange, TopList } from '../spotify/top-list.ts';
import { listTopTracks } from '../spotify/top-tracks.ts';

export const LIST_KINDS = ['tracks', 'artists'] as const;
export type ListKindName = (typeof LIST_KINDS)[number];

export interface ListKind<Item> {
  readonly name: ListKindName;
  fetch(this: void, settings: SpotifySettings, accessToken: string, range: TimeRange): Promise<TopList<Item>>;
  add(this: void, tx: Queries, userId: number, items: readonly Item[]): Promise<void>;
  /** After their places are kept. */
  settle?(this: void, tx: Transaction, userId: number, ids: readonly string[]): Promise<void>;
  idOf(this: void, item: Item): string;
  /** With (user_id, snapshot_date, time_range, `key`, rank). */
  readonly table: string;
  readonly key: string;
}

export const TRACK_LISTS: ListKind<SpotifyTrack> = {
  name: 'tracks',
  fetch: listTopTracks,
  add: addTracks,
  settle: adoptTracks,
  idOf: ({ trackId }) => trackId,
  table: 'snapshots',
  key: 'track_id',
};

export const ARTIST_LISTS: ListKind<SpotifyArtist> = {
  name: 'artists',
  fetch: listTopArtists,
  add: addArtists,
  idOf: ({ artistId }) => artistId,
  table: 'artist_snapshots',
  key: 'artist_id',
};
