import { z } from 'zod';
import { get, openSession, type ApiSession } from './api-request.ts';
import { readShape } from './read-shape.ts';
import type { SpotifySettings } from './settings.ts';

/** About 4 weeks, 6 months, 1 year. */
export const TIME_RANGES = ['short_term', 'medium_term', 'long_term'] as const;
export type TimeRange = (typeof TIME_RANGES)[number];

/** Spotify's own rank, from 1: an unreadable item leaves a gap. */
export type Ranked<Item> = Item & { readonly rank: number };

export interface TopList<Item> {
  readonly items: Ranked<Item>[];
  /** Unreadable or repeated items (the list can move between two pages). */
  readonly skipped: number;
  readonly deeper: boolean;
}

export interface TopKind<Item> {
  readonly path: string;
  read(this: void, received: unknown): Item | null;
  idOf(this: void, item: Item): string;
}

const PAGE_SIZE = 50;
const MAX_PAGES = 10;
/** Lists of 2,742 entries have been seen; nobody looks further down. */
export const DEEPEST_RANK = PAGE_SIZE * MAX_PAGES;

/** Whole or an error. Spotify's `total` promises more than it serves: an empty page or no `next` ends a list. */
export async function listTop<Item extends object>(
  settings: SpotifySettings,
  accessToken: string,
  timeRange: TimeRange,
  kind: TopKind<Item>,
): Promise<TopList<Item>> {
  const session = openSession(settings, accessToken);
  const byId = new Map<string, Ranked<Item>>();
  let [received, deeper] = [0, true];
  for (let page = 1, offset = 0; page <= MAX_PAGES; page += 1) {
    const { items, next, limit } = await fetchPage(session, kind.path, { timeRange, offset });
    received += items.length;
    for (const item of ranked(items, offset, kind)) {
      if (!byId.has(kind.idOf(item))) byId.set(kind.idOf(item), item);
    }
    deeper = items.length > 0 && next !== null;
    if (!deeper) break;
    offset += limit;
  }
  return { items: [...byId.values()], skipped: received - byId.size, deeper };
}

interface PageOf {
  readonly timeRange: TimeRange;
  readonly offset: number;
}

async function fetchPage(session: ApiSession, path: string, { timeRange, offset }: PageOf) {
  const query = { time_range: timeRange, limit: String(PAGE_SIZE), offset: String(offset) };
  return readShape(topPage, await get(session, path, query));
}

const topPage = z.object({
  items: z.array(z.unknown()),
  next: z.string().nullable().catch(null),
  limit: z.int().min(1).max(PAGE_SIZE).catch(PAGE_SIZE),
});

const ranked = <Item extends object>(
  items: readonly unknown[],
  offset: number,
  { read }: TopKind<Item>,
): Ranked<Item>[] =>
  items.flatMap((received, index) => {
    const item = read(received);
    return item === null ? [] : [{ ...item, rank: offset + index + 1 }];
  });
