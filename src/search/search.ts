import type { Queries } from '../db.ts';
import type { FoundArtist } from './find-artists.ts';
import { findNearTracks, wordsToComeNear } from './find-near.ts';
import { asksForSomething, findPage, type FoundTrack } from './find-tracks.ts';
import { createMarker, type Marker } from './mark-hits.ts';
import { parseQuery } from './parse-query.ts';
import { foldQuery } from './terms.ts';

export interface SearchResult {
  /** False: the query is empty, or only excludes. */
  readonly asked: boolean;
  readonly remarks: readonly string[];
  /** Exact matches in all, as far as they are counted. */
  readonly found: number;
  /** There are more than that. */
  readonly more: boolean;
  /** One page of exact matches; of near ones if there are none. */
  readonly tracks: readonly FoundTrack[];
  readonly near: boolean;
  /** On the first page only. */
  readonly artists: readonly FoundArtist[];
  readonly limitedToYears: boolean;
  readonly mark: Marker;
}

export async function searchArchive(
  db: Queries,
  userId: number,
  text: string,
  page: number,
): Promise<SearchResult> {
  const parsed = parseQuery(text);
  const query = await foldQuery(db, userId, parsed);
  const { artists, ...exact } = await findPage(db, userId, query, page);
  const near = exact.found === 0 && page === 1;
  const tracks = near ? await findNearTracks(db, userId, query) : exact.tracks;
  const nearWords = near ? wordsToComeNear(query) : [];
  return {
    asked: asksForSomething(query),
    remarks: parsed.remarks,
    found: exact.found,
    more: exact.more,
    tracks,
    near: near && tracks.length > 0,
    artists,
    limitedToYears: parsed.years !== null,
    mark: await createMarker(db, userId, query, { names: namesOf(tracks, artists), nearWords }),
  };
}

const namesOf = (tracks: readonly FoundTrack[], artists: readonly FoundArtist[]): string[] =>
  [
    ...tracks.flatMap((track) => [
      track.name,
      track.artist_name,
      track.album_name,
      ...track.artists.map(({ name }) => name),
    ]),
    ...artists.map(({ name }) => name),
  ].filter((name) => name !== null);
