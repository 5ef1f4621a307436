import { integerBetween, randomFor, type Random } from '../../invented/random.ts';
import { copyLine } from '../../../src/database/copy-lines.ts';
import { dateBack, type Catalogue } from '../../invented/large-catalogue.ts';

export const RANGES = ['short_term', 'medium_term', 'long_term'] as const;
/** A list has as many places as Spotify gives. */
export const PLACES = 50;
/** How much longer a track stays in a list that looks further back. */
const PACE = { short_term: 1, medium_term: 3, long_term: 8 } as const;

export interface Listener {
  readonly userId: number;
  readonly tracks: number;
  /** Ranked lists, three a day, counted from the newest day back. */
  readonly lists: number;
}

/** The tracks of a listener's archive, numbers of the catalogue, in the order in which they were found. */
export function drawLibrary(seed: number, catalogue: Catalogue, { userId, tracks }: Listener): number[] {
  const random = randomFor(seed, 'library', userId);
  const { firstTracks, trackIds } = catalogue;
  const chosen = new Set<number>();
  // Who likes an artist has some of their tracks; known artists (the first ones) are on more libraries.
  for (let draw = 0; draw < tracks && chosen.size < tracks; draw += 1) {
    const artist = Math.floor((firstTracks.length - 1) * random() ** 2);
    for (let n = firstTracks[artist] ?? 0; n < (firstTracks[artist + 1] ?? 0); n += 1)
      if (random() < 0.6 && chosen.size < tracks) chosen.add(n);
  }
  for (let n = integerBetween(random, 0, trackIds.length - 1); chosen.size < tracks; n += 1)
    chosen.add(n % trackIds.length);
  return [...chosen];
}

/**
 * Lines for COPY: user_id, snapshot_date, time_range, track_id, rank. A list is fifty seats. A track keeps its seat for
 * a stint in which it climbs, is on top and falls; then the next track of that seat comes, or one comes back.
 */
export function* listLines(
  seed: number,
  { userId, tracks, lists }: Listener,
  library: readonly string[],
): Generator<string> {
  const days = Math.ceil(lists / RANGES.length);
  const places = Math.min(PLACES, tracks);
  // As many stints as it takes to have had nearly every track once, if there are days enough.
  const stint = Math.min(40, Math.max(3, (days * places) / (1.2 * tracks)));
  const seats = Array.from({ length: places }, (_, seat) =>
    drawSeat(randomFor(seed, 'seat', userId, seat), { seat, library, stint, days }),
  );
  for (let list = lists - 1; list >= 0; list -= 1) {
    const back = Math.floor(list / RANGES.length);
    const date = dateBack(back);
    const range = RANGES[RANGES.length - 1 - (list % RANGES.length)] ?? 'long_term';
    const ranked = seats
      .map((seat) => placeOf(seat, days - 1 - back, PACE[range]))
      .toSorted((one, other) => other.score - one.score);
    for (const [index, { trackId }] of ranked.entries())
      yield copyLine([String(userId), date, range, trackId, String(index + 1)]);
  }
}

interface Seat {
  /** In the order in which they sit here; the tracks of different seats are different. */
  readonly trackIds: readonly string[];
  /** Days that one track sits here in the fastest list. */
  readonly stint: number;
  readonly phase: number;
  readonly height: number;
}

function drawSeat(
  random: Random,
  { seat, library, stint, days }: { seat: number; library: readonly string[]; stint: number; days: number },
): Seat {
  const own = library.filter((_, index) => index % PLACES === seat);
  const length = stint * (0.7 + 0.6 * random());
  const stints = Math.ceil(days / length) + 2;
  let newest = 0;
  const trackIds = Array.from({ length: stints }, () => {
    const returns = newest > 2 && random() < 0.15;
    const index = returns ? Math.floor(newest * random()) : newest++;
    return own[index % own.length] ?? '';
  });
  return { trackIds, stint: length, phase: length * random(), height: random() };
}

function placeOf({ trackIds, stint, phase, height }: Seat, day: number, pace: number) {
  const length = stint * pace;
  const stints = Math.floor((day + phase) / length);
  const progress = (day + phase) / length - stints;
  return { trackId: trackIds[stints * pace] ?? '', score: 0.6 * Math.sin(Math.PI * progress) + 0.4 * height };
}
