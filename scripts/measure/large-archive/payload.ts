import { integerBetween, pick, type Random, randomFor, spotifyId } from '../../demo/archive/random.ts';

export interface LargeTrack {
  readonly id: string;
  readonly name: string;
  readonly artist: string;
  readonly album: string;
  readonly durationMs: number;
  readonly url: string;
  /** As Spotify answered in the years of the old archive: some 2.7 KB. */
  readonly payload: string;
}

/** Listeners come back to the same artists: this many tracks for each. */
const TRACKS_PER_ARTIST = 8;

const SYLLABLES = 'ka lo mi re tu sa ne vi do ra el on ya bri sto gha qui ñe ø süd łez 夜 の'.split(' ');
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');

/** Track `n` of a seed: the same whenever it is asked for, and as compressible as what Spotify sends. */
export function largeTrack(seed: number, n: number, tracks: number): LargeTrack {
  const random = randomFor(seed, 'track', n);
  const id = spotifyId(random);
  const artists = Array.from({ length: integerBetween(random, 1, 3) }, () => artistOf(seed, random, tracks));
  const name = words(random);
  const album = albumOf(random, artists);
  const durationMs = integerBetween(random, 90_000, 420_000);
  const payload = JSON.stringify({
    album,
    artists,
    available_markets: album.available_markets,
    disc_number: 1,
    duration_ms: durationMs,
    explicit: random() < 0.1,
    external_ids: {
      isrc: `${pick(random, LETTERS)}${pick(random, LETTERS)}X${integerBetween(random, 1e8, 1e9 - 1)}`,
    },
    ...linked('track', id, name),
    is_local: false,
    popularity: integerBetween(random, 0, 100),
    preview_url: `https://p.scdn.co/mp3-preview/${hex(random, 40)}?cid=${hex(random, 32)}`,
    track_number: integerBetween(random, 1, 14),
  });
  const url = `https://open.spotify.com/track/${id}`;
  return { id, name, artist: artists[0]?.name ?? '', album: album.name, durationMs, url, payload };
}

function linked<Type extends string>(type: Type, id: string, name: string) {
  return {
    external_urls: { spotify: `https://open.spotify.com/${type}/${id}` },
    href: `https://api.spotify.com/v1/${type}s/${id}`,
    id,
    name,
    type,
    uri: `spotify:${type}:${id}`,
  };
}

type Artist = ReturnType<typeof linked<'artist'>>;

function artistOf(seed: number, random: Random, tracks: number): Artist {
  const last = Math.max(1, Math.floor(tracks / TRACKS_PER_ARTIST));
  const one = randomFor(seed, 'artist', integerBetween(random, 1, last));
  return linked('artist', spotifyId(one), words(one));
}

function albumOf(random: Random, artists: readonly Artist[]) {
  const day = [random, random].map((each) => String(integerBetween(each, 1, 12)).padStart(2, '0'));
  return {
    album_type: 'album',
    artists: artists.slice(0, 1),
    available_markets: Array.from({ length: 30 }, () => pick(random, LETTERS) + pick(random, LETTERS)),
    ...linked('album', spotifyId(random), words(random)),
    images: [640, 300, 64].map((size) => ({
      height: size,
      url: `https://i.scdn.co/image/${hex(random, 40)}`,
      width: size,
    })),
    release_date: [integerBetween(random, 1960, 2026), ...day].join('-'),
    release_date_precision: 'day',
    total_tracks: integerBetween(random, 8, 20),
  };
}

function words(random: Random): string {
  const word = (): string =>
    Array.from({ length: integerBetween(random, 2, 4) }, () => pick(random, SYLLABLES)).join('');
  return Array.from({ length: integerBetween(random, 1, 3) }, word).join(' ');
}

const HEX = '0123456789abcdef'.split('');
const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => pick(random, HEX)).join('');
