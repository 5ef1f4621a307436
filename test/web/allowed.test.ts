import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { refreshPayloads } from '../../src/enrichment/refresh-payloads.ts';
import { runRound } from '../../src/jobs/worker.ts';
import { continueDueSendings } from '../../src/playlists/due-sendings.ts';
import { pollPlays } from '../../src/plays/poll.ts';
import { captureSnapshots } from '../../src/snapshots/capture.ts';
import { accessOf } from '../../src/users/access-token.ts';
import { ALICE, BOB, cookiesOf, useCast, type Visitor } from '../support/app.ts';
import { ROUTES } from '../support/site-map.ts';

const test = useCast({ METRICS_TOKEN: 'a-token-of-the-tests-0123456789' });
let server: http.Server;

/** The app is started again with Alice taken out of the list. */
beforeAll(async () => {
  await test.alice.get('/dashboard').expect(200);
  await captureSnapshots(test.db, test.aliceId, accessOf(test.config));
  test.config = { ...test.config, allowedSpotifyIds: [BOB] };
  server = http.createServer(createApp({ config: test.config, db: test.db }).express).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = (visitor: Visitor, path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
    redirect: 'manual',
    headers: { cookie: cookiesOf(visitor), ...headers },
  });

const personal = ROUTES.filter(({ method, access }) => method === 'GET' && access !== 'open');

const archive = ['snapshots', 'playlists', 'capture_runs', 'play_polls', 'playlist_sendings'];

describe('a listener who was taken out of the list', () => {
  it('is signed out at the next request, whatever it asks for, and the others are not', async () => {
    for (const { path, access } of personal.filter((route) => route.access !== 'sign-in')) {
      const { status } = await get(test.alice, path.replaceAll(/:\w+/g, '1'));
      expect([path, status]).toEqual([path, access === 'json' ? 401 : 302]);
    }
    expect((await get(test.bob, '/dashboard')).status).toBe(200);
    const devices = await test.db.many<{ user: string | null }>(
      `SELECT sess -> 'passport' ->> 'user' AS user FROM sessions ORDER BY 1`,
    );
    expect(devices).toEqual([{ user: String(test.bobId) }, { user: null }]);
  });

  it('is captured, polled and sent for no more; the archive stays as it is', async () => {
    await test.db.execute(
      `INSERT INTO playlists (user_id, playlist_id, name, origin) SELECT unnest($1::bigint[]), 'a', 'A', 'built'`,
      [[test.aliceId, test.bobId]],
    );
    await test.db.execute(
      `INSERT INTO playlist_sendings (user_id, playlist_id, is_public, track_ids, state, started_at)
       SELECT unnest($1::bigint[]), 'a', false, '{}', 'waiting', now() - interval '1 hour'`,
      [[test.aliceId, test.bobId]],
    );
    await test.db.execute(`UPDATE users SET timezone = 'Pacific/Kiritimati'`);
    const before = await alicesRows(archive);
    await runRound(test.db, accessOf(test.config), { features: null, payloadsPerDay: 5 });
    expect(await alicesRows(archive)).toEqual(before);
    const polled = await test.db.many(`SELECT user_id FROM play_polls`);
    expect(polled).toEqual([{ user_id: test.bobId }]);
    const sent = await test.db.many(`SELECT user_id FROM playlist_sendings WHERE state = 'sent'`);
    expect(sent).toEqual([{ user_id: test.bobId }]);
  });

  it('is not asked about by a job that was taken before, and nothing is written down of it', async () => {
    const before = await alicesRows(archive);
    const access = accessOf(test.config);
    const asked = test.spotify.calls.length;
    await Promise.allSettled([
      captureSnapshots(test.db, test.aliceId, access),
      pollPlays(test.db, test.aliceId, access),
      continueDueSendings(test.db, test.aliceId, access),
      refreshPayloads(test.db, test.aliceId, access, 5),
    ]);
    expect(test.spotify.calls.slice(asked).filter(({ listenerId }) => listenerId === ALICE)).toEqual([]);
    expect(await alicesRows(archive)).toEqual(before);
  });

  it('raises no alarm', async () => {
    const metrics = await get(test.bob, '/metrics', {
      authorization: 'Bearer a-token-of-the-tests-0123456789',
    });
    const ages = (await metrics.text()).match(/^mtm_last_capture_age_seconds\{listener="\d+"/gm);
    expect(new Set(ages)).toEqual(new Set([`mtm_last_capture_age_seconds{listener="${test.bobId}"`]));
  });
});

const alicesRows = (tables: readonly string[]) =>
  Promise.all(
    tables.map((table) =>
      test.db.many(`SELECT * FROM ${table} WHERE user_id = $1 ORDER BY 1, 2, 3`, [test.aliceId]),
    ),
  );
