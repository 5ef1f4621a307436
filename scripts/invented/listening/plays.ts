import { Catalogue, LAST_DATE } from '../large-catalogue.ts';
import { between, integerBetween, pick, randomFor } from '../random.ts';

/** What a service's file says of a track. */
export interface PlayedTrack {
  readonly id: string;
  readonly name: string;
  readonly durationMs: number;
  readonly album: { readonly name: string; readonly artist: { readonly name: string } };
}

/** A listen as it happened, before any service writes it down. */
export interface InventedPlay {
  readonly track: PlayedTrack;
  /** Seconds since 1970, whole. */
  readonly end: number;
  readonly msPlayed: number;
}

const YEARS = 10;
const SECONDS_OF_A_YEAR = 365 * 24 * 60 * 60;

/** Plays of ten years in their order; few tracks are played often, a quarter of the plays not to the end. */
export function* inventPlays(seed: number, count: number): Generator<InventedPlay> {
  const random = randomFor(seed, 'plays');
  const tracks = [...new Catalogue(seed, Math.min(30_000, Math.max(20, Math.round(count / 10)))).tracks()];
  const gap = (YEARS * SECONDS_OF_A_YEAR) / count;
  const begin = Date.parse(`${LAST_DATE}T00:00:00Z`) / 1000 - YEARS * SECONDS_OF_A_YEAR;
  for (let n = 0; n < count; n += 1) {
    const track = tracks[Math.floor(tracks.length * random() ** 3)] ?? pick(random, tracks);
    const share = random() < 0.25 ? random() : 1;
    // (Each in its own stretch of time: two plays never end in the same second.)
    const end = begin + Math.floor(gap * n + between(random, 0, Math.max(0, gap - 1)));
    yield {
      track,
      end,
      msPlayed: Math.max(0, Math.round(track.durationMs * share) - integerBetween(random, 0, 40)),
    };
  }
}
