import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { refreshArchiveSummary } from '../../src/figures/summary.ts';
import { pollPlays } from '../../src/plays/poll.ts';
import { ArchiveGone } from '../../src/users/lock-archive.ts';
import { captureSnapshots, failureOf } from '../../src/snapshots/capture.ts';
import { ExportZip } from '../../src/restore/open-zip.ts';
import {
  ALICE,
  BOB,
  cookiesOf,
  csrfToken,
  nobody,
  signIn,
  submit,
  useCast,
  userIdFor,
  type Visitor,
} from '../support/app.ts';
import {
  insertImport,
  insertPlaylist,
  insertReject,
  insertSnapshot,
  insertTrack,
  insertHistoryImport,
} from '../support/factories.ts';
import { countListenerRows } from '../support/listener-rows.ts';

const test = useCast();
const directory = mkdtempSync(path.join(tmpdir(), 'yours-test-'));

beforeAll(async () => {
  await fill(test.aliceId, 'Only hers');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Something in every table there is. */
async function fill(userId: number, name: string): Promise<void> {
  const track = await insertTrack(test.db, { name, artists: ['ann'] });
  await insertSnapshot(test.db, userId, { date: '2026-01-01' }, [track]);
  await insertPlaylist(test.db, userId, { playlistId: 'p', name }, [track]);
  const importId = await insertImport(test.db, userId);
  await insertReject(test.db, userId, importId, { key: 'k', text: 'x' });
  for (const sql of [
    `INSERT INTO playlist_sendings (user_id, playlist_id, track_ids) VALUES ($1, 'p', ARRAY[$2])`,
    `INSERT INTO plays (user_id, played_at, track_id, raw_json) VALUES ($1, now(), $2, '{}')`,
    `INSERT INTO play_gaps (user_id, after_played_at, before_played_at) SELECT $1, now(), now() + interval '1 hour' WHERE $2 <> ''`,
    `INSERT INTO hidden_tracks (user_id, track_id) VALUES ($1, $2)`,
    `INSERT INTO hidden_artists (user_id, artist_id) SELECT $1, 'ann' WHERE $2 <> ''`,
    `INSERT INTO own_audio_features (user_id, track_id, audio_features) VALUES ($1, $2, '{"energy": 0.5}')`,
    `INSERT INTO artist_snapshots (user_id, snapshot_date, time_range, artist_id, rank) SELECT $1, '2026-01-01', 'short_term', 'ann', 1 WHERE $2 <> ''`,
    `INSERT INTO play_polls (user_id, next_poll_at) SELECT $1, now() WHERE $2 <> ''`,
    `INSERT INTO job_leases (user_id, job, due_for, leased_until) SELECT $1, 'plays', '', now() WHERE $2 <> ''`,
    `INSERT INTO capture_runs (user_id, snapshot_date, outcome, started_at, finished_at) SELECT $1, now(), 'kept', now(), now() WHERE $2 <> ''`,
  ])
    await test.db.execute(sql, [userId, track]);
  await insertHistoryImport(test.db, userId, track);
  await test.db.withTransaction((tx) => refreshArchiveSummary(tx, userId));
}

async function download(visitor: Visitor): Promise<ExportZip> {
  const answer = await fetch(`${test.baseUrl}/settings/export/archive.zip`, {
    headers: { cookie: cookiesOf(visitor) },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/zip');
  expect(answer.headers.get('content-disposition')).toMatch(
    /^attachment; filename=music-time-machine-\d{4}-\d\d-\d\d\.zip$/,
  );
  const file = path.join(directory, 'download.zip');
  await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(file));
  return ExportZip.open(file);
}

const textOf = async (zip: ExportZip): Promise<string> => {
  const lines = [];
  for (const table of zip.manifest.tables) for await (const some of zip.lines(table)) lines.push(...some);
  zip.close();
  return lines.join('\n');
};

describe('/settings/export', () => {
  it('says what will be in the ZIP', async () => {
    const page = await test.alice.get('/settings/export').expect(200);
    expect(page.text).toContain('Download the ZIP');
    expect(page.text).toContain('1 January 2026');
  });

  it('sends what is the listener’s own, and nothing of another’s', async () => {
    const hers = await download(test.alice);
    expect(hers.manifest.spotify_id).toBe(ALICE);
    expect(await textOf(hers)).toContain('Only hers');
    const his = await textOf(await download(test.bob));
    expect(his).not.toContain('Only hers');
    expect(his).toContain(BOB);
  });

  it('leads nobody to sign-in', async () => {
    await nobody(test).get('/settings/export/archive.zip').expect(302);
  });

  it('of an empty archive reads well', async () => {
    expect((await test.bob.get('/settings/export').expect(200)).text).toContain('still empty');
  });
});

describe('/settings/disconnect', () => {
  it('says what will happen, does it, and leaves the archive as it was', async () => {
    const page = (await test.alice.get('/settings/disconnect').expect(200)).text;
    expect(page).toContain('Keep your archive');
    // What stays and why, what Spotify asks of such an app, and both in one step.
    expect(page).toContain('https://developer.spotify.com/terms');
    expect(page).toMatch(/action="\/settings\/delete"[\s\S]*Disconnect and delete/);
    const before = await countListenerRows(test.db, test.aliceId);
    await submit(test.alice, '/settings/disconnect').then((answer) => expect(answer.status).toBe(303));
    const { spotify_connections: had, ...rest } = before;
    expect(had).toBe(1);
    expect(await countListenerRows(test.db, test.aliceId)).toEqual(rest);
    expect((await test.alice.get('/settings/disconnect').expect(200)).text).toContain('not connected');
    await test.alice.get('/dashboard').expect(200);
    await test.alice.get('/settings').expect(200);
  });

  it('is undone by signing in again', async () => {
    test.alice = await signIn(test, ALICE);
    expect((await countListenerRows(test.db, test.aliceId)).spotify_connections).toBe(1);
  });
});

describe('/settings/delete', () => {
  it('says what will go, and does nothing without the word', async () => {
    expect((await test.alice.get('/settings/delete').expect(200)).text).toContain('Delete everything?');
    const before = await countListenerRows(test.db, test.aliceId);
    for (const word of ['', 'yes', 'deleted', 'x'.repeat(100)]) {
      const answer = await submit(test.alice, '/settings/delete', { word });
      expect(answer.headers.location).toBe('/settings/delete');
    }
    expect((await submit(test.alice, '/settings/delete')).status).toBe(400);
    expect((await submit(test.alice, '/settings/delete', { word: 'x'.repeat(101) })).status).toBe(400);
    expect(await countListenerRows(test.db, test.aliceId)).toEqual(before);
  });

  it('removes the listener from every table, ends every session of theirs, and touches nobody else', async () => {
    const elsewhere = await signIn(test, ALICE);
    await fill(test.bobId, 'His');
    const his = await countListenerRows(test.db, test.bobId);
    expect(Object.keys(await countListenerRows(test.db, test.aliceId))).toEqual(Object.keys(his));
    const answer = await submit(test.alice, '/settings/delete', { word: ' Delete ' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
    expect(await countListenerRows(test.db, test.aliceId)).toEqual({});
    expect(await countListenerRows(test.db, test.bobId)).toEqual(his);
    for (const visitor of [test.alice, elsewhere]) await visitor.get('/settings').expect(302);
    await test.bob.get('/settings').expect(200);
    const left = await test.db.one(
      `SELECT (SELECT count(*)::int FROM sessions WHERE sess::text LIKE '%"user": ' || $1 || '}%') AS sessions,
         (SELECT count(*)::int FROM tracks WHERE name = 'Only hers') AS tracks`,
      [String(test.aliceId)],
    );
    expect(left).toEqual({ sessions: 0, tracks: 1 });
  });

  it('while captures are under way leaves no row behind, and they say so', { timeout: 20_000 }, async () => {
    const visitor = await signIn(test, ALICE);
    const userId = await userIdFor(test, ALICE);
    const csrf = await csrfToken(visitor);
    const access = { settings: test.config.spotify, tokenKeys: test.config.tokenKeys };
    test.spotify.fail({ on: '/v1/me', kind: 'delay', milliseconds: 60_000 });
    const before = test.spotify.calls.length;
    const capture = () =>
      captureSnapshots(test.db, userId, access).then(failureOf, (error: unknown) => error);
    const captures = [capture(), pollPlays(test.db, userId, access).catch((error: unknown) => error)];
    const pressed = visitor.post('/snapshots').type('form').send({ _csrf: csrf });
    const answered = pressed.then((answer) => answer);
    // Two captures and one that asks for plays wait for Spotify.
    await vi.waitUntil(() => test.spotify.calls.length === before + 3, { timeout: 15_000 });
    await visitor.post('/settings/delete').type('form').send({ word: 'delete', _csrf: csrf }).expect(303);
    test.spotify.heal();
    const button = await answered;
    expect(button.status).toBe(410);
    expect(button.text).toContain('was deleted');
    for (const error of await Promise.all([...captures, capture()]))
      expect(error).toBeInstanceOf(ArchiveGone);
    expect(await countListenerRows(test.db, userId)).toEqual({});
  });

  it('is followed by a beginning: whoever signs in again finds an empty archive', async () => {
    const visitor = await signIn(test, ALICE);
    expect((await visitor.get('/settings/export').expect(200)).text).toContain('still empty');
  });
});
