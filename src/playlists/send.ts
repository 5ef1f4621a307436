import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../db.ts';
import { log } from '../log.ts';
import { SpotifyError } from '../spotify/errors.ts';
import type { SpotifySettings } from '../spotify/settings.ts';
import {
  addPlaylistItems,
  countPlaylistItems,
  createPlaylist,
  replacePlaylistItems,
} from '../spotify/playlists.ts';
import { withAccessToken, type SpotifyAccess } from '../users/access-token.ts';
import { Pace, placeOf } from './send-pace.ts';
import { gated } from '../users/spotify-limit.ts';
import { endSending, LeaseLost, note, noteCreated, progressOf, type Leased, type Progress } from './lease.ts';
import {
  AnswerLost,
  isAnsweredFailure,
  isRefused,
  mayHaveWorked,
  problemWith,
  Unexpected,
  waitAfter,
} from './send-faults.ts';

/**
 * Spotify has no idempotency keys, so each step is saved before its call and after its answer. A step without an
 * answer is checked first: a call adds all of its items or none, so the playlist's length says whether they arrived.
 * If Spotify will not tell (a right we do not ask for), the first hundred replace everything and the rest follows.
 * A created playlist whose id was lost cannot be found: a new one is made, and the page mentions the empty one.
 */

interface Work {
  readonly db: Db;
  readonly userId: number;
  readonly access: SpotifyAccess;
  readonly leased: Leased;
  /** How long a call that failed may still take effect there. Default 1000. */
  readonly settleMs?: number;
}

/** Never rejects: nobody waits for it. A problem is saved. */
export async function runSending(work: Work): Promise<void> {
  const { db, userId, leased } = work;
  try {
    const end = await sendAll(work).then(
      () => 'sent' as const,
      async (error: unknown) => ({
        problem: await problemWith(db, userId, leased, error),
        waitSeconds: waitAfter(error),
      }),
    );
    await endSending(db, userId, leased, end);
  } catch (error) {
    // Another process has taken over, or the database is away: then the lease runs out and another continues.
    if (!(error instanceof LeaseLost)) log.warn({ err: error }, 'a sending to Spotify was interrupted');
  }
}

async function sendAll(work: Work): Promise<void> {
  const { leased } = work;
  if (leased.spotifyPlaylistId === null) await create(work);
  if (leased.pending > 0) await settlePending(work);
  const pace = new Pace();
  for (;;) {
    const batch = pace.next(leased);
    if (batch.length === 0) break;
    const outcome = await add(work, batch);
    if (outcome === 'added') pace.added(leased, batch);
    else if (pace.failed(leased, batch, outcome)) await leaveOut(work, batch, pace);
  }
  if (pace.isDoubtful()) await takeBack(work, pace);
}

async function create(work: Work): Promise<void> {
  const { db, userId, leased } = work;
  const make = (description: string) =>
    ask(work, { creating: true }, (settings, token) =>
      createPlaylist(settings, token, { ...leased, description }),
    ).catch(async (error: unknown) => {
      if (!(error instanceof AnswerLost)) await note(db, userId, leased, { creating: false });
      throw error;
    });
  const made = await make(leased.description).catch(async (error: unknown) => {
    if (leased.description === '' || !isRefused(error, 400)) throw error;
    const bare = await make('');
    await note(db, userId, leased, { descriptionRefused: true });
    return bare;
  });
  leased.spotifyPlaylistId = made.spotifyPlaylistId;
  await noteCreated(db, userId, leased, made.spotifyPlaylistId);
}

async function settlePending(work: Work): Promise<void> {
  const { db, userId, leased } = work;
  const { pending, confirmed } = leased;
  if (leased.startOver && confirmed === 0) return;
  const there = await count(work);
  if (there === null) return startOver(work);
  if (there !== confirmed && there !== confirmed + pending) throw new Unexpected('changed-there');
  leased.pending = 0;
  leased.confirmed = there;
  leased.handled += there - confirmed;
  await note(db, userId, leased, progressOf(leased));
}

/** Null if Spotify will not tell. */
async function count(work: Work): Promise<number | null> {
  try {
    return await ask(work, {}, (settings, token) => countPlaylistItems(settings, token, idOf(work.leased)));
  } catch (error) {
    // A 404 means nothing for a private playlist, which we may not read.
    if (isRefused(error, 404) && work.leased.isPublic) throw new Unexpected('gone-there');
    if (
      isRefused(error, 404) ||
      isRefused(error, 403) ||
      (error instanceof SpotifyError && error.kind === 'scope-missing')
    )
      return null;
    throw error;
  }
}

async function startOver({ db, userId, leased }: Work): Promise<void> {
  Object.assign(leased, { handled: 0, confirmed: 0, pending: 0, startOver: true });
  await note(db, userId, leased, progressOf(leased));
}

/** After a refusal or failure none of the batch is there. */
async function add(work: Work, batch: readonly string[]): Promise<'added' | 'refused' | 'failed'> {
  const { db, userId, leased } = work;
  const items = {
    spotifyPlaylistId: idOf(leased),
    uris: batch.map((trackId) => `spotify:track:${trackId}`),
    position: leased.confirmed,
  };
  const call = leased.startOver ? replacePlaylistItems : addPlaylistItems;
  try {
    const before = { handled: leased.handled, pending: batch.length };
    await ask(work, before, (settings, token) => call(settings, token, items));
  } catch (error) {
    if (!(error instanceof AnswerLost)) await note(db, userId, leased, { pending: 0 });
    if (isRefused(error, 404)) throw new Unexpected('gone-there');
    if (isRefused(error, 400)) return 'refused';
    if (isAnsweredFailure(error)) return lookAfterFailure(work, batch);
    throw error;
  }
  leased.handled += batch.length;
  leased.confirmed += batch.length;
  Object.assign(leased, { pending: 0, startOver: false });
  await note(db, userId, leased, progressOf(leased));
  return 'added';
}

/** If the length is unknown, the next batch replaces everything, so that nothing is doubled. */
async function lookAfterFailure(work: Work, batch: readonly string[]): Promise<'added' | 'failed'> {
  const { leased, settleMs = 1_000 } = work;
  await sleep(settleMs);
  leased.pending = batch.length;
  const { confirmed } = leased;
  await settlePending(work);
  leased.pending = 0;
  return leased.confirmed > confirmed ? 'added' : 'failed';
}

async function leaveOut(work: Work, [trackId]: readonly string[], pace: Pace): Promise<void> {
  const { db, userId, leased } = work;
  const there = leased.startOver ? null : await count(work);
  if (there !== null && there !== leased.confirmed) throw new Unexpected('changed-there');
  leased.notTaken = [...leased.notTaken, String(trackId)];
  await note(db, userId, leased, { ...progressOf(leased), notTaken: leased.notTaken });
  if (pace.isOutage()) await takeBack(work, pace);
}

/** Spotify fails for every track, so none was at fault. */
async function takeBack({ db, userId, leased }: Work, { doubtful }: Pace): Promise<never> {
  leased.notTaken = leased.notTaken.filter((trackId) => !doubtful.includes(trackId));
  leased.handled = Math.min(leased.handled, placeOf(leased, doubtful));
  await note(db, userId, leased, { ...progressOf(leased), notTaken: leased.notTaken });
  throw new SpotifyError('unreachable');
}

function idOf({ spotifyPlaylistId }: Leased): string {
  if (spotifyPlaylistId === null) throw new Error('the playlist has not been created yet');
  return spotifyPlaylistId;
}

/** A call ends long before the lease renewed for it. */
const MOST_PATIENCE_MS = 10_000;

/** The lease is renewed last, after any wait for a token, so that nobody takes over during the call. */
async function ask<Result>(
  { db, userId, access, leased }: Work,
  before: Progress,
  call: (settings: SpotifySettings, token: string) => Promise<Result>,
): Promise<Result> {
  const timeoutMs = Math.min(access.settings.timeoutMs ?? MOST_PATIENCE_MS, MOST_PATIENCE_MS);
  const settings = gated(db, { ...access.settings, timeoutMs });
  // Saves nothing and refreshes no token for a call that Spotify's limit forbids.
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
