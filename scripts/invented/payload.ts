import type { CatalogueTrack, DemoAlbum, DemoArtist } from './recordings.ts';
import { between, randomFor, shuffled, type Random } from './random.ts';
import { writtenDate } from './releases.ts';

interface Linked<Type extends string> {
  readonly external_urls: { readonly spotify: string };
  readonly href: string;
  readonly id: string;
  readonly name: string;
  readonly type: Type;
  readonly uri: string;
}

type ArtistPayload = Linked<'artist'>;

interface AlbumPayload extends Linked<'album'> {
  readonly album_type: 'album' | 'single' | 'compilation';
  readonly artists: readonly ArtistPayload[];
  readonly images: readonly { readonly height: number; readonly url: string; readonly width: number }[];
  readonly release_date: string;
  readonly release_date_precision: 'year' | 'month' | 'day';
  readonly total_tracks: number;
  readonly available_markets?: readonly string[];
}

/** A track as Spotify answers an app in development mode today. */
export interface TrackPayload extends Linked<'track'> {
  readonly album: AlbumPayload;
  readonly artists: readonly ArtistPayload[];
  readonly disc_number: number;
  readonly duration_ms: number;
  readonly explicit: boolean;
  readonly external_ids: { readonly isrc: string };
  readonly is_local: false;
  readonly preview_url: string | null;
  readonly track_number: number;
}

/** A track as Spotify answered in the years of the old archive. */
export interface OldTrackPayload extends TrackPayload {
  readonly popularity: number;
  readonly available_markets?: readonly string[];
}

function linked<Type extends string>(type: Type, { id, name }: { id: string; name: string }): Linked<Type> {
  const spotify = `https://open.spotify.com/${type}/${id}`;
  const href = `https://api.spotify.com/v1/${type}s/${id}`;
  return { external_urls: { spotify }, href, id, name, type, uri: `spotify:${type}:${id}` };
}

const artistPayload = (artist: DemoArtist): ArtistPayload => linked('artist', artist);

function albumPayload(album: DemoAlbum): AlbumPayload {
  return {
    album_type: album.type,
    artists: [artistPayload(album.artist)],
    ...linked('album', album),
    images: covers(randomFor('cover', album.id)),
    release_date: writtenDate(album),
    release_date_precision: album.precision,
    total_tracks: album.totalTracks,
  };
}

export function trackPayload(track: CatalogueTrack): TrackPayload {
  return {
    album: albumPayload(track.album),
    artists: track.artists.map(artistPayload),
    disc_number: 1,
    duration_ms: track.durationMs,
    explicit: track.explicit,
    external_ids: { isrc: track.isrc },
    ...linked('track', track),
    is_local: false,
    preview_url: null,
    track_number: track.trackNumber,
  };
}

// prettier-ignore
const markets = ['AR', 'AU', 'AT', 'BE', 'BO', 'BR', 'BG', 'CA', 'CL', 'CO', 'CZ', 'DK', 'EE', 'FI', 'FR', 'DE', 'GR', 'HK',
  'IN', 'IS', 'IE', 'IT', 'JP', 'KR', 'LV', 'LT', 'MX', 'NL', 'NZ', 'NO', 'PE', 'PL', 'PT', 'SE', 'TH', 'TR', 'GB', 'US'];

/** About a third still carry the markets they could be played in. */
export function oldTrackPayload(track: CatalogueTrack): OldTrackPayload {
  const random = randomFor('markets', track.id);
  const old = { ...trackPayload(track), popularity: track.popularity };
  if (random() > 0.35) return old;
  const count = Math.floor(between(random, 6, markets.length));
  return { ...old, available_markets: shuffled(random, markets).slice(0, count).toSorted() };
}

/** The same with all that Spotify sent along then, some 2.7 KB: cover addresses are invented, and lead to the stand-in alone. */
export function fullTrackPayload(track: CatalogueTrack): OldTrackPayload {
  const random = randomFor('extras', track.id);
  const available_markets = shuffled(random, markets).slice(0, 30);
  const payload = trackPayload(track);
  return {
    ...payload,
    album: { ...payload.album, available_markets, images: covers(random) },
    available_markets,
    popularity: track.popularity,
    preview_url: `https://p.scdn.co/mp3-preview/${hex(random, 40)}?cid=${hex(random, 32)}`,
  };
}

export const covers = (random: Random): AlbumPayload['images'] =>
  [640, 300, 64].map((size) => ({
    height: size,
    url: `https://i.scdn.co/image/${hex(random, 40)}`,
    width: size,
  }));

const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => Math.floor(16 * random()).toString(16)).join('');
