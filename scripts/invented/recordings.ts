import { yearOf } from './calendar.ts';
import { drawFeatures, type AudioFeatures } from './features.ts';
import type { Genre } from './genres.ts';
import type { Names } from './naming.ts';
import { between, gaussian, integerBetween, pick, randomFor, spotifyId, type Random } from './random.ts';
import type { Release } from './releases.ts';
import type { Voice } from './voices.ts';

export interface DemoArtist {
  readonly id: string;
  readonly name: string;
  readonly genre: Genre;
  readonly voice: Voice;
  readonly popularity: number;
  readonly debut: number;
}

export interface DemoAlbum extends Release {
  readonly id: string;
  readonly name: string;
  readonly type: 'album' | 'single' | 'compilation';
  readonly artist: DemoArtist;
  readonly totalTracks: number;
}

export interface CatalogueTrack {
  readonly id: string;
  readonly name: string;
  readonly album: DemoAlbum;
  readonly artists: readonly [DemoArtist, ...DemoArtist[]];
  readonly trackNumber: number;
  readonly durationMs: number;
  readonly explicit: boolean;
  readonly isrc: string;
  readonly popularity: number;
  readonly features: AudioFeatures;
}

/** What a record is made from. */
export interface Studio {
  readonly random: Random;
  readonly artist: DemoArtist;
  readonly titles: Names;
  readonly albumTitles: Names;
  readonly endDate: string;
  readonly others: readonly DemoArtist[];
}

export function inventTrack(
  studio: Studio,
  album: DemoAlbum,
  title: string,
  trackNumber: number,
): CatalogueTrack {
  const { random, artist } = studio;
  const guest = findGuest(studio);
  const version = drawVersion(studio, album);
  const features = drawFeatures(random, {
    artist,
    year: yearOf(album.releaseDate),
    live: version.includes('Live'),
  });
  return {
    id: spotifyId(random),
    name: `${title}${guest && random() < 0.75 ? ` (feat. ${guest.name})` : ''}${version}`,
    album,
    artists: guest ? [artist, guest] : [artist],
    trackNumber,
    durationMs: drawDuration(random, artist.genre, version),
    explicit: random() < artist.genre.explicit,
    isrc: drawIsrc(random, artist, album),
    popularity: Math.max(0, Math.round(artist.popularity * between(random, 0.45, 1.05) - 3)),
    features,
  };
}

const guestGenres = new Set([
  'hip hop',
  'trap',
  'r&b',
  'house',
  'hyperpop',
  'pop',
  'lo-fi beats',
  'latin alternative',
]);

/** A guest comes from the same kind of music, and never twice the same person. */
function findGuest({ random, artist, others }: Studio): DemoArtist | undefined {
  if (random() > (guestGenres.has(artist.genre.name) ? 0.16 : 0.025)) return undefined;
  const near = others.filter(
    ({ id, genre, voice }) => id !== artist.id && genre === artist.genre && voice === artist.voice,
  );
  return near.length === 0 ? undefined : pick(random, near);
}

const clubGenres = new Set(['techno', 'house', 'drum and bass', 'disco', 'synth-pop']);

/** The tail some titles carry: ' - Remastered 2011', ' - Live', ' - … Remix'. */
function drawVersion({ random, artist, others, endDate }: Studio, album: DemoAlbum): string {
  const year = yearOf(album.releaseDate);
  const draw = random();
  if (album.name.startsWith('Live in ')) return ` - ${album.name}`;
  if (artist.debut < 1990 && draw < 0.2)
    return ` - Remastered ${integerBetween(random, Math.max(1998, year), yearOf(endDate) - 2)}`;
  if (clubGenres.has(artist.genre.name) && draw < 0.14) return clubVersion(random, others, artist);
  if (draw > 0.985) return ' - Live';
  if (draw > 0.975) return ' - Acoustic';
  return draw > 0.968 ? ' - Demo' : '';
}

function clubVersion(random: Random, others: readonly DemoArtist[], artist: DemoArtist): string {
  if (random() < 0.45) return pick(random, [' - Radio Edit', ' - Extended Mix', ' - Dub', ' - 12" Version']);
  const remixers = others.filter(({ id, genre }) => id !== artist.id && clubGenres.has(genre.name));
  return remixers.length === 0 ? ' - Extended Mix' : ` - ${pick(random, remixers).name} Remix`;
}

function drawDuration(random: Random, genre: Genre, version: string): number {
  const stretch = version.includes('Radio Edit') ? 0.68 : version.includes('Extended') ? 1.3 : 1;
  const minutes = genre.sound.minutes * stretch * Math.exp(gaussian(random) * 0.22);
  return Math.round(Math.max(0.9, minutes) * 60_000);
}

const registrantCharacters = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'.split('');

function drawIsrc(random: Random, artist: DemoArtist, album: DemoAlbum): string {
  const registrant = randomFor('registrant', artist.id);
  const letters = Array.from({ length: 3 }, () => pick(registrant, registrantCharacters));
  const year = String(Math.max(yearOf(album.releaseDate), 1986) % 100).padStart(2, '0');
  const serial = String(integerBetween(random, 0, 99_999)).padStart(5, '0');
  return `${pick(registrant, artist.voice.countries)}${letters.join('')}${year}${serial}`;
}
