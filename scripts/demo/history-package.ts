import { existsSync, renameSync } from 'node:fs';
import { writeExtendedPackage } from '../invented/listening/package.ts';
import type { InventedPlay, PlayedTrack } from '../invented/listening/plays.ts';
import type { StandInPlay } from '../spotify-stand-in/server.ts';
import { inventedPlays } from './plays.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;
const YEARS = 10;

interface Payload {
  readonly id?: string | null;
  readonly name?: string;
  readonly duration_ms?: number;
  readonly album?: { readonly name?: string };
  readonly artists?: readonly { readonly name?: string }[];
}

/**
 * Ten years of the listener's history as Spotify gives it, to try the import with. The last year is the one whose plays
 * were captured. Made once.
 */
export async function writeHistoryPackage(file: string, tracks: readonly (object | null)[]): Promise<void> {
  if (existsSync(file)) return;
  const now = Date.now();
  const plays = [
    ...earlierPlays(tracks, now - YEARS * YEAR_MS, now - YEAR_MS),
    ...inventedPlays(tracks, new Date(now - YEAR_MS), new Date(now)),
  ].flatMap(({ track, played_at: playedAt }) => playOf(track, Date.parse(playedAt)));
  await writeExtendedPackage(`${file}.part`, { seed: 1, rows: plays.length, files: YEARS }, plays);
  renameSync(`${file}.part`, file);
}

/** Three hours of each day, other ones each time: enough to see, and invented in a moment. */
function earlierPlays(tracks: readonly (object | null)[], from: number, to: number): StandInPlay[] {
  const days = Array.from({ length: Math.floor((to - from) / DAY_MS) }, (_, n) => n);
  return days.flatMap((n) => {
    const begin = from + n * DAY_MS + ((n * 5) % 21) * HOUR_MS;
    return inventedPlays(tracks, new Date(begin), new Date(begin + 3 * HOUR_MS));
  });
}

function playOf(payload: Payload | null, end: number): InventedPlay[] {
  const track = playedTrack(payload);
  return track === null ? [] : [{ track, end: Math.floor(end / 1000), msPlayed: track.durationMs }];
}

function playedTrack(payload: Payload | null): PlayedTrack | null {
  if (!payload?.id || !payload.name) return null;
  return {
    id: payload.id,
    name: payload.name,
    durationMs: payload.duration_ms ?? 180_000,
    album: { name: payload.album?.name ?? '', artist: { name: payload.artists?.[0]?.name ?? '' } },
  };
}
