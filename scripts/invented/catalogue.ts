import { dateOfDay, dayNumber, firstOfMonth, yearOf } from './calendar.ts';
import { genres, type Genre } from './genres.ts';
import { Names, concertTitle } from './naming.ts';
import { gaussian, integerBetween, pick, pickWeighted, randomFor, spotifyId, type Random } from './random.ts';
import {
  inventTrack,
  type CatalogueTrack,
  type DemoAlbum,
  type DemoArtist,
  type Studio,
} from './recordings.ts';
import { drawRelease } from './releases.ts';
import { voices, type VoiceName } from './voices.ts';
import type { Voice } from './voices.ts';

export interface CatalogueSize {
  readonly artists: number;
  readonly tracks: number;
}

const lowercaseGenres = new Set(['lo-fi beats', 'hyperpop', 'ambient', 'dream pop', 'indie pop', 'techno']);

/** Everything the invented listener has ever come across, in no order of liking. */
export function inventCatalogue(seed: number, endDate: string, size: CatalogueSize): CatalogueTrack[] {
  const artists = inventArtists(seed, endDate, size.artists);
  const counts = shareOutTracks(seed, size);
  const [titles, albumTitles] = [new Names(), new Names()];
  return artists.flatMap((artist, index) => {
    const random = randomFor(seed, 'discography', index);
    return inventDiscography(
      { random, artist, titles, albumTitles, endDate, others: artists },
      counts[index] ?? 1,
    );
  });
}

function inventArtists(seed: number, endDate: string, count: number): DemoArtist[] {
  const names = new Names();
  return Array.from({ length: count }, (_, index) => {
    const random = randomFor(seed, 'artist', index);
    const genre = pickWeighted(random, genres, ({ share }) => share);
    return inventArtist(random, genre, names, endDate);
  });
}

function inventArtist(random: Random, genre: Genre, names: Names, endDate: string): DemoArtist {
  const voice = voices[pickVoice(random, genre)];
  const name = dress(random, drawArtistName(random, genre, voice, names), genre);
  const popularity = Math.round(72 * random() ** 2.1 + 6);
  const debut =
    random() < genre.classic ? integerBetween(random, ...genre.era) : recentYear(random, genre, endDate);
  return { id: spotifyId(random), name, genre, voice, popularity, debut: Math.max(debut, 1958) };
}

/** When the bands of a language are all taken, one more singer turns up. */
function drawArtistName(random: Random, genre: Genre, voice: Voice, names: Names): string {
  const patterns = random() < genre.solo ? voice.solo : voice.bands;
  return (
    names.drawNew(random, patterns, voice.slots) ??
    names.draw(random, [...voice.solo, ...voice.bands], voice.slots)
  );
}

function pickVoice(random: Random, genre: Genre): VoiceName {
  const [name] = pickWeighted(random, Object.entries(genre.voices), ([, weight]) => weight);
  return name as VoiceName;
}

function recentYear(random: Random, genre: Genre, endDate: string): number {
  const yearsAgo = Math.floor(-Math.log(1 - random()) * 7);
  return Math.max(genre.era[0], yearOf(endDate) - yearsAgo);
}

/** Some write their name small, some in capitals. */
function dress(random: Random, name: string, genre: Genre): string {
  const draw = random();
  if (lowercaseGenres.has(genre.name) && draw < 0.16) return name.toLowerCase();
  return draw > 0.975 && name.length < 12 ? name.toUpperCase() : name;
}

/** A few artists with a library of records, many with one song. */
function shareOutTracks(seed: number, { artists, tracks }: CatalogueSize): number[] {
  const random = randomFor(seed, 'shares');
  const counts = Array.from({ length: artists }, () => 1);
  const pull = counts.map(() => Math.exp(gaussian(random) * 1.05));
  const indexes = counts.map((_, index) => index);
  for (let given = artists; given < tracks;) {
    const index = pickWeighted(random, indexes, (candidate) => pull[candidate] ?? 0);
    if ((counts[index] ?? 0) >= 24) continue;
    counts[index] = (counts[index] ?? 0) + 1;
    given += 1;
  }
  return counts;
}

function inventDiscography(studio: Studio, count: number): CatalogueTrack[] {
  const tracks: CatalogueTrack[] = [];
  while (tracks.length < count) {
    const wanted = Math.min(count - tracks.length, integerBetween(studio.random, 1, 6));
    tracks.push(...inventAlbum(studio, wanted));
  }
  return tracks;
}

function inventAlbum(studio: Studio, count: number): CatalogueTrack[] {
  const { random, artist } = studio;
  const names = Array.from({ length: count }, () => inventTitle(studio));
  const release = drawRelease(random, artist, lastRelease(studio.endDate));
  const type = albumType(random, count, yearOf(release.releaseDate) - artist.debut);
  const totalTracks =
    type === 'single' ? integerBetween(random, 1, 3) : integerBetween(random, Math.max(7, count), 14);
  const name = albumName(studio, type, names[0] ?? '');
  const album = { id: spotifyId(random), name, type, artist, totalTracks, ...release };
  const numbers = trackNumbers(random, count, totalTracks);
  return names.map((title, index) => inventTrack(studio, album, title, numbers[index] ?? 1));
}

/** The newest record is out two weeks before the last snapshot, so that it can be in it. */
const lastRelease = (endDate: string): string => dateOfDay(dayNumber(firstOfMonth(endDate)) - 15);

function albumType(random: Random, count: number, yearsIn: number): DemoAlbum['type'] {
  if (count === 1 && random() < 0.4) return 'single';
  return yearsIn >= 8 && random() < 0.12 ? 'compilation' : 'album';
}

function albumName(studio: Studio, type: DemoAlbum['type'], firstTitle: string): string {
  const { random, artist } = studio;
  const draw = random();
  if (type === 'single') return firstTitle;
  if (type === 'compilation')
    return `${pick(random, ['The Best of', 'Anthology:', 'Essential'])} ${artist.name}`;
  if (draw < 0.25) return firstTitle;
  if (draw < 0.33) return artist.name;
  if (draw < 0.37)
    return `Live in ${pick(random, ['Lisbon', 'Osaka', 'Berlin', 'Montréal', 'Ghent', 'Oslo'])}`;
  return inventTitle({ ...studio, titles: studio.albumTitles });
}

function trackNumbers(random: Random, count: number, total: number): number[] {
  const numbers = new Set<number>();
  while (numbers.size < Math.min(count, total)) numbers.add(integerBetween(random, 1, total));
  return [...numbers].toSorted((a, b) => a - b);
}

function inventTitle({ random, artist, titles }: Studio): string {
  if (artist.genre.name === 'chamber' && random() < 0.4) return concertTitle(random);
  const title = titles.draw(random, artist.voice.titles, artist.voice.slots);
  return artist.name === artist.name.toLowerCase() && random() < 0.7 ? title.toLowerCase() : title;
}
