import { ITEMS_PER_CALL } from '../spotify/playlists.ts';
import { SpotifyError } from '../spotify/errors.ts';
import type { Leased } from './lease.ts';

const MOST_REFUSALS = 50;
const TRIES = 2;
const MOST_DOUBTFUL = 3;
/** A list begun again and again with nothing learnt costs calls and no more. */
const MOST_FAILURES = 60;

/**
 * How many tracks the next call takes. A batch that Spotify refuses, or answers with a failure twice, is halved, down to
 * the one track that is the reason; what is taken lets the batches grow again. A sending that is begun again comes back to
 * the place it was stopped at with a batch that ends there.
 */
export class Pace {
  /** Left out because Spotify failed over them, and has taken no track since: it may be Spotify itself. */
  doubtful: string[] = [];
  #size = ITEMS_PER_CALL;
  /** The place of the batch that was not taken. */
  #stuckAt = 0;
  #tries = 0;
  #refusals = 0;
  #failures = 0;
  /** Whether anything was taken since the last batch of a hundred that was not. */
  #proved = false;

  /** The next tracks, past those left out; none where all are handled. Moves `handled` past what is left out. */
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
    // On the way back to where it was stopped nothing is learnt about that place.
    if (placeOf(leased, batch) < this.#stuckAt) return;
    this.doubtful = [];
    this.#refusals = 0;
    this.#size = Math.min(ITEMS_PER_CALL, this.#size * 2);
    this.#tries = 0;
  }

  /** True where the batch is one track, which is to be left out. @throws SpotifyError where it is about no track any more */
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

  /** At the end of the list, with nothing that says that Spotify takes any track. */
  isDoubtful = (): boolean => this.doubtful.length > 0 && !this.#proved;
}

/** A track is in a playlist once. */
export const placeOf = ({ trackIds }: Leased, [first = '']: readonly string[]): number =>
  trackIds.indexOf(first);
