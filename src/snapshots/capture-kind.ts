import { storableJson } from '../catalogue/storable-json.ts';
import type { Db, Queries, Transaction } from '../db.ts';
import { refreshArchiveSummary } from '../figures/summary.ts';
import { TIME_RANGES, type Ranked, type TimeRange, type TopList } from '../spotify/top-list.ts';
import { withAccessToken, type SpotifyAccess } from '../users/access-token.ts';
import { lockArchive } from '../users/lock-archive.ts';
import { recordRun } from './capture-runs.ts';
import type { ListKind } from './list-kinds.ts';

export interface KeptLists {
  readonly captured: readonly TimeRange[];
  readonly places: number;
  readonly skipped: number;
}

export const NOTHING_KEPT: KeptLists = { captured: [], places: 0, skipped: 0 };

/** `date`: the listener's, `YYYY-MM-DD`. `kept`: captured already. */
export interface Day {
  readonly date: string;
  readonly startedAt: Date;
  readonly kept: readonly TimeRange[];
}

/** Saves all lists of one kind that the day lacks, or none. @throws NeedsReconnect, SpotifyError */
export async function captureKind<Item extends object>(
  db: Db,
  userId: number,
  access: SpotifyAccess,
  { kind, day }: { readonly kind: ListKind<Item>; readonly day: Day },
): Promise<KeptLists> {
  const missing = TIME_RANGES.filter((range) => !day.kept.includes(range));
  if (missing.length === 0) return NOTHING_KEPT;
  const lists = await withAccessToken(db, userId, access, (token) =>
    fetchLists(access, token, kind, missing),
  );
  const skipped = lists.reduce((sum, { list }) => sum + list.skipped, 0);
  const kept = await db.withTransaction((tx) => keepLists(tx, userId, { kind, day, lists, skipped }));
  return { ...kept, skipped };
}

/** Per kind, for a capture nobody waits for, so that one that hangs leaves time for the other. */
const PATIENCE_MS = 30_000;

interface RangeList<Item> {
  readonly timeRange: TimeRange;
  readonly list: TopList<Item>;
}

/** One after the other, so that no call prolongs a penalty, within one time limit: a listener may be waiting. */
async function fetchLists<Item>(
  { settings }: SpotifyAccess,
  accessToken: string,
  kind: ListKind<Item>,
  ranges: readonly TimeRange[],
): Promise<RangeList<Item>[]> {
  const deadline = Date.now() + (settings.timeoutMs ?? PATIENCE_MS);
  const lists: RangeList<Item>[] = [];
  for (const timeRange of ranges) {
    const timeoutMs = Math.max(1, deadline - Date.now());
    lists.push({ timeRange, list: await kind.fetch({ ...settings, timeoutMs }, accessToken, timeRange) });
  }
  return lists;
}

interface FetchedDay<Item> {
  readonly kind: ListKind<Item>;
  readonly day: Day;
  readonly lists: readonly RangeList<Item>[];
  readonly skipped: number;
}

type Kept = Omit<KeptLists, 'skipped'>;

async function keepLists<Item>(tx: Transaction, userId: number, fetched: FetchedDay<Item>): Promise<Kept> {
  const { kind, day } = fetched;
  await lockArchive(tx, userId);
  const wanted = await listWanted(tx, userId, fetched);
  if (wanted.length === 0) return { captured: [], places: 0 };
  const places = wanted.flatMap(({ timeRange, list }) => list.items.map((item) => ({ timeRange, item })));
  if (places.length > 0) await keepPlaces(tx, userId, { kind, date: day.date, places });
  const kept = {
    captured: wanted.filter(({ list }) => list.items.length > 0).map(({ timeRange }) => timeRange),
    places: places.length,
  };
  const deeper = wanted.some(({ list }) => list.deeper);
  await recordRun(tx, userId, { ...day, ...kept, kind: kind.name, skipped: fetched.skipped, deeper });
  return kept;
}

async function listWanted<Item>(
  tx: Queries,
  userId: number,
  { kind, day, lists }: FetchedDay<Item>,
): Promise<RangeList<Item>[]> {
  const kept = await tx.many<{ time_range: TimeRange }>(
    `SELECT DISTINCT time_range FROM ${kind.table} WHERE user_id = $1 AND snapshot_date = $2`,
    [userId, day.date],
  );
  return lists.filter(({ timeRange }) => !kept.some((row) => row.time_range === timeRange));
}

interface Places<Item> {
  readonly kind: ListKind<Item>;
  readonly date: string;
  readonly places: readonly { readonly timeRange: TimeRange; readonly item: Ranked<Item> }[];
}

async function keepPlaces<Item>(
  tx: Transaction,
  userId: number,
  { kind, date, places }: Places<Item>,
): Promise<void> {
  await kind.add(
    tx,
    userId,
    places.map(({ item }) => item),
  );
  const rows = places.map(({ timeRange, item }) => ({
    time_range: timeRange,
    [kind.key]: kind.idOf(item),
    rank: item.rank,
  }));
  await tx.execute(keepSql(kind), [userId, date, storableJson(rows)]);
  await kind.settle?.(
    tx,
    userId,
    places.map(({ item }) => kind.idOf(item)),
  );
  await refreshArchiveSummary(tx, userId);
}

/** As JSON, so that an odd id is written as in the catalogue. */
const keepSql = ({ table, key }: Pick<ListKind<unknown>, 'table' | 'key'>): string => `
  INSERT INTO ${table} (user_id, snapshot_date, time_range, ${key}, rank)
  SELECT $1, $2, time_range, ${key}, rank
  FROM jsonb_to_recordset($3::jsonb) AS place (time_range text, ${key} text, rank integer)`;
