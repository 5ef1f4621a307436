import type { Db } from '../../db.ts';
import type { Listener } from '../../ranges/period.ts';
import { findSpan } from '../../listening/span.ts';
import type { ChosenTime } from '../../snapshots/chosen-time.ts';

/** As long as Spotify's lists. */
const SHOWN = 50;
/** Nobody has played anything beyond it, and no calendar goes on for ever. */
const END_OF_PLAYS = '2200';

/** What was played most in a time, and what its plays come to; null where there was none. */
export async function readPlaysOf(db: Db, listener: Listener, { kind, from, to }: ChosenTime) {
  if (from >= END_OF_PLAYS) return null;
  const span = await findSpan(db, listener, { from, to }, SHOWN);
  const builderPath = `/playlists/new?from=plays&first_day=${from}&last_day=${to}`;
  const topPath = `/history/top?of=artists&span=${kind}&on=${from}`;
  return span.tracks.length === 0 ? null : { tracks: span.tracks, tally: span, builderPath, topPath };
}
