import { AppError } from '../../../src/errors.ts';
import { findSights } from '../visits/addresses.ts';
import { recordingDb } from '../visits/recording-db.ts';
import { openSite } from '../visits/site.ts';
import type { Target } from './measure.ts';
import type { Town } from './town.ts';

/** A page of the app, what it may cost beside the floor, and how many statements it asks. */
export interface Page extends Target {
  readonly aim: number | null;
  readonly statements: number;
  /** As the browser reads it. */
  readonly bytes: number;
}

/** How often the floor's processor time each page may cost. */
const AIMS: Readonly<Record<string, number>> = {
  dashboard: 4,
  'time machine': 5,
  track: 4,
  search: 3.5,
  mood: 5,
  history: 6,
  settings: 3,
};

/** Each as somebody sees it who was not there before, and once more. */
export async function listPages(town: Town): Promise<Page[]> {
  const addresses = Object.entries(await listAddresses(town));
  const statements = await countStatements(
    town,
    addresses.map(([, address]) => address),
  );
  const pages = addresses.map(async ([name, address], at) => {
    const target = pageOf(town, name, address);
    const known = { aim: AIMS[name] ?? null, bytes: Buffer.byteLength(await read(target)) };
    return [
      { ...target, ...known, statements: statements[at]?.first ?? NaN, isFirstVisit: true },
      { ...target, ...known, name: `${name}, again`, statements: statements[at]?.again ?? NaN },
    ];
  });
  return (await Promise.all(pages)).flat();
}

/** The least a page can cost, with the bytes of the first page of all. */
export async function startFloor(town: Town, page: Target): Promise<Target> {
  const { process: server, url } = await town.startFloor(await read(page));
  return { ...page, name: 'floor', url, cookies: [], node: [server.pid ?? 0] };
}

export const pageOf = ({ app, postgres, cookies }: Town, name: string, address: string): Target => ({
  name,
  url: app.url + address,
  cookies,
  node: [app.process.pid ?? 0],
  postgres: [postgres.pid],
});

const LONGEST_READ_MS = 10_000;

/** @throws Error where the page is not there, or not in time */
export async function read({ url, cookies }: Target, longestMs = LONGEST_READ_MS): Promise<string> {
  const answer = await fetch(url, {
    headers: { Cookie: cookies[0] ?? '' },
    redirect: 'manual',
    signal: AbortSignal.timeout(longestMs),
  });
  if (answer.status !== 200) throw new AppError(502, `${url} answers ${answer.status}`);
  return answer.text();
}

async function listAddresses({ db, userId }: Town): Promise<Readonly<Record<string, string>>> {
  const { track, artist, word, date } = await findSights(db, userId);
  return {
    dashboard: '/dashboard',
    'time machine': `/time-machine/${date.slice(0, 7).replace('-', '/')}`,
    track: `/tracks/${track}`,
    search: `/search?q=${encodeURIComponent(word)}`,
    mood: '/mood',
    history: '/history',
    settings: '/settings',
    explore: '/explore',
    artist: `/artists/${artist}`,
  };
}

/** Statements of one request each, the session's own included; what a transaction asks counts one by one. */
async function countStatements(
  { db, userId }: Town,
  addresses: readonly string[],
): Promise<Record<'first' | 'again', number>[]> {
  let asked = 0;
  const site = await openSite(
    recordingDb(db, () => (asked += 1)),
    userId,
  );
  const count = async (address: string): Promise<number> => {
    asked = 0;
    await site.visit(address);
    return asked;
  };
  const counts: Record<'first' | 'again', number>[] = [];
  for (const address of addresses) {
    await site.visit(address);
    const first = await count(`${address}${address.includes('?') ? '&' : '?'}visit=1`);
    counts.push({ first, again: await count(address) });
  }
  await site.close();
  return counts;
}
