import { beforeAll, expect, it } from 'vitest';
import { integerBetween, pick, randomFor, type Random } from '../../scripts/invented/random.ts';
import { refreshArchiveSummary } from '../../src/figures/summary.ts';
import { ALICE, BOB, cookiesOf, csrfToken, signIn, useApp, userIdFor } from '../support/app.ts';
import {
  insertImport,
  insertPlaylist,
  insertPlays,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';
import { listListenerRows, listPersonalTables } from '../support/listener-rows.ts';
import { fillIn, ROUTES, type Route } from '../support/site-map.ts';

const test = useApp();
const TRIES = 5_000;
const AT_ONCE = 4;
/** Another seed tries other things: `FUZZ_SEED=7 npm run drill`. */
const random = randomFor('fuzz', process.env.FUZZ_SEED ?? 'usual');
const HIS = 'bobmark';

let [cookie, csrf] = ['', ''];
let bobId = 0;

beforeAll(async () => {
  const alice = await signIn(test, ALICE);
  await signIn(test, BOB);
  bobId = await userIdFor(test, BOB);
  await give(await userIdFor(test, ALICE), 'alicemark');
  await give(bobId, HIS);
  csrf = await csrfToken(alice);
  cookie = cookiesOf(alice);
  test.spotify.fail({ on: '*', kind: 'not-allow-listed' });
});

async function give(userId: number, mark: string): Promise<void> {
  const ids = [];
  for (let n = 0; n < 40; n += 1)
    ids.push(
      await insertTrack(test.db, {
        trackId: `${mark}-${n}`,
        name: `${mark} ${n}`,
        artists: [`${mark}-artist`],
      }),
    );
  for (const date of ['2025-03-09', '2026-03-09']) await insertSnapshot(test.db, userId, { date }, ids);
  await insertPlaylist(test.db, userId, { playlistId: `${mark}-list` }, ids);
  await insertPlays(
    test.db,
    userId,
    ids.map((id, n) => [`2026-03-${String(1 + (n % 28)).padStart(2, '0')}T10:00:00Z`, id]),
  );
  await insertImport(test.db, userId, `${mark}.db`);
  await test.db.withTransaction((tx) => refreshArchiveSummary(tx, userId));
}

const FRAGMENTS = [
  [
    '%',
    '%00',
    '%ff',
    '%0d%0a',
    '+',
    '&',
    '=',
    '[',
    ']',
    '..',
    '/',
    '%2f',
    '\\',
    ';',
    "'",
    '%22',
    '%3Cscript%3E',
    '--',
  ],
  [
    '0',
    '-1',
    '1',
    '9'.repeat(30),
    '1e9',
    'NaN',
    '2024-02-30',
    '9999-12-31',
    '0001',
    'short_term',
    'true',
    '__proto__',
  ],
  [`${HIS}-1`, `${HIS}-list`, `${HIS}-artist`, 'alicemark-1', 'alicemark-list', 'alicemark-artist'],
  [
    '%F0%9F%98%80',
    '%E2%80%AE',
    '%EF%BC%9D',
    '%CC%81'.repeat(50),
    'x'.repeat(3000),
    'artist:',
    'year:1-9',
    '"',
    '*',
  ],
].flat();

const text = (): string =>
  Array.from({ length: integerBetween(random, 1, 4) }, () => pick(random, FRAGMENTS)).join('');
const chance = (share: number): boolean => random() < share;

function query({ query: names = [] }: Route): string {
  const asked = [...names, 'unheard_of', 'page', '__proto__'].filter(() => chance(0.5));
  return asked.map((name) => `${name}${chance(0.1) ? '[]' : ''}=${text()}`).join('&');
}

interface Try {
  readonly kind: 'read' | 'form' | 'forgery';
  readonly address: string;
  readonly init: RequestInit;
}

const reads = ROUTES.filter(({ method, access }) => method === 'GET' && access !== 'sign-in');
/** A fuzzer that signs itself out, or deletes what it looks at, finds nothing more. */
const forms = ROUTES.filter(
  ({ method, path }) => method === 'POST' && !/logout|sign-out|settings\/delete/.test(path),
);

function read(): Try {
  const route = pick(random, reads);
  const headers = {
    cookie,
    ...(chance(0.2) && {
      'if-none-match': 'x',
      range: `bytes=${integerBetween(random, -9, 99)}-`,
      accept: '*/*',
    }),
  };
  const address = `${fillIn(route.path, text())}?${query(route)}`;
  return { kind: 'read', address, init: { method: chance(0.1) ? 'HEAD' : 'GET', headers } };
}

function form(): Try {
  const route = pick(random, forms);
  const forged = chance(0.4);
  const token = forged ? pick(random, ['', text(), csrf.slice(1), `${csrf}x`]) : csrf;
  const fields = Object.keys(route.form ?? {}).map((name) => `${name}=${text()}`);
  const types = [
    'application/x-www-form-urlencoded',
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    '',
  ];
  const type = chance(0.8) ? String(types[0]) : pick(random, types);
  return {
    kind: forged ? 'forgery' : 'form',
    address: fillIn(route.path, text()),
    init: {
      method: 'POST',
      headers: {
        cookie,
        'content-type': type,
        ...(forged && chance(0.3) && { origin: 'https://evil.example' }),
      },
      body: [`_csrf=${encodeURIComponent(token)}`, ...fields, `x=${text()}`].join('&'),
    },
  };
}

const faults: string[] = [];
const tally = { read: 0, form: 0, forgery: 0, hers: 0 };

/** A busy machine may refuse a page, and says when to come again. */
const isBusy = ({ status, headers }: Response): boolean => status === 503 && headers.has('retry-after');

async function send({ kind, address, init }: Try, patience = 3): Promise<void> {
  // What no URL can hold, no client sends: test/web/errors.test.ts sends some of it by hand.
  if (!URL.canParse(test.baseUrl + address)) return;
  const note = (fault: string): void => void faults.push(`${fault} ${kind} ${address.slice(0, 300)}`);
  const answer = await fetch(test.baseUrl + address, { ...init, redirect: 'manual' }).catch(
    ({ cause }: Error) => note(String(cause)),
  );
  if (!answer) return;
  if (isBusy(answer) && patience > 0) return send({ kind, address, init }, patience - 1);
  const body = await answer.text();
  tally[kind] += 1;
  if (body.includes('alicemark ')) tally.hers += 1;
  // Spotify's own refusals are passed on; everything else is ours.
  if (answer.status >= 500 && answer.status !== 502) note(String(answer.status));
  if (body.includes('<script>') && !body.includes('&lt;script')) note('markup');
  if (body.replaceAll(/(?:value|href|action|content)="[^"]*"/g, '').includes(`${HIS} `))
    note('another’s name');
  if (kind === 'forgery' && answer.status < 400) note(`let in with ${answer.status}`);
}

const hisRows = async (): Promise<unknown[]> =>
  Promise.all((await listPersonalTables(test.db)).map((table) => listListenerRows(test.db, bobId, table)));

it(`${TRIES} requests nobody would make are no fault of ours, and touch nobody else`, async () => {
  const before = await hisRows();
  let tries = 0;
  const make = (source: Random): Try => (source() < 0.7 ? read() : form());
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while ((tries += 1) <= TRIES && faults.length < 20) await send(make(random));
    }),
  );
  process.stdout.write(`fuzzed: ${tally.read} reads, ${tally.form} forms, ${tally.forgery} forgeries\n`);
  expect(faults).toEqual([]);
  expect(await hisRows()).toEqual(before);
  // What is looked for would be seen: her own is.
  expect(tally.hers).toBeGreaterThan(TRIES / 100);
  expect((await fetch(`${test.baseUrl}/settings`, { headers: { cookie }, redirect: 'manual' })).status).toBe(
    200,
  );
});
