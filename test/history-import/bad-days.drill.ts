import { beforeEach, describe, expect, it } from 'vitest';
import { deleteListener } from '../../src/archives/delete-listener.ts';
import { DatabaseUnavailable } from '../../src/database/errors.ts';
import { confirmImport } from '../../src/history-import/import.ts';
import { beginHistoryImport } from '../../src/history-import/imports.ts';
import type { ReadRow } from '../../src/history-import/row.ts';
import { stageRows } from '../../src/history-import/stage.ts';
import { undoImport } from '../../src/history-import/undo.ts';
import { pollPlays } from '../../src/plays/poll.ts';
import { ArchiveGone, lockArchive } from '../../src/users/lock-archive.ts';
import { inventTrack } from '../../scripts/spotify-stand-in/catalogue.ts';
import { deleteEverything } from '../support/database.ts';
import { ALICE, BOB } from '../support/app.ts';
import { useConnected } from '../support/connected.ts';
import { listStrayDerived } from '../support/derived.ts';
import { stage, toldRow } from '../support/history-files.ts';
import { countListenerRows } from '../support/listener-rows.ts';

const test = useConnected();
const ALL = { leavesOutPrivate: false };
const START = Date.UTC(2026, 0, 1);
let alice: number;

beforeEach(async () => {
  await deleteEverything(test.db);
  test.serve({});
  alice = await test.connectListener(ALICE);
});

const hours = (first: number, count: number): ReadRow[] =>
  Array.from({ length: count }, (_, place) => {
    const { id: trackId, name } = inventTrack(place % 7);
    const told = { trackId, name, artist: 'Somebody', ms: 100_000 };
    return toldRow({ ...told, at: START + (first + place) * 3_600_000 }, place + 1);
  });
const confirm = (staged: Awaited<ReturnType<typeof stage>>) => confirmImport(test.patient, staged, ALL);
const countPlays = async (userId = alice): Promise<number> =>
  (
    await test.db.one<{ plays: number }>('SELECT count(*)::int AS plays FROM plays WHERE user_id = $1', [
      userId,
    ])
  ).plays;

describe('two imports at once', () => {
  it('of overlapping files keep each play once, and account for every row', async () => {
    const staged = await Promise.all([
      stage(test.patient, alice, hours(0, 900)),
      stage(test.patient, alice, hours(700, 900)),
    ]);
    const accounts = await Promise.all(staged.map(confirm));
    expect(accounts.map(({ rows }) => rows)).toEqual([900, 900]);
    expect(accounts.reduce((sum, { counts }) => sum + (counts.added ?? 0), 0)).toBe(1_600);
    expect(accounts.reduce((sum, { counts }) => sum + (counts['same row again'] ?? 0), 0)).toBe(200);
    expect(await countPlays()).toBe(1_600);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });

  it('of one and the same files are one import; an undo beside another import takes back its own', async () => {
    const once = await stage(test.patient, alice, hours(0, 50));
    const results = await Promise.allSettled([confirm(once), confirm(once)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const other = await stage(test.patient, alice, hours(100, 60));
    await Promise.all([confirm(other), undoImport(test.patient, once)]);
    expect(await countPlays()).toBe(60);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });
});

describe('an import', () => {
  it('makes a poll try again, which is no failure of the listener; none of both is lost', async () => {
    test.serve({
      [ALICE]: {
        recentlyPlayed: [
          { track: inventTrack(1), played_at: new Date(START + 40_000).toISOString(), context: null },
        ],
      },
    });
    const poll = () => pollPlays(test.db, alice, test.access);
    const staged = await stage(test.patient, alice, hours(0, 10));
    await test.db.withTransaction(async (tx) => {
      await lockArchive(tx, alice);
      await expect(poll()).rejects.toThrow(DatabaseUnavailable);
    });
    expect(await test.db.many('SELECT failures FROM play_polls')).toEqual([]);
    const [account] = await Promise.all([confirm(staged), poll()]);
    expect(account.rows).toBe(10);
    expect(await countPlays()).toBe(11);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });

  it('of a listener who is deleted while files are read, or before the yes, says so; nothing of theirs stays', async () => {
    const waiting = await stage(test.patient, alice, hours(0, 10));
    const reading = await beginHistoryImport(test.patient, alice);
    const files = {
      files: [],
      async *[Symbol.asyncIterator]() {
        yield hours(0, 5);
        await deleteListener(test.patient, alice);
        yield hours(5, 5);
      },
    };
    await expect(stageRows(test.patient, reading, files)).rejects.toThrow(ArchiveGone);
    await expect(confirm(waiting)).rejects.toThrow(ArchiveGone);
    expect(await countListenerRows(test.db, alice)).toEqual({});
  });

  it('that is discarded while its files are read is not there any more', async () => {
    const reading = await beginHistoryImport(test.patient, alice);
    await test.db.execute('DELETE FROM history_imports');
    const files = {
      files: [],
      async *[Symbol.asyncIterator]() {
        yield await Promise.resolve(hours(0, 5));
      },
    };
    await expect(stageRows(test.patient, reading, files)).rejects.toMatchObject({ status: 404 });
  });

  it('of one listener goes on beside another’s', async () => {
    const bob = await test.connectListener(BOB);
    const staged = [
      await stage(test.patient, alice, hours(0, 600)),
      await stage(test.patient, bob, hours(0, 700)),
    ];
    await Promise.all(staged.map(confirm));
    expect([await countPlays(alice), await countPlays(bob)]).toEqual([600, 700]);
    expect(await listStrayDerived(test.patient)).toEqual([]);
  });
});
