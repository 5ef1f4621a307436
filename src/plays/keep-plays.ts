import { lockArchive } from '../users/lock-archive.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';
import { storableJson } from '../catalogue/storable-json.ts';
import { addTracks } from '../catalogue/tracks.ts';
import type { Queries, Transaction } from '../db.ts';
import type { RecentlyPlayed } from '../spotify/api.ts';
import type { RecentPlay } from '../spotify/schemas.ts';

export interface KeptPlays {
  /** Plays that were new to us. */
  readonly added: number;
  /** Items that were no play of a track. */
  readonly skipped: number;
  /** More may have been played than Spotify still knew. */
  readonly possibleGap: boolean;
}

/**
 * The newest play kept, which is where asking goes on: never the clock, which knows nothing of what was fetched. A
 * play from the future (somebody's clock was wrong) is kept and is no cursor: it would hide all plays until then.
 */
export async function findCursor(db: Queries, userId: number): Promise<Date | null> {
  const row = await db.one<{ newest: Date | null }>(
    `SELECT max(played_at) AS newest FROM plays WHERE user_id = $1 AND played_at <= now()`,
    [userId],
  );
  return row.newest;
}

/**
 * Keeps a page of plays, each once. A full page that does not reach back to the newest play known (the cursor it
 * was asked from) is a possible gap, and is recorded as one.
 */
export async function keepPlays(
  tx: Transaction,
  userId: number,
  page: RecentlyPlayed,
  cursor: Date | null,
): Promise<KeptPlays> {
  await lockArchive(tx, userId);
  const added = page.plays.length === 0 ? 0 : await insertPlays(tx, userId, page.plays);
  const possibleGap = cursor !== null && page.full && (page.oldestAt ?? Infinity) > cursor.getTime();
  if (possibleGap) await recordGap(tx, userId, cursor, page.oldestAt);
  return { added, skipped: page.skipped, possibleGap };
}

async function insertPlays(tx: Transaction, userId: number, plays: readonly RecentPlay[]): Promise<number> {
  await addTracks(
    tx,
    plays.map(({ track }) => track),
  );
  const rows = plays.map(({ playedAt, track, context, payload }) => ({
    played_at: playedAt,
    track_id: track.trackId,
    context,
    raw_json: payload,
  }));
  const added = await tx.execute(INSERT_PLAYS, [userId, storableJson(rows)]);
  if (added > 0 && !(await hasSummary(tx, userId))) await refreshArchiveSummary(tx, userId);
  return added;
}

/** As JSON, so that an odd id is written here as it was in the catalogue. */
const INSERT_PLAYS = `
  INSERT INTO plays (user_id, played_at, track_id, context, raw_json)
  SELECT DISTINCT ON (played_at, track_id) $1::bigint, played_at, track_id, NULLIF(context, 'null'), raw_json
  FROM jsonb_to_recordset($2::jsonb)
    AS play (played_at timestamptz, track_id text, context jsonb, raw_json jsonb)
  ORDER BY played_at, track_id
  ON CONFLICT DO NOTHING`;

/** The database has forgotten it if a track came to the library. */
const hasSummary = async (tx: Queries, userId: number): Promise<boolean> =>
  (await tx.maybeOne(`SELECT FROM archive_summaries WHERE user_id = $1`, [userId])) !== null;

/** `before`: the oldest play of the page in Unix milliseconds; null where the page named no time at all. */
async function recordGap(tx: Queries, userId: number, after: Date, before: number | null): Promise<void> {
  await tx.execute(
    `INSERT INTO play_gaps (user_id, after_played_at, before_played_at, noticed_at)
     VALUES ($1, $2, COALESCE($3, now()), now())
     ON CONFLICT DO NOTHING`,
    [userId, after, before === null ? null : new Date(before)],
  );
}
