import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { ALICE, callbackPath, csrfToken, nobody, signIn, useCast, type Visitor } from '../support/app.ts';
import { checksumTables } from '../support/checksum.ts';
import { drilled } from '../support/drill.ts';
import {
  insertImport,
  insertListener,
  insertPlaylist,
  insertSnapshot,
  insertTrack,
} from '../support/factories.ts';
import type { TimeRange } from '../../src/spotify/top-tracks.ts';
import { API_ROUTES, fillIn, ROUTES, SITE_MAP, walkRoutes, type Route } from '../support/site-map.ts';

const test = useCast();
let archiveId: number;

beforeAll(async () => {
  const track = await insertTrack(test.db, { name: 'Only hers' });
  await insertSnapshot(test.db, test.aliceId, { date: '2026-01-01' }, [track]);
  await insertPlaylist(test.db, test.aliceId, { playlistId: 'p' }, [track]);
  archiveId = await insertListener(test.db, null);
  await giveThings([test.aliceId, test.bobId], archiveId, 'long_term');
  await giveThings([test.bobId], test.bobId, 'medium_term');
  await insertImport(test.db, archiveId);
  await insertSnapshot(test.db, archiveId, { date: '2026-01-01' }, [track]);
  await csrfToken(test.alice);
  await csrfToken(test.bob);
});

/** One of everything that has an address, to each: all by the same number, since it stands for every id there. */
async function giveThings(userIds: readonly number[], id: number, range: TimeRange): Promise<void> {
  const track = await insertTrack(test.db, {
    trackId: String(id),
    artists: [String(id)],
    payload: { album: { id: String(id) } },
  });
  for (const userId of userIds) {
    await insertSnapshot(test.db, userId, { date: '2026-01-01', range }, [track]);
    await insertPlaylist(test.db, userId, { playlistId: String(id) }, [track]);
    for (const sql of [
      `INSERT INTO api_tokens (user_id, token_id, token_hash, last_characters, name, scopes, ends_at)
       VALUES ($1, $2, decode(md5(random()::text), 'hex'), '', 'Own', '{read}', now())`,
      `INSERT INTO history_imports (user_id, history_import_id, state) VALUES ($1, $2, 'read')`,
      `INSERT INTO imports (user_id, import_id, source_name, source_layout, source_digest, finished_at)
       VALUES ($1, $2, 'old.db', 'snapshots', '', now())`,
    ])
      await test.db.execute(sql, [userId, id]);
  }
}

afterEach(() => test.spotify.heal());

const changing = ROUTES.filter(({ method }) => method !== 'GET');
const reading = ROUTES.filter(({ method }) => method === 'GET');
/** A year, month or day of an address is no id: what is no date is a 400 there. */
const withIds = ROUTES.filter(({ path }) => /:\w+Id\b/.test(path));
const named = (routes: readonly Route[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const countSessions = async (): Promise<number> => (await test.db.many('SELECT FROM sessions')).length;
const addressOf = ({ path }: Route): string => fillIn(path, String(archiveId));

describe('the site', () => {
  it('has no route without a line in the table of the tests', () => {
    const { express } = createApp({ config: test.config, db: test.db });
    const routes = walkRoutes(express);
    expect(routes.length).toBeGreaterThan(15);
    expect(routes.filter((route) => SITE_MAP[route] === undefined && !API_ROUTES.includes(route))).toEqual(
      [],
    );
  });
});

const post = (visitor: Visitor, route: Route, fields: Readonly<Record<string, string>>) =>
  visitor
    .post(addressOf(route))
    .type('form')
    .send({ ...route.form, ...fields });

/** One middleware looks at every form's token, before any route: fifteen ways past it are tried on one of them. */
describe('a form’s token', () => {
  const route = changing.find(({ path }) => path === '/settings/theme')!;
  let token = '';
  const withToken = () => post(test.alice, route, { _csrf: token });
  const sendText = (type: string, times: number) => {
    const form = new URLSearchParams(route.form);
    for (let time = 0; time < times; time += 1) form.append('_csrf', token);
    return test.alice.post(addressOf(route)).set('Content-Type', type).send(form.toString());
  };

  it.each([
    ['no token', async () => post(test.alice, route, {})],
    ['an empty token', async () => post(test.alice, route, { _csrf: '' })],
    ['a wrong token', async () => post(test.alice, route, { _csrf: 'x'.repeat(64) })],
    ['another listener’s token', async () => post(test.alice, route, { _csrf: await csrfToken(test.bob) })],
    ['a doubled token', async () => sendText('application/x-www-form-urlencoded', 2)],
    ['a foreign Origin', async () => withToken().set('Origin', 'https://evil.example')],
    ['another port as Origin', async () => withToken().set('Origin', 'http://127.0.0.1:1')],
    ['the Origin null', async () => withToken().set('Origin', 'null')],
    ['Sec-Fetch-Site: cross-site', async () => withToken().set('Sec-Fetch-Site', 'cross-site')],
    ['Sec-Fetch-Site: same-site', async () => withToken().set('Sec-Fetch-Site', 'same-site')],
    ['a text/plain body', async () => sendText('text/plain', 1)],
    ['a JSON body', async () => test.alice.post(addressOf(route)).send({ ...route.form, _csrf: token })],
    [
      'a token in the address',
      async () =>
        test.alice
          .post(`${addressOf(route)}?_csrf=${encodeURIComponent(token)}`)
          .type('form')
          .send(route.form),
    ],
    ['_method, to pass for a GET', async () => post(test.alice, route, { _method: 'GET' })],
    ['a method override', async () => post(test.alice, route, {}).set('X-HTTP-Method-Override', 'GET')],
  ])('with %s is a 403 and changes nothing', async (_what, send) => {
    token = await csrfToken(test.alice);
    const before = await checksumTables(test.db);
    const answer = await send();
    expect(answer.status).toBe(403);
    expect(await checksumTables(test.db)).toEqual(before);
    await test.alice.get('/settings').expect(200);
  });

  // A compressed page that shows typed words as well would reveal by its length what every page repeats (BREACH).
  it('is printed differently on every page, and each of them is good', async () => {
    const printed = [await csrfToken(test.alice), await csrfToken(test.alice, '/search?q=love')];
    expect(new Set(printed.map((text) => text.slice(0, 40))).size).toBe(2);
    expect(new Set(printed.map((text) => text.slice(-40))).size).toBe(2);
    for (const printedToken of printed) {
      expect((await post(test.alice, route, { _csrf: printedToken })).status).toBe(303);
    }
  });

  it('holds on each of the first pages after signing in, opened at once', async () => {
    const visitor = await signIn(test, ALICE);
    const printed = await Promise.all([csrfToken(visitor), csrfToken(visitor), csrfToken(visitor)]);
    for (const printedToken of printed)
      expect((await post(visitor, route, { _csrf: printedToken })).status).toBe(303);
  });

  it('from before signing in again is a 403', async () => {
    const visitor = await signIn(test, ALICE);
    const old = await csrfToken(visitor);
    test.spotify.signInAs(ALICE);
    await visitor.get(await callbackPath(visitor)).expect(303);
    expect((await post(visitor, route, { _csrf: old })).status).toBe(403);
    await visitor.get('/settings').expect(200);
  });
});

async function answersOf(send: (route: Route) => ReturnType<Visitor['post']>) {
  const answers = [];
  for (const route of changing) {
    const { status, headers } = await send(route);
    answers.push({ route: route.path, status, location: String(headers.location) });
  }
  return answers;
}

describe('every route that changes something', () => {
  it('answers 403 to a form without a token, and changes nothing', async () => {
    const before = await checksumTables(test.db);
    const answers = await answersOf((route) => post(test.alice, route, {}));
    expect(answers.filter(({ status }) => status !== 403)).toEqual([]);
    expect(await checksumTables(test.db)).toEqual(before);
    await test.alice.get('/settings').expect(200);
  });

  it('leads nobody to sign-in, and changes nothing', async () => {
    const before = await checksumTables(test.db);
    const answers = await answersOf((route) => post(nobody(test), route, { _csrf: 'x' }));
    const led = ({ status, location }: { status: number; location: string }) =>
      status === 302 && location.startsWith('/?return_to=');
    expect(answers.filter((answer) => !led(answer))).toEqual([]);
    expect(await checksumTables(test.db)).toEqual(before);
  });
});

describe('what a person reads', () => {
  it.each(named(reading.filter(({ access }) => access === 'page')))(
    '%s leads nobody to sign-in and back',
    async (_name, route) => {
      const address = `${addressOf(route)}?range=long_term`;
      const answer = await nobody(test).get(address).expect(302);
      expect(answer.headers.location).toBe(`/?return_to=${encodeURIComponent(address)}`);
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );

  it.each(named(reading.filter(({ access }) => access === 'json')))(
    '%s tells nobody 401, in JSON',
    async (_name, route) => {
      const answer = await nobody(test).get(addressOf(route)).expect(401).expect('Content-Type', /json/);
      expect(Object.keys(answer.body as object)).toEqual(['error', 'request']);
    },
  );

  it('of /api is a 401 also where there is nothing, so that nobody learns what there is', async () => {
    await nobody(test).get('/api/no-such-chart').expect(401).expect('Content-Type', /json/);
    await nobody(test).get('/API/decades').expect(401).expect('Content-Type', /json/);
  });

  it('changes nothing, by GET or HEAD, also with _method', async () => {
    const before = await checksumTables(test.db, ['sessions']);
    for (const [place, route] of reading.filter(({ access }) => access !== 'sign-in').entries()) {
      for (const visitor of [test.alice, nobody(test)]) {
        // (Express answers it as it does a GET.)
        if (place % drilled(4, 1) === 0) await visitor.head(addressOf(route));
        await visitor.get(`${addressOf(route)}?_method=POST&confirm=yes&theme=dark`);
      }
    }
    expect(await checksumTables(test.db, ['sessions'])).toEqual(before);
  });

  it('is all that GET and HEAD give where a form is sent', async () => {
    const before = await checksumTables(test.db, ['sessions']);
    const token = await csrfToken(test.alice);
    for (const route of changing) {
      const query = new URLSearchParams({ ...route.form, _method: 'POST', _csrf: token });
      // Where a page has the same address, it is that page.
      const status = reading.some(({ path }) => path === route.path) ? 200 : 404;
      for (const method of ['get', 'head'] as const) {
        const answer = await test.alice[method](`${addressOf(route)}?${query.toString()}`);
        expect([route.path, answer.status]).toEqual([route.path, status]);
      }
    }
    expect(await checksumTables(test.db, ['sessions'])).toEqual(before);
  });

  it('of nobody leaves no session behind', async () => {
    const before = await countSessions();
    for (const route of reading) await nobody(test).get(addressOf(route));
    expect(await countSessions()).toBe(before);
  });
});

const NO_IDS = drilled(
  ['9223372036854775808', '%00', "'%20OR%201=1--"],
  ['0', '-1', '9223372036854775808', '1;--', '%00', '1e3', '0x10', '٣', '+1', '%2e%2e', '9'.repeat(400), 'null', '1.0',
    "'%20OR%201=1--"], // prettier-ignore
);

describe('an address with an id', () => {
  let csrf = '';
  let before: Record<string, string>;
  beforeAll(async () => {
    csrf = await csrfToken(test.alice);
    before = await checksumTables(test.db);
  });
  const pages = named(withIds.filter(({ access }) => access === 'page'));

  it.each(pages)('is the same 404 for what is another’s, never was or is no id: %s', async (_name, route) => {
    const whose = [test.bobId, 999_999].map(String);
    const answers = new Map<string, string>();
    for (const id of [...whose, ...NO_IDS]) {
      const path = fillIn(route.path, encodeURI(id).replaceAll('%25', '%'));
      const answer = await (
        route.method === 'GET'
          ? test.alice.get(path)
          : test.alice
              .post(path)
              .type('form')
              .send({ ...route.form, _csrf: csrf })
      ).set('X-Request-Id', 'the-same');
      expect([id, answer.status]).toEqual([id, 404]);
      // The page may say which address it was asked for, and masks its token; nothing else may differ.
      answers.set(answer.text.replaceAll(/value="\/[^"]*"|name="_csrf" value="[^"]*"/g, ''), id);
    }
    expect([...answers.values()]).toHaveLength(1);
    expect(await checksumTables(test.db)).toEqual(before);
  });
});

describe('with a page of ours', () => {
  /** What Bob has, some of it by the same number as hers. */
  const readHis = () =>
    Promise.all(
      [
        'playlists',
        'playlist_tracks',
        'api_tokens',
        'history_imports',
        'imports',
        'hidden_tracks',
        'hidden_artists',
      ].map((table) => test.db.many(`SELECT * FROM ${table} WHERE user_id = $1 ORDER BY 2, 3`, [test.bobId])),
    );
  let his: unknown;
  beforeAll(async () => {
    his = await readHis();
  });

  // In the order of the site map, sign-out last: it ends the session that the others need.
  const order = changing.toSorted((a, b) => Number(a.path === '/logout') - Number(b.path === '/logout'));

  it.each(named(order))('%s works', async (_name, route) => {
    if (route.path.includes(':historyImportId'))
      await giveImport(route.path.endsWith('/undo') ? 'done' : 'read');
    const fields = { ...route.form, _csrf: await csrfToken(test.alice) };
    const answer = await test.alice
      .post(addressOf(route))
      .set('Origin', test.baseUrl)
      .set('Sec-Fetch-Site', 'same-origin')
      .type('form')
      .send(fields);
    const { status, headers } = answer;
    const isPage = route.answers === 'page';
    expect([status, headers.location?.startsWith('/')]).toEqual(isPage ? [200, undefined] : [303, true]);
  });

  /** What it is before the button is pressed, whatever the last one did. */
  const giveImport = (state: string) =>
    test.db.execute(
      `INSERT INTO history_imports (user_id, history_import_id, state) VALUES ($1, $2, $3)
       ON CONFLICT (user_id, history_import_id) DO UPDATE SET state = excluded.state, task = NULL, leased_until = NULL`,
      [test.aliceId, archiveId, state],
    );

  it('each did what it says', async () => {
    const user = await test.db.one('SELECT timezone, theme FROM users WHERE user_id = $1', [test.aliceId]);
    expect(user).toEqual({ timezone: 'Europe/Berlin', theme: 'dark' });
    const lists = await test.db.many(
      'SELECT DISTINCT time_range FROM snapshots WHERE user_id = $1 AND snapshot_date > $2',
      [test.aliceId, '2026-01-01'],
    );
    expect(lists).toHaveLength(3);
    expect(await readHis()).toEqual(his);
    expect(await test.db.many('SELECT FROM users WHERE user_id = $1', [archiveId])).toEqual([]);
    await test.alice.get('/settings').expect(302);
  });
});
