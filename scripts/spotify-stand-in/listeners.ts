import { createHash } from 'node:crypto';
import { CATALOGUE_SIZE, inventId, inventLocalTrack, inventTrack, type InventedTrack } from './catalogue.ts';

const TIME_RANGES = ['short_term', 'medium_term', 'long_term'] as const;
export type TimeRange = (typeof TIME_RANGES)[number];

export const isTimeRange = (text: string): text is TimeRange =>
  (TIME_RANGES as readonly string[]).includes(text);

export interface StandInPlay {
  readonly track: object | null;
  readonly played_at: string;
  readonly context: object | null;
  /** When Spotify learns of the play, if later: from a phone that was offline. */
  readonly arrives_at?: string;
}

/** A Spotify account and what Spotify answers about it. */
export interface StandInListener {
  readonly id: string;
  readonly accountId?: string;
  readonly displayName: string | null;
  /** Whether the app's owner has added them under User Management. Default true. */
  readonly allowListed?: boolean;
  /** Whole track payloads, best first; null and other oddities are served unchanged. */
  readonly topTracks: Readonly<Record<TimeRange, readonly (object | null)[]>>;
  /** Whole artist payloads, best first. Default: from the top tracks. */
  readonly topArtists?: Readonly<Partial<Record<TimeRange, readonly (object | null)[]>>>;
  /** A function is called again for each request. */
  readonly recentlyPlayed?: readonly StandInPlay[] | ((now: Date) => readonly StandInPlay[]);
}

/** Alice and Bob, whose tastes overlap. Their plays end shortly before `now`. */
export function standInListeners(now: Date = new Date()): StandInListener[] {
  return [
    {
      id: 'alice-stand-in',
      accountId: 'aL1ceStand1n',
      displayName: 'Alice Ferreira',
      topTracks: tasteOf('alice', 0, 110),
      recentlyPlayed: playsOf('alice', 30, now),
    },
    {
      id: 'bob-stand-in',
      displayName: 'Bob Łukasik',
      topTracks: tasteOf('bob', 60, CATALOGUE_SIZE),
      recentlyPlayed: [...playsOf('bob', 8, now), localPlay(now)],
    },
  ];
}

const tastes = new Map<string, StandInListener['topTracks']>();

/** Kept: it is always the same, and takes a while to invent. */
function tasteOf(person: string, from: number, to: number): StandInListener['topTracks'] {
  const taste = tastes.get(person) ?? inventTaste(person, from, to);
  tastes.set(person, taste);
  return taste;
}

function inventTaste(person: string, from: number, to: number): StandInListener['topTracks'] {
  const known = Array.from({ length: to - from }, (_, index) => inventTrack(from + index));
  const ranked = (range: TimeRange): InventedTrack[] =>
    known
      .map((track) => ({ track, liked: liking(person, range, track) }))
      .toSorted((a, b) => b.liked - a.liked)
      .map(({ track }) => track);
  return {
    short_term: ranked('short_term').slice(0, 50),
    medium_term: ranked('medium_term').slice(0, 75),
    long_term: ranked('long_term'),
  };
}

/** 0 to 1: mostly lasting taste, partly the time range's mood, so that the three lists are similar but not equal. */
const liking = (person: string, range: TimeRange, track: InventedTrack): number =>
  0.7 * chance(`${person} ${track.id}`) + 0.3 * chance(`${person} ${range} ${track.id}`);

const chance = (seed: string): number => createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32;

const SONG_MS = 4 * 60_000;

function playsOf(person: string, count: number, now: Date): StandInPlay[] {
  return Array.from({ length: count }, (_, index) => ({
    track: inventTrack(60 + Math.floor(chance(`${person} play ${index}`) * 50)),
    played_at: new Date(now.getTime() - (index + 1) * SONG_MS).toISOString(),
    context: contextOf(index),
  }));
}

/** From a playlist, an album, or nowhere. */
function contextOf(index: number): object | null {
  const type = ['playlist', 'album', null][index % 3];
  if (!type) return null;
  const id = inventId(`context ${type} ${Math.floor(index / 6)}`);
  return {
    type,
    href: `https://api.spotify.com/v1/${type}s/${id}`,
    external_urls: { spotify: `https://open.spotify.com/${type}/${id}` },
    uri: `spotify:${type}:${id}`,
  };
}

const localPlay = (now: Date): StandInPlay => ({
  track: inventLocalTrack(0),
  played_at: new Date(now.getTime() - 40 * SONG_MS).toISOString(),
  context: null,
});
