import { inventCatalogue } from '../invented/catalogue.ts';
import { trackPayload, type TrackPayload } from '../invented/payload.ts';
import { randomFor, spotifyId } from '../invented/random.ts';
import type { CatalogueTrack } from '../invented/recordings.ts';

/**
 * Invented tracks as development mode receives them: no real name, id or code, and no artwork, whose addresses would
 * not exist.
 */
export interface InventedTrack extends TrackPayload {
  readonly is_playable: true;
  readonly [field: string]: unknown;
}

export const CATALOGUE_SIZE = 120;

/** Few artists, so that listeners have several tracks of each; this seed has some in every script. */
const CATALOGUE = { seed: 76, newest: '2026-06-01', artists: 60, tracks: 1_000 };

let invented: readonly CatalogueTrack[] | undefined;

/** The nth invented track, from 0; always the same for an n. */
export function inventTrack(n: number): InventedTrack {
  invented ??= inTurn(inventCatalogue(CATALOGUE.seed, CATALOGUE.newest, CATALOGUE));
  const track = invented[n];
  if (track === undefined) throw new RangeError(`there is no invented track ${n}`);
  const payload = trackPayload(track);
  const album = { ...payload.album, is_playable: true };
  return { ...payload, album, is_playable: true };
}

/** Alternates the languages, so that the first hundred tracks have them all. */
function inTurn(tracks: readonly CatalogueTrack[]): CatalogueTrack[] {
  const turns = new Map<object, number>();
  const turnOf = ({ album }: CatalogueTrack): number => {
    const turn = (turns.get(album.artist.voice) ?? 0) + 1;
    turns.set(album.artist.voice, turn);
    return turn;
  };
  return tracks
    .map((track) => ({ track, turn: turnOf(track) }))
    .toSorted((one, other) => one.turn - other.turn)
    .map(({ track }) => track);
}

/** A local file: no id, no links, only its local uri. */
export function inventLocalTrack(n: number): Record<string, unknown> {
  const name = `Demo tape, side ${n + 1}`;
  return {
    album: { name: 'Shoebox', artists: [], images: [], id: null, type: 'album', uri: null },
    artists: [{ external_urls: {}, href: null, id: null, name: 'Cousin Ruth', type: 'artist', uri: null }],
    duration_ms: 187_000,
    explicit: false,
    external_ids: {},
    external_urls: {},
    href: null,
    id: null,
    is_local: true,
    name,
    preview_url: null,
    type: 'track',
    uri: `spotify:local:Cousin+Ruth:Shoebox:${name.replaceAll(' ', '+')}:187`,
  };
}

/** Looks like Spotify's ids; always the same for a seed. */
export const inventId = (seed: string): string => spotifyId(randomFor(seed));
