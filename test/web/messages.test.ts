import { afterEach, beforeEach, expect, it } from 'vitest';
import { ALICE, cookiesOf, csrfToken, signIn, useApp, type Visitor } from '../support/app.ts';
import { insertPlaylist } from '../support/factories.ts';
import { userIdFor } from '../support/app.ts';

const test = useApp();
let alice: Visitor;

beforeEach(async () => {
  alice = await signIn(test, ALICE);
  await test.db.execute(
    `CREATE OR REPLACE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql
     AS 'BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END'`,
  );
});
afterEach(() => test.db.execute('DROP TRIGGER IF EXISTS slow ON sessions'));

/** As a fast browser does: goes on as soon as it has read where to, whatever else of the answer is still to come. */
async function submitAndFollow(path: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const body = new URLSearchParams({ ...fields, _csrf: await csrfToken(alice) });
  const headers = { cookie: cookiesOf(alice) };
  await test.db.execute(
    'CREATE TRIGGER slow BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION dawdle()',
  );
  const answer = await fetch(test.baseUrl + path, { method: 'POST', body, headers, redirect: 'manual' });
  const next = await fetch(new URL(answer.headers.get('location') ?? '', test.baseUrl), { headers });
  return next.text();
}

it.each([
  ['/settings/time-range', { range: 'long_term' }, 'Pages now show'],
  ['/settings/fetching', { fetching: 'off' }, 'Paused. Nothing is fetched'],
  ['/settings/delete', { word: 'no' }, 'Nothing was deleted'],
  ['/snapshots', {}, 'ranked tracks'],
  ['/playlists/nothing/send', {}, 'nothing to send'],
])('the message of %s is there however fast the browser follows', async (path, fields, message) => {
  await insertPlaylist(test.db, await userIdFor(test, ALICE), { playlistId: 'nothing' }, []).catch(
    () => null,
  );
  expect(await submitAndFollow(path, fields)).toContain(message);
});

it('a form whose message cannot be kept still leads on: what it asked for is done', async () => {
  const body = { theme: 'dark', _csrf: await csrfToken(alice) };
  await test.db.execute(
    `CREATE OR REPLACE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''full''; END'`,
  );
  await test.db.execute(
    'CREATE TRIGGER slow BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION dawdle()',
  );
  await alice
    .post('/settings/time-range')
    .type('form')
    .send({ ...body, range: 'long_term' })
    .expect(303);
});
