import { dateOfDay, dayNumber, yearOf } from './calendar.ts';
import { drawFeatures } from './features.ts';
import { genres } from './genres.ts';
import { covers, trackPayload } from './payload.ts';
import { integerBetween, pick, randomFor, spotifyId, type Random } from './random.ts';
import type { CatalogueTrack, DemoAlbum, DemoArtist } from './recordings.ts';
import { drawRelease, writtenDate } from './releases.ts';
import { voices } from './voices.ts';
import type { Script } from './voices.ts';
import { copyLine } from '../../src/database/copy-lines.ts';
import { drawName, drawScript, drawWords } from './vocabulary.ts';

/** The newest day of the invented database; records came out by then. */
export const LAST_DATE = '2026-11-20';
export const LAST_DAY = dayNumber(LAST_DATE);
const TRACKS_PER_ALBUM = 10;
const LARGEST_CATALOGUE_OF_ONE = 41;

interface Artist extends DemoArtist {
  readonly script: Script;
}

/** An invented catalogue: an artist's tracks stand next to one another, ten to a record. */
export class Catalogue {
  readonly trackIds: string[] = [];
  readonly artistIds: string[] = [];
  /** Where each artist's tracks begin, and after the last artist where they end. */
  readonly firstTracks: number[] = [];
  private readonly seed: number;

  constructor(seed: number, tracks: number) {
    this.seed = seed;
    for (let n = 0; n < tracks; n += 1) this.trackIds.push(spotifyId(randomFor(seed, 'track id', n)));
    for (let first = 0, n = 0; first < tracks; n += 1) {
      const random = randomFor(seed, 'artist id', n);
      this.artistIds.push(spotifyId(random));
      this.firstTracks.push(first);
      // Most have a handful of tracks, a few have dozens.
      first += 1 + Math.floor(LARGEST_CATALOGUE_OF_ONE * random() ** 4);
    }
    this.firstTracks.push(tracks);
  }

  /** Lines for COPY: artist_id, name. */
  *artistLines(): Generator<string> {
    for (const [n, id] of this.artistIds.entries()) yield copyLine([id, this.artist(n).name]);
  }

  /** Lines for COPY: track_id, artist_id, position. */
  *creditLines(): Generator<string> {
    for (const artist of this.artistIds.keys()) {
      for (let n = this.first(artist); n < this.first(artist + 1); n += 1) {
        for (const [index, id] of this.credits(artist, n).entries())
          yield copyLine([this.trackIds[n] ?? '', this.artistIds[id] ?? '', String(index + 1)]);
      }
    }
  }

  /** In the order of their numbers; the same whenever they are asked for. */
  *tracks(): Generator<CatalogueTrack> {
    for (const n of this.artistIds.keys()) {
      const artist = this.artist(n);
      for (let first = this.first(n), end = this.first(n + 1); first < end; first += TRACKS_PER_ALBUM)
        yield* this.albumTracks(n, artist, first, Math.min(end, first + TRACKS_PER_ALBUM));
    }
  }

  /** Lines for COPY, in the order of `TRACK_COLUMNS`. */
  *trackLines(): Generator<string> {
    for (const track of this.tracks()) yield trackLine(randomFor(this.seed, 'track', track.id), track);
  }

  private *albumTracks(
    artistNumber: number,
    artist: Artist,
    first: number,
    end: number,
  ): Generator<CatalogueTrack> {
    const album = this.album(artist, first, end - first);
    for (let n = first; n < end; n += 1) {
      const guests = this.credits(artistNumber, n)
        .slice(1)
        .map((guest) => this.artist(guest));
      yield { ...this.track(artist, album, n), artists: [artist, ...guests], trackNumber: n - first + 1 };
    }
  }

  private first(artist: number): number {
    return this.firstTracks[artist] ?? 0;
  }

  /** Numbers of the artists of a track, its own first; one in eight has a guest. */
  private credits(artist: number, track: number): number[] {
    const random = randomFor(this.seed, 'guest', track);
    if (random() > 0.125) return [artist];
    const guest = Math.floor(this.artistIds.length * random() ** 2);
    return guest === artist ? [artist] : [artist, guest];
  }

  private artist(n: number): Artist {
    const random = randomFor(this.seed, 'artist', n);
    const script = drawScript(random);
    return {
      id: this.artistIds[n] ?? '',
      name: drawName(random, script),
      script,
      genre: pick(random, genres),
      voice: voices['en-dreamy'],
      popularity: Math.floor(100 * random()),
      debut: integerBetween(random, 1958, 2022),
    };
  }

  private album(artist: Artist, first: number, totalTracks: number): DemoAlbum {
    const random = randomFor(this.seed, 'album', first);
    return {
      id: spotifyId(random),
      name: drawWords(random, artist.script, integerBetween(random, 1, 3)),
      type: pick(random, ['album', 'album', 'single', 'compilation']),
      artist,
      totalTracks,
      ...drawRelease(random, artist, LAST_DATE),
    };
  }

  private track(
    artist: Artist,
    album: DemoAlbum,
    n: number,
  ): Omit<CatalogueTrack, 'artists' | 'trackNumber'> {
    const random = randomFor(this.seed, 'sound', n);
    return {
      id: this.trackIds[n] ?? '',
      name: drawWords(random, artist.script, integerBetween(random, 1, 4)),
      album,
      durationMs: integerBetween(random, 90_000, 420_000),
      explicit: random() < 0.12,
      isrc: `QZ${String(n).padStart(10, '0')}`,
      popularity: Math.round(artist.popularity * random()),
      features: drawFeatures(random, { artist, year: yearOf(album.releaseDate), live: false }),
    };
  }
}

export const TRACK_COLUMNS = [
  'track_id',
  'name',
  'artist_name',
  'album_name',
  'duration_ms',
  'spotify_url',
  'raw_json',
  'audio_features',
  'release_date',
  'release_date_precision',
  'popularity',
] as const;

/** As old archives are: most tracks have their payload, most have features, some have a popularity. */
function trackLine(random: Random, track: CatalogueTrack): string {
  const { album } = track;
  const payload = trackPayload(track);
  return copyLine([
    track.id,
    track.name,
    track.artists[0].name,
    album.name,
    String(track.durationMs),
    payload.external_urls.spotify,
    random() < 0.96
      ? JSON.stringify({ ...payload, album: { ...payload.album, images: covers(random) } })
      : null,
    random() < 0.88 ? JSON.stringify(track.features) : null,
    firstDayOf(writtenDate(album)),
    album.precision,
    random() < 0.6 ? String(track.popularity) : null,
  ]);
}

/** A release date of any precision as the column keeps it. */
const firstDayOf = (written: string): string => `${written}-01-01`.slice(0, 10);

/** The day `back` days of listening before the last; after each three hundred, nine on which nothing was kept. */
export const dateBack = (back: number): string => dateOfDay(LAST_DAY - back - 9 * Math.floor(back / 300));
