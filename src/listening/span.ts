import { together } from '../database/ask-together.ts';
import type { Queries } from '../db.ts';
import { periodValues, type Listener, type Period } from '../ranges/period.ts';
import { RANGE_TALLY } from './days.ts';
import { READS_ALL_TALLIES } from './played-in-period.ts';
import type { CountedTally } from './tally.ts';
import { TOP, type Cards, type TopPlace } from './top-lists.ts';
import { everyWay, wayOf, type Way } from './ways.ts';

/** What the plays of a span of days come to, and the tracks played most. */
export interface Span extends CountedTally {
  readonly tracks: readonly TrackOfSpan[];
}

type TrackOfSpan = Cards['tracks'] & TopPlace;

const SPAN = everyWay((way) =>
  together<SpanQuestions>(
    `history: what was played in a period, ${way}`,
    { tally: RANGE_TALLY, tracks: TOP[way].tracks.plays },
    READS_ALL_TALLIES,
  ),
);

interface SpanQuestions {
  readonly [name: string]: typeof RANGE_TALLY | (typeof TOP)[Way]['tracks']['plays'];
  readonly tally: typeof RANGE_TALLY;
  readonly tracks: (typeof TOP)[Way]['tracks']['plays'];
}

/** The most often played tracks first; of those played as often, the ones played longer. */
export async function findSpan(db: Queries, listener: Listener, span: Period, limit: number): Promise<Span> {
  const { way, values } = wayOf('tracks', listener, span);
  const { tally, tracks } = await SPAN[way](db, {
    tally: periodValues(listener, span),
    tracks: [...values, limit],
  });
  return { ...tally, tracks: tracks as Span['tracks'] };
}
