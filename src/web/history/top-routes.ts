import { dayIn } from '../../calendar.ts';
import { Router, type Request } from 'express';
import { z } from 'zod';
import { rangeBefore, type Range } from '../../ranges/range.ts';
import { findRangeTally } from '../../listening/days.ts';
import { TOP_KINDS, TOP_ORDERS, type TopKind, type TopOrder } from '../../listening/played-in-period.ts';
import { findPlaces, listTop } from '../../listening/top-lists.ts';
import { findRankedTop } from '../../listening/top-ranked.ts';
import type { WebContext } from '../context.ts';
import { readParams } from '../page/read-params.ts';
import { rangeAsked, rangeControl, rangeParams, rangeQuery } from '../page/range-control.ts';
import { renderPage } from '../page/render.ts';
import { listenerOf } from '../sign-in/sign-in.ts';
import { timeRangeBeside } from './charts.ts';
import * as words from './top-words.ts';
import { topPlaylistPath } from './top-words.ts';

const SHOWN = 50;
const PATH = '/history/top';

const ORDERS = [...TOP_ORDERS, 'rank'] as const;
const topParams = z.object({
  ...rangeParams,
  of: z.enum(TOP_KINDS, `must be one of ${TOP_KINDS.join(', ')}`).default('tracks'),
  order: z.enum(ORDERS, `must be one of ${ORDERS.join(', ')}`).default('plays'),
});

/** `/history/top`: what was played most, or ranked highest, in any range. */
export function topRoutes(context: WebContext): Router {
  return Router().get(PATH, async (req, res) => {
    const top = await readTop(context, req);
    renderPage(res, 'history/top', { title: `Top ${top.asked.of} · ${top.range.name}`, words }, { top });
  });
}

async function readTop({ db }: WebContext, req: Request) {
  const listener = listenerOf(req);
  const today = dayIn(listener.timezone);
  const asked = readParams(topParams, req.query);
  const range = rangeAsked(asked, today);
  const before = rangeBefore(range, today);
  const chosen = { listener, range, before, today, kind: asked.of };
  const [tally, list] = await Promise.all([
    findRangeTally(db, listener, range),
    asked.order === 'rank' ? readRanked(db, chosen) : readPlayed(db, { ...chosen, order: asked.order }),
  ]);
  const kept = keptOf(asked);
  return {
    asked,
    tally,
    before,
    list,
    range: rangeControl(PATH, range, today, kept),
    links: (name: 'of' | 'order') => linksOf(name, { ...kept, ...rangeQuery(range, today) }, asked),
    builderPath: topPlaylistPath(asked, range, list),
  };
}

interface Chosen {
  readonly listener: Express.User;
  readonly range: Range;
  readonly before: ReturnType<typeof rangeBefore>;
  readonly today: string;
  readonly kind: TopKind;
}

async function readPlayed(
  db: WebContext['db'],
  { listener, range, before, kind, order }: Chosen & { order: TopOrder },
) {
  const entries = await listTop(db, listener, range, { kind, order, limit: SHOWN });
  const ids = entries.map(({ id }) => id);
  const places = before && (await findPlaces(db, listener, before, { kind, order, ids }));
  return {
    order,
    entries: entries.map((entry) => ({ ...entry, before: places?.get(entry.id) ?? null })),
  };
}

async function readRanked(db: WebContext['db'], { listener, range, before, today, kind }: Chosen) {
  const timeRange = timeRangeBeside(range, today);
  const of = { kind, timeRange, limit: SHOWN };
  return {
    order: 'rank' as const,
    timeRange,
    ...(await findRankedTop(db, listener.user_id, [range, before], of)),
  };
}

type Asked = z.infer<typeof topParams>;

const keptOf = ({ of, order }: Pick<Asked, 'of' | 'order'>): Record<string, string> => ({
  ...(of !== 'tracks' && { of }),
  ...(order !== 'plays' && { order }),
});

const LABELS = {
  of: { tracks: 'Tracks', artists: 'Artists', albums: 'Albums' },
  order: { plays: 'By plays', minutes: 'By minutes', rank: 'By Spotify’s rank' },
} as const;

const linksOf = (name: 'of' | 'order', query: Readonly<Record<string, string>>, asked: Asked) =>
  Object.entries(LABELS[name]).map(([id, label]) => {
    const { of: _of, order: _order, ...range } = query;
    const way = new URLSearchParams({ ...keptOf({ ...asked, [name]: id }), ...range }).toString();
    return { label, href: way === '' ? PATH : `${PATH}?${way}`, current: asked[name] === id };
  });
