import { setTimeout as sleep } from 'node:timers/promises';
import { IS_SPOTIFY_ID } from '../catalogue/spotify-id.ts';
import { addTracks } from '../catalogue/tracks.ts';
import type { Db, Queries } from '../db.ts';
import { fetchTrack } from '../spotify/api.ts';
import { SpotifyError } from '../spotify/errors.ts';
import type { SpotifyTrack } from '../spotify/schemas.ts';
import { failureInWords, isNoAttempt } from '../users/attempts.ts';
import { withAccessToken, type SpotifyAccess } from '../users/access-token.ts';
import { gated } from '../users/spotify-limit.ts';
import { forgetMisses, isWorthAsking, recordMisses } from './misses.ts';
import { countAsked, endTurn, takeTurn, type TurnsEnd } from './turns.ts';

const [NEXT_TURN_SECONDS, NOTHING_LEFT_SECONDS] = [60, 3600];
/** Few: captures and plays come first under Spotify's limit for the app. */
const TRACKS_PER_TURN = 5;
const BETWEEN_TRACKS_MS = 200;

/**
 * Only for tracks without a payload: existing ones hold what Spotify no longer provides.
 * @returns how many were tried; null: another worker's turn @throws NeedsReconnect, SpotifyError
 */
export async function refreshPayloads(
  db: Db,
  userId: number,
  access: SpotifyAccess,
  perDay: number,
): Promise<number | null> {
  const left = await takeTurn(db, 'spotify', perDay);
  if (left === null) return null;
  let end: TurnsEnd = { seconds: NEXT_TURN_SECONDS };
  try {
    const trackIds = await listWithoutPayload(db, Math.min(left, TRACKS_PER_TURN));
    if (trackIds.length === 0) end = { seconds: NOTHING_LEFT_SECONDS };
    await refreshAll(db, userId, { ...access, settings: gated(db, access.settings) }, trackIds);
    return trackIds.length;
  } catch (error) {
    // The gate was closed and says when it opens.
    if (!isNoAttempt(error)) end = { seconds: NEXT_TURN_SECONDS, failure: failureInWords(error) };
    throw error;
  } finally {
    await endTurn(db, 'spotify', end);
  }
}

/** Some withdrawn tracks always answer 502. If others do not, the track is gone; if all do, Spotify is in trouble. */
async function refreshAll(
  db: Db,
  userId: number,
  access: SpotifyAccess,
  trackIds: readonly string[],
): Promise<void> {
  const failed = new Map<string, SpotifyError>();
  for (const [index, trackId] of trackIds.entries()) {
    if (index > 0) await sleep(BETWEEN_TRACKS_MS);
    await refreshOne(db, userId, access, trackId).catch((error: unknown) => {
      if (!(error instanceof SpotifyError && (error.spotifyStatus ?? 0) >= 500)) throw error;
      failed.set(trackId, error);
    });
  }
  const [first] = failed.values();
  if (first !== undefined && failed.size === trackIds.length) throw first;
  await recordMisses(db, 'spotify', [...failed.keys()]);
}

async function refreshOne(db: Db, userId: number, access: SpotifyAccess, trackId: string): Promise<void> {
  await countAsked(db, 'spotify', 1);
  const track = await withAccessToken(db, userId, access, (token) =>
    findTrackAtSpotify(access, token, trackId),
  );
  await db.withTransaction(async (tx) => {
    if (track === null) return recordMisses(tx, 'spotify', [trackId]);
    await forgetMisses(tx, 'spotify', [trackId]);
    await addTracks(tx, userId, [track]);
  });
}

/** Null: Spotify has removed it, or answers with another track. */
async function findTrackAtSpotify(
  { settings }: SpotifyAccess,
  token: string,
  trackId: string,
): Promise<SpotifyTrack | null> {
  try {
    const track = await fetchTrack(settings, token, trackId);
    return track.trackId === trackId ? track : null;
  } catch (error) {
    if (error instanceof SpotifyError && (error.spotifyStatus === 404 || error.spotifyStatus === 400))
      return null;
    throw error;
  }
}

/** In a library `has_isrc` is NULL exactly if the track has no payload. */
const listWithoutPayload = async (db: Queries, limit: number): Promise<string[]> =>
  (
    await db.many<{ track_id: string }>(
      `SELECT track_id FROM library_tracks AS a LEFT JOIN played_tracks AS p USING (user_id, track_id)
       WHERE has_isrc IS NULL AND NOT hidden AND ${IS_SPOTIFY_ID('track_id')}
         AND ${isWorthAsking('spotify', 'a.track_id')}
       GROUP BY track_id
       ORDER BY max(last_listed_date) DESC NULLS LAST, sum(p.plays) DESC NULLS LAST, track_id
       LIMIT $1`,
      [limit],
    )
  ).map(({ track_id: trackId }) => trackId);
