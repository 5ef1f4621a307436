import { createHash } from 'node:crypto';
import type { Db } from '../../src/db.ts';
import type { StandInPlay } from '../spotify-stand-in/server.ts';

const SONG_MS = 4 * 60_000;
const DAY_MS = 86_400_000;

/** From 0 to 1, always the same for the same seed. */
const chance = (seed: string): number => createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32;

/** How likely the listener plays music at each hour of the day, in percent. */
const HOURS = [3, 1, 0, 0, 0, 1, 8, 25, 30, 14, 8, 7, 10, 8, 7, 9, 14, 22, 30, 38, 42, 36, 22, 9];

/**
 * Invented plays between two instants, oldest first. The same instants always give the same plays, so that the stand-in
 * continues where the invented past ends. Favourites come most often.
 */
export function inventedPlays(tracks: readonly (object | null)[], from: Date, to: Date): StandInPlay[] {
  const plays: StandInPlay[] = [];
  for (let at = Math.ceil(from.getTime() / SONG_MS) * SONG_MS; at < to.getTime(); at += SONG_MS) {
    const hour = Math.floor(at / (DAY_MS / 24));
    const listens = chance(`hour ${hour}`) * 100 < (HOURS[hour % 24] ?? 0) && !isSilentDay(at);
    if (!listens) continue;
    const place = Math.floor(chance(`song ${at}`) ** 2.5 * tracks.length);
    plays.push({ track: tracks[place] ?? null, played_at: new Date(at).toISOString(), context: null });
  }
  return plays;
}

const isSilentDay = (at: number): boolean => chance(`day ${Math.floor(at / DAY_MS)}`) < 0.08;

/** Rows that one statement can insert well within its timeout. */
const AT_ONCE = 2_000;

/** A year of plays. */
export async function fillHistory(
  db: Db,
  spotifyId: string,
  tracks: readonly (object | null)[],
): Promise<void> {
  const already = await db.maybeOne(
    'SELECT FROM plays JOIN users USING (user_id) WHERE spotify_id = $1 LIMIT 1',
    [spotifyId],
  );
  if (already) return;
  const now = Date.now();
  const rows = inventedPlays(tracks, new Date(now - 365 * DAY_MS), new Date(now - DAY_MS / 8)).map(
    ({ track, played_at }) => ({ played_at, track_id: track !== null && 'id' in track ? track.id : null }),
  );
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    await db.execute(
      `INSERT INTO plays (user_id, played_at, track_id, raw_json)
       SELECT user_id, played_at, track_id, jsonb_build_object('played_at', played_at)
       FROM users
       CROSS JOIN jsonb_to_recordset($2::jsonb) AS play (played_at timestamptz, track_id text)
       JOIN tracks USING (track_id)
       WHERE spotify_id = $1`,
      [spotifyId, JSON.stringify(rows.slice(from, from + AT_ONCE))],
    );
  }
}
