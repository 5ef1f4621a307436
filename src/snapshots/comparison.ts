import { ask, question } from '../database/ask-together.ts';
import { joinByKey, TRACK_CARD, type TrackCard } from '../catalogue/track-card.ts';
import type { Db } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';
import { LIST_ROWS, listValues, OTHER_ROWS, sourceOf, type ListOf, type SourceKind } from './list-source.ts';

/** From the earlier list to the later. `stayed`: on both, with neither rank better. */
export const CHANGES = ['new', 'gone', 'climbed', 'fallen', 'stayed'] as const;
export type Change = (typeof CHANGES)[number];

interface ChangedTrack extends TrackCard {
  /** Null: not on that list, or there without a rank. */
  readonly earlier_position: number | null;
  readonly later_position: number | null;
}

interface ChangeGroup {
  readonly change: Change;
  readonly total: number;
  readonly tracks: readonly ChangedTrack[];
}

export interface Comparison {
  readonly groups: readonly ChangeGroup[];
  readonly earlierTracks: number;
  readonly laterTracks: number;
  readonly onBoth: number;
  /** Of the shorter list, 0 to 1. */
  readonly overlap: number;
}

type Row = ChangedTrack & { readonly change: Change; readonly total: number };

export const compareLists = (db: Db, userId: number, list: ListOf, otherDate: string): Promise<Comparison> =>
  ask(db, COMPARED[sourceOf(list.time)], ...comparedValues(userId, list, otherDate));

export const comparedValues = (userId: number, list: ListOf, otherDate: string): unknown[] => [
  ...listValues(userId, list),
  otherDate,
  otherDate < list.time.from,
];

function summarize(rows: readonly Row[]): Comparison {
  const groups = CHANGES.map((change) => {
    const tracks = rows.filter((row) => row.change === change);
    return { change, total: tracks[0]?.total ?? 0, tracks };
  });
  const total = (...changes: Change[]): number =>
    groups.filter(({ change }) => changes.includes(change)).reduce((sum, group) => sum + group.total, 0);
  const onBoth = total('climbed', 'fallen', 'stayed');
  const [earlierTracks, laterTracks] = [onBoth + total('gone'), onBoth + total('new')];
  const shorter = Math.min(earlierTracks, laterTracks);
  return { groups, earlierTracks, laterTracks, onBoth, overlap: shorter === 0 ? 0 : onBoth / shorter };
}

/** $4: the other list's day, $5: whether it is the earlier one. */
const comparedSql = (kind: SourceKind): string => `
  WITH list AS MATERIALIZED (${LIST_ROWS[kind]}),
  other AS MATERIALIZED (${OTHER_ROWS}),
  earlier AS (SELECT * FROM list WHERE NOT $5::boolean UNION ALL SELECT * FROM other WHERE $5::boolean),
  later AS (SELECT * FROM other WHERE NOT $5::boolean UNION ALL SELECT * FROM list WHERE $5::boolean),
  compared AS (
    SELECT
      track_id, earlier.position AS earlier_position, later.position AS later_position,
      CASE
        WHEN earlier.track_id IS NULL THEN 'new'
        WHEN later.track_id IS NULL THEN 'gone'
        WHEN later.position < earlier.position THEN 'climbed'
        WHEN later.position > earlier.position THEN 'fallen'
        ELSE 'stayed'
      END AS change
    FROM earlier FULL JOIN later USING (track_id)
  ),
  ordered AS (
    SELECT *, count(*) OVER (PARTITION BY change)::int AS total,
      row_number() OVER (
        PARTITION BY change
        ORDER BY
          CASE WHEN change IN ('climbed', 'fallen') THEN -abs(earlier_position - later_position) END,
          COALESCE(earlier_position, later_position), track_id
      ) AS place
    FROM compared
  )
  SELECT change, total, earlier_position, later_position, ${TRACK_CARD}
  FROM ordered ${joinByKey('tracks', 'ordered.track_id')}
  WHERE place <= 5
  ORDER BY change, place`;

export const COMPARED = {
  day: question(hotQuery('time machine: a day compared', comparedSql('day')), summarize),
  period: question(hotQuery('time machine: a period compared', comparedSql('period')), summarize),
};
