import { dateOfDay, dayNumber } from '../../invented/calendar.ts';
import type { CatalogueTrack } from '../../invented/recordings.ts';
import {
  between,
  gaussian,
  integerBetween,
  pick,
  randomFor,
  shuffled,
  type Random,
} from '../../invented/random.ts';

/** Weeks count from `startDay`; the listener begins more than a year before the first snapshot. */
export interface Span {
  readonly startDay: number;
  readonly firstSnapshotWeek: number;
  readonly lastSnapshotWeek: number;
  readonly today: number;
}

/** A time of more plays, highest at `centre` (weeks), mostly within `width` weeks to either side. */
interface Swell {
  readonly centre: number;
  readonly width: number;
  readonly height: number;
}

/** What makes a track be played, in plays a week. */
export interface Liking {
  readonly track: CatalogueTrack;
  readonly discovered: number;
  readonly base: number;
  readonly excitement: number;
  /** Weeks in which the first excitement falls to a third. */
  readonly patience: number;
  readonly swells: readonly Swell[];
}

export function spanOf(firstSnapshot: string, lastSnapshot: string, endDate: string): Span {
  const startDay = dayNumber(firstSnapshot) - 60 * 7;
  const weekOf = (date: string): number => Math.floor((dayNumber(date) - startDay) / 7);
  const lastSnapshotWeek = weekOf(lastSnapshot);
  const today = Math.max(weekOf(endDate), lastSnapshotWeek + 2);
  return { startDay, firstSnapshotWeek: weekOf(firstSnapshot), lastSnapshotWeek, today };
}

export const weekOfDate = (span: Span, date: string): number =>
  Math.floor((dayNumber(date) - span.startDay) / 7);

export const dateOfWeek = (span: Span, week: number): string => dateOfDay(span.startDay + week * 7);

export function inventLikings(seed: number, span: Span, catalogue: readonly CatalogueTrack[]): Liking[] {
  const random = randomFor(seed, 'likings');
  const pool = shuffled(random, catalogue);
  const likings = [
    ...freshFinds(random, span, pool),
    ...obsessions(random, span, pool),
    ...take(pool, 44).map((track) => evergreen(random, span, track)),
    ...take(pool, 60).map((track) => forgotten(random, span, track)),
  ];
  const rest = pool.map((track) => passing(random, span, track));
  return withBinges(randomFor(seed, 'binges'), span, [...likings, ...rest]);
}

const take = (pool: CatalogueTrack[], count: number): CatalogueTrack[] => pool.splice(0, count);

const releaseWeek = (span: Span, track: CatalogueTrack): number =>
  weekOfDate(span, track.album.releaseDate) + 1;

function freshFinds(random: Random, span: Span, pool: CatalogueTrack[]): Liking[] {
  return take(pool, 12).map((track, index) => ({
    track,
    discovered: integerBetween(random, span.lastSnapshotWeek + 1, span.today),
    base: 0.2,
    excitement: 3.5 + 1.1 * index,
    patience: 5,
    swells: [],
  }));
}

/** One after the other, each about three months long: weeks in which one artist was all there was. */
function obsessions(random: Random, span: Span, pool: CatalogueTrack[]): Liking[] {
  const likings: Liking[] = [];
  for (
    let start = span.firstSnapshotWeek - 24;
    start < span.today + 4;
    start += integerBetween(random, 8, 15)
  ) {
    const index = pool.findIndex((track) => releaseWeek(span, track) < start - 1 && track.popularity > 4);
    const [track] = pool.splice(Math.max(0, index), 1);
    if (track) likings.push(obsession(random, track, start));
  }
  return likings;
}

function obsession(random: Random, track: CatalogueTrack, start: number): Liking {
  const swells = [{ centre: start + 6, width: between(random, 4.5, 7), height: between(random, 13, 21) }];
  return {
    track,
    discovered: start - 2,
    base: between(random, 0.3, 1.6),
    excitement: 2,
    patience: 8,
    swells,
  };
}

function evergreen(random: Random, span: Span, track: CatalogueTrack): Liking {
  const discovered = Math.max(releaseWeek(span, track), integerBetween(random, -20, 60));
  const swells = swellsAt(random, [between(random, 20, 120), between(random, 120, span.today)], 14, 3.5);
  return { track, discovered, base: between(random, 1, 2.6), excitement: 3, patience: 10, swells };
}

/** Loved, dropped for a year or two, then found again. */
function forgotten(random: Random, span: Span, track: CatalogueTrack): Liking {
  const first = Math.max(releaseWeek(span, track) + 4, between(random, 30, span.today - 60));
  const again = first + between(random, 48, 110);
  const swells = swellsAt(random, [first, again], 6, 9);
  return { track, discovered: Math.floor(first) - 3, base: 0.1, excitement: 0.5, patience: 5, swells };
}

function swellsAt(random: Random, centres: readonly number[], width: number, height: number): Swell[] {
  return centres.map((centre) => ({
    centre,
    width: width * between(random, 0.6, 1.4),
    height: height * between(random, 0.5, 1.3),
  }));
}

/** Most music: met once, played for some weeks, then hardly ever. */
function passing(random: Random, span: Span, track: CatalogueTrack): Liking {
  const met = integerBetween(random, 0, span.lastSnapshotWeek);
  const discovered = Math.min(span.lastSnapshotWeek, Math.max(met, releaseWeek(span, track)));
  const excitement = Math.exp(1 + 0.9 * gaussian(random));
  const base = 0.5 * random() ** 4;
  return { track, discovered, base, excitement, patience: between(random, 2.5, 9), swells: [] };
}

interface Binge {
  readonly artist: string;
  readonly centre: number;
  readonly width: number;
}

function withBinges(random: Random, span: Span, likings: readonly Liking[]): Liking[] {
  const binges = inventBinges(random, span, likings);
  return likings.map((liking) => {
    const [artist] = liking.track.artists;
    const own = binges.filter((binge) => binge.artist === artist.id && binge.centre > liking.discovered + 1);
    const swells = own.map(({ centre, width }) => ({ centre, width, height: 7 * random() ** 1.6 }));
    return { ...liking, swells: [...liking.swells, ...swells] };
  });
}

function inventBinges(random: Random, span: Span, likings: readonly Liking[]): Binge[] {
  const libraries = new Map<string, number>();
  for (const { track } of likings)
    libraries.set(track.artists[0].id, (libraries.get(track.artists[0].id) ?? 0) + 1);
  const artists = [...libraries].filter(([, tracks]) => tracks >= 5).map(([id]) => id);
  return Array.from({ length: 24 }, (_, index) => ({
    artist: pick(random, artists),
    centre: (span.today / 24) * (index + random()),
    width: between(random, 2, 5),
  }));
}

/** How much the listener is in the mood for a genre: by season, and by fancies of some months. */
export type Mood = (genre: CatalogueTrack['album']['artist']['genre'], week: number) => number;

export function inventMood(seed: number, span: Span, genres: readonly string[]): Mood {
  const random = randomFor(seed, 'mood');
  const fancies = Array.from({ length: 22 }, (_, index) => ({
    genre: pick(random, genres),
    swell: {
      centre: (span.today / 22) * (index + random()),
      width: between(random, 5, 11),
      height: between(random, 1, 2.2),
    },
  }));
  return (genre, week) => {
    const fancied = fancies.filter((fancy) => fancy.genre === genre.name);
    return (
      season(span, genre.season, week) *
      (1 + fancied.reduce((sum, { swell }) => sum + height(swell, week), 0))
    );
  };
}

function season(span: Span, month: number | undefined, week: number): number {
  if (month === undefined) return 1;
  const now = Number(dateOfWeek(span, week).slice(5, 7)) - 1;
  return 1 + 0.45 * Math.cos(((now - month) / 6) * Math.PI);
}

const height = ({ centre, width, height: peak }: Swell, week: number): number =>
  peak * Math.exp(-0.5 * ((week - centre) / width) ** 2);

export function playsInWeek(random: Random, liking: Liking, mood: Mood, week: number): number {
  if (week < liking.discovered) return 0;
  const novelty = liking.excitement * Math.exp(-(week - liking.discovered) / liking.patience);
  const swelling = liking.swells.reduce((sum, swell) => sum + height(swell, week), 0);
  const will = liking.base + novelty + swelling;
  return will < 0.001
    ? 0
    : will * mood(liking.track.album.artist.genre, week) * Math.exp(0.35 * gaussian(random));
}
