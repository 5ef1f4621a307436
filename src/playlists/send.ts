import type { Db } from '../db.ts';
import { log } from '../log.ts';
import { SpotifyError } from '../spotify/errors.ts';
import type { SpotifySettings } from '../spotify/settings.ts';
import {
  addPlaylistItems,
  countPlaylistItems,
  createPlaylist,
  ITEMS_PER_CALL,
  replacePlaylistItems,
} from '../spotify/playlists.ts';
import { withAccessToken, type SpotifyAccess } from '../users/access-token.ts';
import { gated } from '../users/spotify-limit.ts';
import { endSending, LeaseLost, note, noteCreated, type Leased, type Progress } from './lease.ts';
import { AnswerLost, isRefused, mayHaveWorked, problemOf, Unexpected, waitAfter } from './send-faults.ts';

/*
 * Spotify knows no idempotency keys, so every step is written down before it is asked for and after it is answered,
 * and a step without an answer is looked into before anything else is done:
 *
 * - Items: `pending` of them were sent. How many the playlist holds says whether they arrived, because a call adds
 *   all of its items or none. Where Spotify will not say (a right we do not ask for), the first hundred are put in the
 *   place of whatever is there and the rest follows. No item is ever doubled.
 * - The playlist itself: an empty one may stand at Spotify whose id never reached us, and finding it would need a right
 *   we do not ask for. A new one is made; the page says that an empty one of the same name may stand there.
 */

interface Work {
  readonly db: Db;
  readonly userId: number;
  readonly access: SpotifyAccess;
  readonly leased: Leased;
}

/**
 * Sends what is missing of a playlist, until all is there or something stands in the way, which is kept with it: never
 * rejects. For a job as for a request, which should not wait for it.
 */
export async function runSending(work: Work): Promise<void> {
  const { db, userId, leased } = work;
  try {
    const end = await sendAll(work).then(
      () => 'sent' as const,
      (error: unknown) => ({ problem: problemOf(error), waitSeconds: waitAfter(error) }),
    );
    await endSending(db, userId, leased, end);
  } catch (error) {
    // Another has taken over, or the database is out of reach; then the lease runs out and whoever comes next goes on.
    if (!(error instanceof LeaseLost)) log.warn({ err: error }, 'a sending to Spotify was cut off');
  }
}

async function sendAll(work: Work): Promise<void> {
  const { leased } = work;
  if (leased.spotifyPlaylistId === null) await create(work);
  if (leased.pending > 0) await settlePending(work);
  let [stride, refusals] = [ITEMS_PER_CALL, 0];
  while (leased.handled < leased.trackIds.length) {
    const batch = leased.trackIds.slice(leased.handled, leased.handled + stride);
    if (await add(work, batch)) {
      [stride, refusals] = [Math.min(ITEMS_PER_CALL, stride * 2), 0];
    } else if (batch.length > 1) {
      stride = Math.ceil(batch.length / 2);
    } else {
      await leaveOut(work, batch);
      refusals += 1;
      // Whatever this is, it is not about single tracks any more.
      if (refusals === MOST_REFUSALS) throw new SpotifyError('refused', { spotifyStatus: 400 });
    }
  }
}

const MOST_REFUSALS = 50;

async function create(work: Work): Promise<void> {
  const { db, userId, leased } = work;
  const made = await ask(work, { creating: true }, (settings, token) =>
    createPlaylist(settings, token, leased),
  ).catch(async (error: unknown) => {
    if (!(error instanceof AnswerLost)) await note(db, userId, leased, { creating: false });
    throw error;
  });
  leased.spotifyPlaylistId = made.spotifyPlaylistId;
  await noteCreated(db, userId, leased, made.spotifyPlaylistId);
}

/** Whether items sent by somebody who never heard the answer have arrived. */
async function settlePending(work: Work): Promise<void> {
  const { db, userId, leased } = work;
  const { pending, confirmed } = leased;
  // Replacing can simply be done again.
  if (leased.startOver && confirmed === 0) return;
  const there = await count(work);
  if (there === null) return startOver(work);
  if (there !== confirmed && there !== confirmed + pending) throw new Unexpected('changed-there');
  leased.pending = 0;
  leased.confirmed = there;
  leased.handled += there - confirmed;
  await note(db, userId, leased, progressOf(leased));
}

/** How many items there are; null where Spotify will not say. */
async function count(work: Work): Promise<number | null> {
  try {
    return await ask(work, {}, (settings, token) => countPlaylistItems(settings, token, idOf(work.leased)));
  } catch (error) {
    if (isRefused(error, 404)) throw new Unexpected('gone-there');
    if (isRefused(error, 403) || (error instanceof SpotifyError && error.kind === 'scope-missing'))
      return null;
    throw error;
  }
}

async function startOver({ db, userId, leased }: Work): Promise<void> {
  Object.assign(leased, { handled: 0, confirmed: 0, pending: 0, startOver: true });
  await note(db, userId, leased, progressOf(leased));
}

/** Adds a batch; false where Spotify does not take one of its tracks, and has added none. */
async function add(work: Work, batch: readonly string[]): Promise<boolean> {
  const { db, userId, leased } = work;
  const items = {
    spotifyPlaylistId: idOf(leased),
    uris: batch.map((trackId) => `spotify:track:${trackId}`),
    position: leased.confirmed,
  };
  const call = leased.startOver ? replacePlaylistItems : addPlaylistItems;
  try {
    await ask(work, { pending: batch.length }, (settings, token) => call(settings, token, items));
  } catch (error) {
    if (!(error instanceof AnswerLost)) await note(db, userId, leased, { pending: 0 });
    if (isRefused(error, 404)) throw new Unexpected('gone-there');
    if (isRefused(error, 400)) return false;
    throw error;
  }
  leased.handled += batch.length;
  leased.confirmed += batch.length;
  Object.assign(leased, { pending: 0, startOver: false });
  await note(db, userId, leased, progressOf(leased));
  return true;
}

/** A track Spotify does not take, once it is sure that the track is the reason. */
async function leaveOut(work: Work, [trackId]: readonly string[]): Promise<void> {
  const { db, userId, leased } = work;
  const there = leased.startOver ? null : await count(work);
  if (there !== null && there !== leased.confirmed) throw new Unexpected('changed-there');
  leased.handled += 1;
  await note(db, userId, leased, { ...progressOf(leased), leaveOut: String(trackId) });
}

const progressOf = ({ handled, confirmed, pending, startOver: again }: Leased): Progress => ({
  handled,
  confirmed,
  pending,
  startOver: again,
});

function idOf({ spotifyPlaylistId }: Leased): string {
  if (spotifyPlaylistId === null) throw new Error('the playlist has not been made yet');
  return spotifyPlaylistId;
}

/** A call ends long before the lease that was renewed for it. */
const MOST_PATIENCE_MS = 10_000;

/**
 * One call to Spotify, with what is to be known about it should its answer never come. The lease is renewed last of
 * all, after whatever waiting there was for a token: while a call is under way nobody else can take over. (Only a
 * process frozen between these two lines, for longer than a lease, could still call too late.)
 */
async function ask<Result>(
  { db, userId, access, leased }: Work,
  before: Progress,
  call: (settings: SpotifySettings, token: string) => Promise<Result>,
): Promise<Result> {
  const timeoutMs = Math.min(access.settings.timeoutMs ?? MOST_PATIENCE_MS, MOST_PATIENCE_MS);
  const settings = gated(db, { ...access.settings, timeoutMs });
  // Nothing is noted, and no token refreshed, for a call that may not be made.
  await settings.gate.enter('playlists');
  let lost = false;
  const asked = withAccessToken(db, userId, access, async (token) => {
    await note(db, userId, leased, before);
    try {
      return await call(settings, token);
    } catch (error) {
      lost = mayHaveWorked(error);
      throw error;
    }
  });
  return asked.catch((error: unknown) => {
    throw lost && error instanceof SpotifyError ? new AnswerLost(error) : error;
  });
}
