import { ITEMS_PER_CALL } from '../spotify/playlists.ts';
import { SpotifyError } from '../spotify/errors.ts';
import type { Leased } from './lease.ts';

const MOST_REFUSALS = 50;
const TRIES = 2;
const MOST_DOUBTFUL = 3;
/** Repeating a list without learning anything only costs calls. */
const MOST_FAILURES = 60;

/** Halves a batch that is refused or fails twice, down to the track at fault; success makes it grow again. */
export class Pace {
  /** Left out after failures, without a success since: Spotify itself may be at fault. */
  doubtful: string[] = [];
  #size = ITEMS_PER_CALL;
  #stuckAt = 0;
  #tries = 0;
  #refusals = 0;
  #failures = 0;
  #proved = false;

  /** Empty at the end. Moves `handled` past what is left out. */
  next(leased: Leased): readonly string[] {
    const { trackIds } = leased;
    const isOut = (at: number): boolean => leased.notTaken.includes(trackIds[at] ?? '');
    while (leased.handled < trackIds.length && isOut(leased.handled)) leased.handled += 1;
    const from = leased.handled;
    const most = from < this.#stuckAt ? Math.min(ITEMS_PER_CALL, this.#stuckAt - from) : this.#size;
    let to = from;
    while (to < trackIds.length && to < from + most && !isOut(to)) to += 1;
    return trackIds.slice(from, to);
  }

  added(leased: Leased, batch: readonly string[]): void {
    this.#proved = true;
    // Before the point where it stopped, successes say nothing about that point.
    if (placeOf(leased, batch) < this.#stuckAt) return;
    this.doubtful = [];
    this.#refusals = 0;
    this.#size = Math.min(ITEMS_PER_CALL, this.#size * 2);
    this.#tries = 0;
  }

  /** True if the batch is one track, to be left out. @throws SpotifyError if no track is at fault */
  failed(leased: Leased, batch: readonly string[], outcome: 'refused' | 'failed'): boolean {
    const at = placeOf(leased, batch);
    this.#failures += Number(outcome === 'failed');
    if (this.#failures === MOST_FAILURES) throw new SpotifyError('unreachable');
    if (at !== this.#stuckAt || batch.length !== this.#size) this.#tries = 0;
    this.#stuckAt = at;
    this.#size = batch.length;
    this.#tries += 1;
    if (outcome === 'failed' && this.#tries < TRIES) return false;
    this.#tries = 0;
    if (batch.length === ITEMS_PER_CALL) this.#proved = false;
    if (batch.length > 1) {
      this.#size = Math.ceil(batch.length / 2);
      return false;
    }
    this.#refusals += 1;
    if (this.#refusals > MOST_REFUSALS) throw new SpotifyError('refused', { spotifyStatus: 400 });
    if (outcome === 'failed') this.doubtful.push(...batch);
    return true;
  }

  isOutage = (): boolean => this.doubtful.length === MOST_DOUBTFUL;

  /** At the end of the list: nothing shows that Spotify accepts any track. */
  isDoubtful = (): boolean => this.doubtful.length > 0 && !this.#proved;
}

export const placeOf = ({ trackIds }: Leased, [first = '']: readonly string[]): number =>
  trackIds.indexOf(first);
