import type { Queries } from '../db.ts';
import { hotQuery } from '../hot-queries.ts';
import { inPeriod, notAfter, notBefore, periodValues, type Listener, type Period } from '../ranges/period.ts';
import { COUNTED_BY, HAS_OPEN_GAP, TALLY_SUM, type CountedTally } from './tally.ts';

/** What all plays of a range come to, from the quarter-hours that are kept. */
export const findRangeTally = (db: Queries, listener: Listener, period: Period): Promise<CountedTally> =>
  db.one<CountedTally>(RANGE_TALLY, periodValues(listener, period));

const RANGE_TALLY = hotQuery(
  'top lists: what the plays of a range come to',
  `
  SELECT ${TALLY_SUM}, ${COUNTED_BY},
    ${HAS_OPEN_GAP(`${notBefore('before_played_at')} AND ${notAfter('after_played_at')}`)}
  FROM play_quarters WHERE user_id = $1 AND ${inPeriod('quarter')}`,
);
